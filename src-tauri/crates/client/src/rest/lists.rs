//! Lists, read as the same facts that events bring (live-service.md, sections 4.4, 4.7, 4.9).

use std::collections::HashSet;

use reqwest::Method;
use voipbin_wire::{BareKind, Page, Timestamp, Told, decode_facts};

use super::{Rest, RestError};

/// As many items as a page can have.
pub(crate) const PAGE: usize = 100;

/// A list of the service, newest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum List {
    /// The customer's calls; for managers.
    Calls,
    /// The customer's rings; for managers.
    Rings,
    /// The customer's callers in queues; for managers.
    Waits,
    /// The customer's SMS; for managers.
    Messages,
    /// The customer's running and ended flows; for managers.
    Flows,
    /// The customer's conferences; for managers.
    Conferences,
    /// The customer's recordings; for managers.
    Recordings,
    /// The calls that the agent owns.
    OwnCalls,
    /// The conversations that the agent may see; with an access key, the customer's.
    OwnConversations,
    /// The texts of one conversation.
    ConversationMessages(String),
    /// The team's chats that the agent is in.
    Talks,
    /// The team's channels that anybody can join.
    Channels,
    /// The messages of one of them.
    TalkMessages(String),
}

/// What a list said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// Its items.
    pub told: Vec<Told>,
    /// Nothing younger than this is missing; none when nothing was read.
    pub whole_since: Option<Timestamp>,
}

/// How far a list was read that comes newest first, page by page.
#[derive(Debug, Clone)]
pub(super) struct Cursor {
    since: Timestamp,
    size: usize,
    token: Option<String>,
    read: usize,
    whole_since: Option<Timestamp>,
    /// More items than a page holds share one moment: what is older than this
    /// may be missing, however far the list is read.
    torn_at: Option<Timestamp>,
    is_done: bool,
}

impl Cursor {
    pub(super) fn new(since: Timestamp) -> Self {
        Self { since, size: PAGE, token: None, read: 0, whole_since: None, torn_at: None, is_done: false }
    }

    /// What to ask for the next page with.
    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// How many pages were read.
    pub(super) fn read(&self) -> usize {
        self.read
    }

    pub(super) fn is_done(&self) -> bool {
        self.is_done
    }

    /// Whether something may be missing, though the list was read to its end.
    pub(super) fn is_torn(&self) -> bool {
        self.torn_at.is_some()
    }

    /// A page of so many items was read. The next one begins just after the time
    /// at which this one ends, not at it: the service would pass over items of
    /// that very moment (live-service.md, section 4.4).
    pub(super) fn passed(&mut self, length: usize, next: Option<String>) {
        self.read += 1;
        let is_last = length < self.size;
        let Some(next) = next.filter(|_| !is_last) else {
            self.whole_since = self.torn_at.or(Some(Timestamp::from_micros(i64::MIN)));
            self.is_done = true;
            return;
        };
        let Some(oldest) = Timestamp::parse(&next) else {
            // A token that is no time says nothing about how far this is.
            self.is_done = self.token.as_ref() == Some(&next);
            self.token = Some(next);
            return;
        };
        let after = Timestamp::from_micros(oldest.as_micros().saturating_add(1));
        let mut token = just_after(&next);
        if self.token.as_ref() == Some(&token) {
            // The whole page is of one moment, and so may be the next: on to what is older.
            self.torn_at = self.torn_at.or(Some(after));
            token = oldest.to_string();
        }
        self.whole_since = self.torn_at.or(Some(after));
        self.is_done = oldest < self.since || self.token.as_ref() == Some(&token);
        self.token = Some(token);
    }
}

/// A list that is read page by page, and how far. A page that was read is not
/// asked for again, whatever becomes of the next one.
#[derive(Debug, Clone)]
pub struct Pages {
    list: List,
    cursor: Cursor,
    seen: HashSet<(&'static str, String)>,
}

impl Pages {
    /// A list that is to be read back to `since`.
    pub fn new(list: List, since: Timestamp) -> Self {
        Self { list, cursor: Cursor::new(since), seen: HashSet::new() }
    }

