//! Single requests to the service.
//!
//! Paths and bodies are those of live-service.md, section 4. No cookie is ever
//! kept: a stale one would beat the header (section 1.2). Errors carry no
//! address, since an access key travels in it. An answer counts as the
//! service's only by its form: a list has its envelope, an object its `id`, a
//! refusal the service's error object. All else is [`RestError::Foreign`].

pub(crate) mod customers;
pub(crate) mod items;
pub(crate) mod lists;
pub(crate) mod recordings;
pub(crate) mod steering;
pub(crate) mod talks;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use reqwest::header::DATE;
use reqwest::{Client, Method, Proxy, RequestBuilder, StatusCode};
use ringside_words::{Message, say};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;
use url::Url;
use uuid::Uuid;
use voipbin_wire::{
    AccessKey, AgentFact, AgentStatus, Answer, MessageFact, Page, QueueName, Timestamp, decode_page, read_json,
};
use zeroize::Zeroizing;

use crate::awake;
use crate::budget::{Budget, Class};
use crate::cause::Cause;
use crate::fault::Fault;
use crate::retry_after::retry_after;
use crate::road::CONNECT_WITHIN;
use crate::service::Service;
use crate::token::{Token, TokenKind};

use items::Items;

/// The service keeps this name of a request (live-service.md, section 4.2).
const REQUEST_ID: &str = "x-request-id";
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// No list is read further than this: 10,000 items.
const PAGES: usize = 100;

/// The request side of a service, with or without a credential.
#[derive(Debug, Clone)]
pub struct Rest {
    http: Client,
    service: Service,
    token: Option<Token>,
    class: Class,
    /// One for all clones: the service counts them together.
    budget: Arc<Mutex<Budget>>,
    /// What the last answer said of a frozen account.
    frozen: Arc<Mutex<Option<Message>>>,
    epoch: Instant,
    /// The service's clock by the `Date` of its last answer, and when that came.
    clock: Arc<Mutex<Option<(SystemTime, Instant)>>>,
}

