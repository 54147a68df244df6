//! Lists that are read to their end: who and what there is.

use std::collections::HashSet;

use reqwest::Method;
use voipbin_wire::{Answer, Page, Timestamp, decode_page};

use super::lists::{Cursor, PAGE};
use super::{Rest, RestError};
use crate::budget::Class;

/// The service may ask so often for fewer requests before a list is given up.
const PATIENCE: u32 = 5;

/// What a list holds, as far as it could be read.
#[derive(Debug)]
pub struct Items<T> {
    /// Newest first, each once.
    pub all: Vec<T>,
    /// Why there may be more than these; none when these are all.
    pub short: Option<Short>,
}

/// Why a list was not read to its end, though its newest items are there.
#[derive(Debug)]
pub enum Short {
    /// It is longer than this many items.
    TooLong(usize),
    /// More items than a page holds were made in one moment.
    OneMoment,
    /// A later page could not be read.
    Failed(RestError),
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self { all: Vec::new(), short: None }
    }
}

impl Rest {
    /// Reads a list page by page, `pages` at most.
    pub(super) async fn items<T: Answer>(
        &self,
        path: &str,
        pages: usize,
        id: impl Fn(&T) -> Option<&str>,
    ) -> Result<Items<T>, RestError> {
        self.items_until(path, pages, id, |_| false).await
    }

    /// Reads a list page by page, `pages` at most, and no further than the page
    /// with what is looked for. What an agent waits for is asked for at once;
    /// what follows its first page waits for its turn, since nobody knows how
    /// long a list is.
    pub(super) async fn items_until<T: Answer>(
        &self,
        path: &str,
        pages: usize,
        id: impl Fn(&T) -> Option<&str>,
        is_it: impl Fn(&T) -> bool,
    ) -> Result<Items<T>, RestError> {
        let mut cursor = Cursor::new(Timestamp::from_micros(i64::MIN));
        let (mut seen, mut refused) = (HashSet::new(), 0);
        let mut items = Items::default();
        let mut rest = self.clone();
        loop {
            match rest.page_at::<T>(path, &cursor).await {
                Ok(page) => {
                    cursor.passed(page.length, page.next);
                    let is_new = |item: &T| id(item).is_none_or(|id| seen.insert(id.to_owned()));
                    let is_found = page.items.iter().any(&is_it);
                    items.all.extend(page.items.into_iter().filter(is_new));
                    refused = 0;
                    if is_found {
                        return Ok(items);
                    }
                }
                Err(error) if cursor.read() == 0 || matches!(error, RestError::Unauthorized) => return Err(error),
                Err(RestError::RateLimited { .. }) if refused < PATIENCE => refused += 1,
                Err(error) => {
                    items.short = Some(Short::Failed(error));
                    return Ok(items);
                }
            }
            if cursor.is_done() {
                items.short = cursor.is_torn().then_some(Short::OneMoment);
                return Ok(items);
            }
            if cursor.read() >= pages {
                items.short = Some(Short::TooLong(pages * PAGE));
                return Ok(items);
            }
            if rest.class == Class::Action {
                rest.class = Class::CatchUp;
            }
        }
    }