    /// The same in smaller pages, for a list that seldom has more news.
    #[must_use]
    pub fn of_size(mut self, size: usize) -> Self {
        self.cursor.size = size.clamp(1, PAGE);
        self
    }

    /// Which list.
    pub fn list(&self) -> &List {
        &self.list
    }

    /// How many pages were read.
    pub fn read(&self) -> usize {
        self.cursor.read
    }

    /// Whether it was read back to its moment, or to its beginning.
    pub fn is_done(&self) -> bool {
        self.cursor.is_done
    }

    /// Nothing younger than this is missing; none when nothing was read.
    pub fn whole_since(&self) -> Option<Timestamp> {
        self.cursor.whole_since
    }

    /// Takes in a page; what of it was on no page before.
    pub fn take(&mut self, page: Page<Told>) -> Vec<Told> {
        self.cursor.passed(page.length, page.next);
        let is_new = |told: &Told| {
            let (kind, id) = told.fact.object();
            self.seen.insert((kind, id.to_owned()))
        };
        page.items.into_iter().filter(is_new).collect()
    }
}

impl List {
    /// `conversations` leads to those of the agent, or of the customer.
    fn path(&self, conversations: &str) -> String {
        match self {
            Self::Calls => "/v1.0/calls".to_owned(),
            Self::Rings => "/v1.0/groupcalls".to_owned(),
            Self::Waits => "/v1.0/queuecalls".to_owned(),
            Self::Messages => "/v1.0/messages".to_owned(),
            Self::Flows => "/v1.0/activeflows".to_owned(),
            Self::Conferences => "/v1.0/conferences".to_owned(),
            Self::Recordings => "/v1.0/recordings".to_owned(),
            Self::OwnCalls => "/v1.0/service_agents/calls".to_owned(),
            Self::OwnConversations => conversations.to_owned(),
            Self::Talks => "/v1.0/service_agents/talk_chats".to_owned(),
            Self::Channels => "/v1.0/service_agents/talk_channels".to_owned(),
            Self::TalkMessages(_) => "/v1.0/service_agents/talk_messages".to_owned(),
            Self::ConversationMessages(id) => format!("{conversations}/{id}/messages"),
        }
    }

    fn kind(&self) -> BareKind {
        match self {
            Self::Calls | Self::OwnCalls => BareKind::Call,
            Self::Rings => BareKind::Ring,
            Self::Waits => BareKind::Queuecall,
            Self::Messages => BareKind::Message,
            Self::Flows => BareKind::Activeflow,
            Self::Conferences => BareKind::Conference,
            Self::Recordings => BareKind::Recording,
            Self::OwnConversations => BareKind::Conversation,
            Self::ConversationMessages(_) => BareKind::ConversationMessage,
            Self::Talks | Self::Channels => BareKind::Talk,
            Self::TalkMessages(_) => BareKind::TalkMessage,
        }
    }
}

/// The token of a page from just after the moment at which the last one ended;
/// one that is no time stays as it is.
pub(crate) fn just_after(token: &str) -> String {
    let after = |at: Timestamp| Timestamp::from_micros(at.as_micros().saturating_add(1)).to_string();
    Timestamp::parse(token).map_or_else(|| token.to_owned(), after)
}

impl Rest {
    /// Reads a list back to `since`, in `pages` requests at most.
    ///
    /// # Errors
    /// See [`RestError`]; a list of the customer's is [`RestError::Forbidden`]
    /// to a plain agent.
    pub async fn list(&self, list: &List, since: Timestamp, pages: usize) -> Result<Listed, RestError> {
        let mut reading = Pages::new(list.clone(), since);
        let mut told = Vec::new();
        while !reading.is_done() && reading.read() < pages {
            told.extend(self.next_page(&mut reading).await?);
        }
        Ok(Listed { told, whole_since: reading.whole_since() })
    }