/// Why a request did not do what it should.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RestError {
    /// The e-mail and password were not taken; the service gives no reason.
    #[error("that e-mail and password do not match")]
    WrongLogin,
    /// The credential is not good, or not good any more (401).
    #[error("the service refused the sign-in")]
    Unauthorized,
    /// The agent may not do this (403).
    #[error("the service does not allow this: {reason}")]
    Forbidden {
        /// The service's code for it.
        reason: String,
    },
    /// The customer's account is frozen (403), with its dates.
    #[error("the account is frozen")]
    Frozen(Message),
    /// There is no such thing (404).
    #[error("the service knows no such thing")]
    NotFound,
    /// Too many requests (429).
    #[error("the service asked for fewer requests")]
    RateLimited {
        /// How long it asks us to wait.
        retry_after: Option<Duration>,
    },
    /// The service is not available for now (503), and may say for how long.
    #[error("the service is not available at the moment")]
    Unavailable {
        /// How long it asks us to wait.
        retry_after: Option<Duration>,
        /// By which name the service's people find the request.
        request: String,
    },
    /// The service said no for another reason.
    #[error("the service answered {status}: {reason}")]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// The service's code for it, or nothing.
        reason: String,
        /// The service's own words for it, or nothing; never to branch on.
        said: String,
        /// By which name the service's people find the request.
        request: String,
    },
    /// The request never left: nothing was done.
    #[error("could not reach {host}")]
    Unreachable {
        /// Host only: the full address may carry a credential.
        host: String,
        /// What stands between.
        cause: Cause,
        /// The proxy on the way, if any: host and port.
        proxy: Option<String>,
        /// What the network said, without the address.
        source: reqwest::Error,
    },
    /// The request left and no answer came: it may or may not have been done.
    #[error("{host} did not answer")]
    Unclear {
        /// By which name the service's people find the request.
        request: String,
        /// Host only.
        host: String,
        /// What the network said, without the address; none where time ran out.
        source: Option<reqwest::Error>,
    },
    /// What came is not the service's answer: somebody between here and there
    /// gave it. Whether the request got further is not known.
    #[error("something in the place of {host} answered {status}")]
    Foreign {
        /// Host only.
        host: String,
        /// The HTTP status.
        status: u16,
    },
    /// Encryption could not be set up on this machine.
    #[error("encryption could not be set up")]
    Tls(#[source] rustls::Error),
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up")]
    Setup(#[source] reqwest::Error),
}

/// What came back, from whomever.
struct Answered {
    status: StatusCode,
    date: Option<SystemTime>,
    retry_after: Option<Duration>,
    text: String,
    request: String,
}

/// Who answers in the service's place.
pub fn foreign(host: &str, status: u16) -> Message {
    if status >= 500 {
        say!("link-foreign-error", host = host, status = status.to_string())
    } else {
        say!("link-foreign", host = host, status = status.to_string())
    }
}

impl Rest {
    /// The request side of a service, without a credential yet.
    ///
    /// # Errors
    /// When encryption cannot be set up.
    pub fn new(service: Service) -> Result<Self, RestError> {
        let tls = service.tls().map_err(RestError::Tls)?;
        let http = Client::builder()
            .tls_backend_preconfigured(std::sync::Arc::unwrap_or_clone(tls))
            .dns_resolver(service.road().names_towards(&service.at("/")))
            .proxy({
                let proxies = service.road().proxies.clone();
                Proxy::custom(move |url| proxies.to(url)?.address())
            })
            .connect_timeout(CONNECT_WITHIN)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(RestError::Setup)?;
        let budget = Arc::new(Mutex::new(Budget::new()));
        let (frozen, clock) = (Arc::default(), Arc::default());
        Ok(Self { http, service, token: None, class: Class::Action, budget, frozen, epoch: Instant::now(), clock })
    }

    /// The same with a credential.
    #[must_use]
    pub fn signed_in(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// The same for requests of another class: those in the background wait for their turn.
    #[must_use]
    pub fn of_class(mut self, class: Class) -> Self {
        self.class = class;
        self
    }

    /// A request that the service answers with 200 and nothing (live-service.md,
    /// section 4.10): hold, music and mute, no other.
    async fn done(&self, request: RequestBuilder) -> Result<(), RestError> {
        let answer = self.ask(request).await?;
        let status = answer.status;
        let is_done = |text: &str| status == StatusCode::OK && (text.trim().is_empty() || has_id(text));
        self.judge(answer, |text| is_done(text).then_some(()))
    }

    /// A request that is answered with what it changed.
    async fn changed(&self, request: RequestBuilder) -> Result<(), RestError> {
        self.send(request, |text| has_id(text).then_some(())).await
    }

    /// An answer of success in a form that the service does not use.
    pub(crate) fn not_the_services(&self) -> RestError {
        RestError::Foreign { host: self.service.name(), status: StatusCode::OK.as_u16() }
    }

    /// Trades e-mail and password for a token: `POST /auth/login`. Every failed
    /// login is a bare 400 (live-service.md, section 4.5).
    ///
    /// # Errors
    /// [`RestError::WrongLogin`] when they do not match.
    pub async fn login(&self, email: &str, password: &str) -> Result<Token, RestError> {
        #[derive(Deserialize)]
        struct Login {
            token: String,
        }
        let request =
            self.request(Method::POST, "/auth/login", &[]).json(&json!({"username": email, "password": password}));
        let answer = self.ask(request).await?;
        if answer.status == StatusCode::BAD_REQUEST && answer.text.trim().is_empty() {
            return Err(RestError::WrongLogin);
        }
        let token = |text: &str| {
            let login: Login = read_json(text)?;
            Token::parse(&Zeroizing::new(login.token)).ok().filter(|token| token.kind() == TokenKind::Jwt)
        };
        self.judge(answer, token).map_err(|error| match error {
            RestError::Rejected { status: 400, .. } | RestError::Unauthorized => RestError::WrongLogin,
            other => other,
        })
    }

    /// Who is signed in: `GET /v1.0/me`.
    ///
    /// # Errors
    /// See [`RestError`]; an access key is [`RestError::Forbidden`] here.
    pub async fn me(&self) -> Result<AgentFact, RestError> {
        self.read(self.request(Method::GET, "/v1.0/me", &[])).await
    }

    /// Changes the own status: `PUT /v1.0/service_agents/me/status`.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn set_status(&self, status: &AgentStatus) -> Result<AgentFact, RestError> {
        let request = self.request(Method::PUT, "/v1.0/service_agents/me/status", &[]);
        self.read(request.json(&json!({"status": status.as_word()}))).await
    }

    /// Sends a text: `POST /v1.0/messages`. The service has no way to tell a
    /// repeat from a second text, so [`RestError::Unclear`] must never be
    /// repeated blindly.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn send_message(&self, from: &str, to: &str, text: &str) -> Result<MessageFact, RestError> {
        let tel = |number| json!({"type": "tel", "target": number});
        let body = json!({"source": tel(from), "destinations": [tel(to)], "text": text});
        self.read(self.request(Method::POST, "/v1.0/messages", &[]).json(&body)).await
    }

    /// Answers in a conversation of whatever channel: `POST …/conversations/{id}/messages`. What is said of
    /// repeats at [`Rest::send_message`] goes for this, too.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn answer(&self, conversation: &str, text: &str) -> Result<MessageFact, RestError> {
        let path = format!("{}/{conversation}/messages", self.conversations());
        let body = json!({"text": text, "medias": []});
        self.read(self.request(Method::POST, &path, &[]).json(&body)).await
    }

    /// What the queues are called: `GET /v1.0/queues`, for managers.
    ///
    /// # Errors
    /// See [`RestError`]; a plain agent is [`RestError::Forbidden`] here.
    pub async fn queue_names(&self) -> Result<Items<QueueName>, RestError> {
        self.items("/v1.0/queues", PAGES, |queue: &QueueName| queue.id.as_deref()).await
    }

    /// The other agents: `GET /v1.0/service_agents/agents`.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn colleagues(&self) -> Result<Items<AgentFact>, RestError> {
        self.items("/v1.0/service_agents/agents", PAGES, |agent: &AgentFact| agent.id.as_deref()).await
    }

    /// Whose access key this is: `GET /v1.0/accesskeys`. None when the service does not say.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn customer_of_key(&self) -> Result<Option<String>, RestError> {
        let request = self.request(Method::GET, "/v1.0/accesskeys", &[("page_size", "1")]);
        let keys: Page<AccessKey> = self.send(request, decode_page).await?;
        Ok(keys.items.into_iter().find_map(|key| key.customer_id))
    }

    fn request(&self, method: Method, path: &str, query: &[(&str, &str)]) -> RequestBuilder {
        let mut url: Url = self.service.at(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let by_key = self.token.as_ref().filter(|token| token.kind() == TokenKind::AccessKey);
        if let Some(key) = by_key {
            url.query_pairs_mut().append_pair("accesskey", key.clear());
        }
        let request = self.http.request(method, url).header(REQUEST_ID, format!("ringside-{}", Uuid::new_v4()));
        match &self.token {
            Some(token) if by_key.is_none() => request.bearer_auth(token.clear()),
            _ => request,
        }
    }

    /// Where conversations are: an access key is nobody's agent, and what is
    /// there for agents is closed to it (live-service.md, section 4.10).
    fn conversations(&self) -> &'static str {
        match self.token.as_ref().map(Token::kind) {
            Some(TokenKind::AccessKey) => "/v1.0/conversations",
            Some(TokenKind::Jwt) | None => "/v1.0/service_agents/conversations",
        }
    }

    async fn read<T: Answer>(&self, request: RequestBuilder) -> Result<T, RestError> {
        self.send(request, |text| T::decode(text).map(|(answer, _)| answer)).await
    }

    /// Waits until a request of this class may go.
    async fn turn(&self) {
        loop {
            let wait = match self.budget().may(self.class, self.epoch.elapsed()) {
                Ok(()) => return,
                Err(wait) => wait,
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// That the customer's account is frozen, with its dates, by the last
    /// answer that any request got.
    pub fn frozen(&self) -> Option<Message> {
        self.frozen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What time it is by the service's clock, to a second, as its last answer said.
    pub fn service_time(&self) -> Option<Timestamp> {
        let (date, heard) = (*self.clock.lock().unwrap_or_else(PoisonError::into_inner))?;
        let now = date.checked_add(heard.elapsed())?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some(Timestamp::from_millis(i64::try_from(now.as_millis()).ok()?))
    }

    fn note_frozen(&self, words: Option<Message>) {
        *self.frozen.lock().unwrap_or_else(PoisonError::into_inner) = words;
    }

    fn budget(&self) -> std::sync::MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request whose answer is read by `read`: none for what is not in the service's form.
    async fn send<T>(&self, request: RequestBuilder, read: impl FnOnce(&str) -> Option<T>) -> Result<T, RestError> {
        let answer = self.ask(request).await?;
        self.judge(answer, read)
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Answered, RestError> {
        self.turn().await;
        let (http, request) = request.build_split();
        let mut request = request.map_err(|error| self.not_answered(error, ""))?;
        let limit = request.timeout_mut().take().unwrap_or(ANSWER_WITHIN);
        let name = request.headers().get(REQUEST_ID).and_then(|name| name.to_str().ok()).unwrap_or_default().to_owned();
        let answer = async {
            let response = http.execute(request).await?;
            let status = response.status();
            let retry_after = retry_after(response.headers(), SystemTime::now());
            let date = response.headers().get(DATE).and_then(|value| value.to_str().ok());
            let date = date.and_then(|value| httpdate::parse_http_date(value).ok());
            Ok((status, date, retry_after, response.text().await?))
        };
        let answer = awake::within(limit, answer).await;
        let not_in_time = || RestError::Unclear { request: name.clone(), host: self.service.name(), source: None };
        let (status, date, retry_after, text) =
            answer.ok_or_else(not_in_time)?.map_err(|error| self.not_answered(error, &name))?;
        Ok(Answered { status, date, retry_after, text, request: name })
    }

    /// What an answer means. Only one in the service's form says anything about its
    /// clock and its account: a sign-in page of this network has a date, too.
    fn judge<T>(&self, answer: Answered, read: impl FnOnce(&str) -> Option<T>) -> Result<T, RestError> {
        let Answered { status, date, retry_after, text, request } = answer;
        let text = Zeroizing::new(text);
        if !status.is_success() {
            return Err(self.refusal(status, &text, retry_after, request));
        }
        let read =
            read(&text).ok_or_else(|| RestError::Foreign { host: self.service.name(), status: status.as_u16() })?;
        // Whoever answers with nothing says nothing of itself.
        if self.token.is_some() && !text.trim().is_empty() {
            self.note_frozen(None);
            if let Some(date) = date {
                *self.clock.lock().unwrap_or_else(PoisonError::into_inner) = Some((date, Instant::now()));
            }
        }
        Ok(read)
    }

    /// What an answer other than success means.
    pub(crate) fn refusal(
        &self,
        status: StatusCode,
        body: &str,
        retry_after: Option<Duration>,
        request: String,
    ) -> RestError {
        // Whoever asks for fewer requests gets fewer, and none while it is away:
        // be it the service or a load balancer before it.
        let is_away = status == StatusCode::SERVICE_UNAVAILABLE;
        if status == StatusCode::TOO_MANY_REQUESTS || (is_away && retry_after.is_some()) {
            self.budget().too_much(retry_after, self.epoch.elapsed());
        }
        let Some(Fault { reason, said, frozen }) = Fault::read(body) else {
            return RestError::Foreign { host: self.service.name(), status: status.as_u16() };
        };
        let shows_token = self.token.as_ref().is_some_and(|token| said.contains(token.clear()));
        let said = if shows_token { String::new() } else { said };
        match (status, frozen) {
            (_, Some(words)) => {
                self.note_frozen(Some(words.clone()));
                RestError::Frozen(words)
            }
            (StatusCode::TOO_MANY_REQUESTS, _) => RestError::RateLimited { retry_after },
            (StatusCode::SERVICE_UNAVAILABLE, _) => RestError::Unavailable { retry_after, request },
            (StatusCode::UNAUTHORIZED, _) => RestError::Unauthorized,
            (StatusCode::FORBIDDEN, _) => RestError::Forbidden { reason },
            (StatusCode::NOT_FOUND, _) => RestError::NotFound,
            (status, _) => RestError::Rejected { status: status.as_u16(), reason, said, request },
        }
    }

    pub(crate) fn not_answered(&self, error: reqwest::Error, request: &str) -> RestError {
        let (host, source) = (self.service.name(), error.without_url());
        if source.is_connect() || source.is_builder() {
            let cause = if source.is_timeout() { Cause::Silence } else { Cause::of(&source) };
            RestError::Unreachable { host, cause, proxy: self.service.proxy(), source }
        } else {
            RestError::Unclear { request: request.to_owned(), host, source: Some(source) }
        }
    }
}

/// Whether a text is an object of the service's: each has an identifier.
pub(crate) fn has_id(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Object {
        id: String,
    }
    read_json::<Object>(text).is_some_and(|object| !object.id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A service that answers every request like this.
    async fn answering(answer: String) -> Rest {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let service = Service::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut asked = [0; 4096];
                let read = tokio::io::AsyncReadExt::read(&mut stream, &mut asked).await;
                if read.is_ok_and(|read| read > 0) {
                    tokio::io::AsyncWriteExt::write_all(&mut stream, answer.as_bytes()).await.unwrap();
                }
            }
        });
        Rest::new(service).unwrap().signed_in(Token::parse("vb_key").unwrap())
    }

    #[tokio::test]
    async fn a_service_that_says_when_to_come_back_is_left_alone_until_then() {
        let in_a_minute = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(60));
        for status in ["429 Too Many Requests", "503 Service Unavailable"] {
            for (told, at_least, at_most) in [("40", 38, 40), (&*in_a_minute, 55, 60), ("86400", 298, 300)] {
                let head = |body: &str| {
                    let length = body.len();
                    format!(
                        "HTTP/1.1 {status}\r\nRetry-After: {told}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                    )
                };
                // A load balancer is not the service, but it knows when to come back.
                let before = answering(head("<html>Busy</html>")).await;
                let error = before.queue_names().await.unwrap_err();
                assert!(matches!(error, RestError::Foreign { .. }), "{status} {told}: {error:?}");
                let quiet = before.budget().may(Class::CatchUp, before.epoch.elapsed()).unwrap_err();
                assert!((at_least..=at_most).contains(&quiet.as_secs()), "{status} {told}: {quiet:?}");
                let rest = answering(head(r#"{"error":{"status":"UNAVAILABLE","reason":"BUSY"}}"#)).await;
                let error = rest.queue_names().await.unwrap_err();
                let (RestError::RateLimited { retry_after: Some(wait) }
                | RestError::Unavailable { retry_after: Some(wait), .. }) = error
                else {
                    panic!("{status} {told}: {error:?}")
                };
                let quiet = rest.budget().may(Class::CatchUp, rest.epoch.elapsed()).unwrap_err();
                for wait in [wait, quiet] {
                    assert!((at_least..=at_most).contains(&wait.as_secs()), "{status} {told}: {wait:?}");
                }
            }
        }
    }

    #[tokio::test]
    async fn an_error_never_shows_the_credential() {
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let service = Service::parse(&format!("http://{closed}")).unwrap();
        let rest = Rest::new(service).unwrap().signed_in(Token::parse("vb_easy-to-spot").unwrap());
        let error = rest.queue_names().await.unwrap_err();
        assert!(matches!(error, RestError::Unreachable { .. }), "nothing listens there: {error}");
        let told = format!("{error} {error:?} {rest:?}");
        assert!(!told.contains("easy-to-spot"), "{told}");
    }
}