    async fn page_at<T: Answer>(&self, path: &str, cursor: &Cursor) -> Result<Page<T>, RestError> {
        let size = PAGE.to_string();
        let mut query = vec![("page_size", size.as_str())];
        query.extend(cursor.token().map(|token| ("page_token", token)));
        self.send(self.request(Method::GET, path, &query), decode_page).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::{Value, json};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use url::Url;
    use voipbin_wire::Tag;

    use super::*;
    use crate::service::Service;
    use crate::token::Token;

    /// How the service lists labels made at these times; the requests of these
    /// numbers get these answers instead.
    async fn service(created: Vec<i64>, instead: Vec<(usize, &'static str)>) -> (Rest, Arc<Mutex<usize>>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let service = Service::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let asked = Arc::new(Mutex::new(0));
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = vec![0; 4096];
                let read = stream.read(&mut head).await.unwrap_or_default();
                let head = String::from_utf8_lossy(&head[..read]).into_owned();
                let Some(path) = head.split(' ').nth(1) else { continue };
                let number = {
                    let mut count = count.lock().unwrap();
                    *count += 1;
                    *count
                };
                let of_number = instead.iter().find(|(at, _)| *at == number).map(|(_, status)| *status);
                let (status, body) = match of_number {
                    Some(status) => (status, json!({"error": {"status": "X", "reason": "X", "message": "x"}})),
                    None => ("200 OK", page(&created, path)),
                };
                let body = body.to_string();
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status}\r\nRetry-After: 0\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                );
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        (Rest::new(service).unwrap().signed_in(Token::parse("a.b.c").unwrap()), asked)
    }

    fn page(created: &[i64], path: &str) -> Value {
        let url = Url::parse(&format!("http://x{path}")).unwrap();
        let token = url.query_pairs().find(|(name, _)| name == "page_token").and_then(|(_, at)| Timestamp::parse(&at));
        let before = token.map_or(i64::MAX, Timestamp::as_micros);
        let mut items: Vec<(usize, i64)> = created.iter().copied().enumerate().filter(|(_, at)| *at < before).collect();
        items.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
        items.truncate(PAGE);
        let time = |at: i64| Timestamp::from_micros(at).to_string();
        let next = items.last().map(|(_, at)| time(*at)).unwrap_or_default();
        let items: Vec<Value> = items
            .iter()
            .map(|(id, at)| json!({"id": format!("t{id}"), "name": id.to_string(), "tm_create": time(*at)}))
            .collect();
        json!({"result": items, "next_page_token": next})
    }

    /// 260 labels, 70 of them made in one moment.
    fn created() -> Vec<i64> {
        (0..260).map(|at| if (95..165).contains(&at) { 1_000_100 } else { 1_000_000 + at }).collect()
    }

    #[tokio::test]
    async fn a_list_is_read_to_its_end_with_ties_and_though_the_service_asks_for_patience() {
        for instead in [vec![], vec![(2, "429 Too Many Requests")]] {
            let (rest, _) = service(created(), instead).await;
            let labels = rest.tags(|_| false).await.unwrap();
            assert!(labels.short.is_none(), "{:?}", labels.short);
            let names: HashSet<&str> = labels.all.iter().filter_map(|label| label.name.as_deref()).collect();
            assert_eq!((labels.all.len(), names.len()), (260, 260), "each once");
        }
    }

    #[tokio::test]
    async fn what_was_read_stays_and_what_is_missing_has_a_reason() {
        let (rest, _) = service(created(), vec![(3, "500 Internal Server Error")]).await;
        let labels = rest.tags(|_| false).await.unwrap();
        assert!(labels.all.len() >= 130, "{}", labels.all.len());
        assert!(matches!(labels.short, Some(Short::Failed(RestError::Rejected { status: 500, .. }))));

        let (rest, _) = service(vec![1_000_000; 150], vec![]).await;
        assert!(matches!(rest.tags(|_| false).await.unwrap().short, Some(Short::OneMoment)));

        let (rest, asked) = service(created(), vec![]).await;
        assert!(matches!(rest.cases(1, |_| false).await.unwrap().short, Some(Short::TooLong(100))));
        assert_eq!(*asked.lock().unwrap(), 1);

        let (rest, _) = service(created(), vec![(1, "500 Internal Server Error")]).await;
        rest.tags(|_| false).await.unwrap_err();
    }

    #[tokio::test]
    async fn no_further_than_to_what_is_looked_for() {
        let (rest, asked) = service(created(), vec![]).await;
        let is_it = |label: &Tag| label.name.as_deref() == Some("200");
        assert!(rest.tags(is_it).await.unwrap().all.iter().any(is_it));
        assert_eq!(*asked.lock().unwrap(), 1);
    }
}