    /// Reads the next page of a list. After an error the same page is next.
    ///
    /// # Errors
    /// See [`Rest::list`].
    pub async fn next_page(&self, pages: &mut Pages) -> Result<Vec<Told>, RestError> {
        let (path, size) = (pages.list.path(self.conversations()), pages.cursor.size.to_string());
        let mut query = vec![("page_size", size.as_str())];
        if let List::TalkMessages(chat) = &pages.list {
            query.push(("chat_id", chat));
        }
        query.extend(pages.cursor.token().map(|token| ("page_token", token)));
        let kind = pages.list.kind();
        let page = self.send(self.request(Method::GET, &path, &query), |text| decode_facts(kind, text)).await?;
        Ok(pages.take(page))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A list as the service pages it: newest first, strictly older than the token.
    fn answer(created: &[i64], token: Option<&str>, size: usize) -> Page<Told> {
        let before = token.map_or(i64::MAX, |token| Timestamp::parse(token).unwrap().as_micros());
        let mut items: Vec<(usize, i64)> = created.iter().copied().enumerate().filter(|(_, at)| *at < before).collect();
        items.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
        items.truncate(size);
        let time = |at: i64| Timestamp::from_micros(at).to_string();
        let result: Vec<_> = items
            .iter()
            .map(|(id, at)| json!({"id": id.to_string(), "type": "sms", "targets": [], "tm_create": time(*at)}))
            .collect();
        let next = items.last().map(|(_, at)| time(*at)).unwrap_or_default();
        decode_facts(BareKind::Message, &json!({"result": result, "next_page_token": next}).to_string()).unwrap()
    }

    /// Reads it all, and says what was read and since when nothing is missing.
    fn read(created: &[i64], since: i64, size: usize) -> (Vec<usize>, Pages) {
        let mut pages = Pages::new(List::Messages, Timestamp::from_micros(since)).of_size(size);
        let mut read = Vec::new();
        while !pages.is_done() {
            assert!(pages.read() <= 2 * created.len() + 2, "it ends: {created:?} {pages:?}");
            let told = pages.take(answer(created, pages.cursor.token.clone().as_deref(), size));
            read.extend(told.iter().map(|told| told.fact.object().1.parse::<usize>().unwrap()));
        }
        (read, pages)
    }

    #[test]
    fn a_mass_sending_loses_nobody_though_many_texts_share_a_moment() {
        let mut dice = fastrand::Rng::with_seed(14);
        for _ in 0..2000 {
            let (count, moments) = (dice.usize(0..60), dice.i64(1..30));
            let created: Vec<i64> = (0..count).map(|_| 1_000_000 + dice.i64(0..moments)).collect();
            let (size, since) = (dice.usize(1..12), 1_000_000 + dice.i64(-1..moments));
            let (read, pages) = read(&created, since, size);
            let once: HashSet<usize> = read.iter().copied().collect();
            assert_eq!(once.len(), read.len(), "nothing comes twice");
            let whole_since = pages.whole_since().unwrap().as_micros();
            for (id, at) in created.iter().enumerate().filter(|(_, at)| **at >= whole_since) {
                assert!(once.contains(&id), "{at} is missing: {created:?}, {size} a page, whole since {whole_since}");
            }
            let at_once = created.iter().map(|at| created.iter().filter(|other| *other == at).count()).max();
            if at_once.unwrap_or_default() < size {
                assert!(whole_since <= since, "it is read back to the moment that was asked for");
            }
        }
    }

    #[test]
    fn more_texts_of_one_moment_than_a_page_holds_are_said_to_be_missing_and_what_is_older_is_read() {
        let created: Vec<i64> = std::iter::repeat_n(2_000_000, 9).chain([1_000_000, 3_000_000]).collect();
        let (read, pages) = read(&created, 0, 4);
        assert!(read.contains(&9) && read.contains(&10), "{read:?}");
        assert_eq!(pages.whole_since().unwrap().as_micros(), 2_000_001);
    }
}
