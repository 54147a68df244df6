//! What has to be read over REST, list by list and page by page.
//!
//! A value without I/O: [`Reading::next`] says what to ask for, the session asks
//! and says what came of it. What was read stays read: after an error only the
//! page that failed is asked for again (live-service.md, section 4.3: all desks
//! of a customer share one allowance, so a repeat costs everybody). A service
//! that asks for fewer requests gets them one at a time until it answers again.

use std::time::Duration;

use ringside_words::{Message, say};
use tokio::time::Instant;
use voipbin_client::{List, Pages, RestError};
use voipbin_wire::{Timestamp, Told};

use crate::problem::in_words;

/// So many requests are under way together at most.
const AT_ONCE: usize = 4;
/// No list is read further back than this: 10,000 items.
pub(crate) const PAGES: usize = 100;
/// What failed is asked for again after this time, doubling, …
const AGAIN: Duration = Duration::from_millis(500);
/// … and this at most.
const AGAIN_AT_MOST: Duration = Duration::from_secs(15);
/// A conversation whose texts the service so often failed to list, while it
/// answered other requests, holds up nothing any more.
const TRIES: u32 = 4;

/// What a reading is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// What was missed before this socket.
    CatchUp {
        /// Its number.
        socket: u64,
    },
    /// What may have been lost in silence.
    Compare,
    /// Texts that came while no desk of this ledger was there.
    Texts,
    /// What was not listened to for a while.
    Around,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Waiting,
    UnderWay,
    Read,
    /// Not all of it could be read.
    InPart,
}

/// What is not read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnreadLists {
    pub(crate) what: Message,
    /// Conversations or texts of some are among it.
    pub(crate) has_conversations: bool,
    pub(crate) why: Option<Message>,
}

#[derive(Debug)]
struct Part {
    /// None while it is under way.
    pages: Option<Pages>,
    list: List,
    state: State,
    tries: u32,
    not_before: Option<Instant>,
    why: Option<Message>,
}

/// What to do next.
#[derive(Debug)]
pub(crate) enum Next {
    /// Ask for the next page of this part.
    Ask(usize, Pages),
    /// Nothing before this moment.
    Wait(Instant),
    /// Answers are under way.
    Hear,
    /// All is read that can be.
    Done,
}

/// What calls, rings and waits were listed: they are merged together, the rings
/// first, since only they know whether the agent answered.
#[derive(Debug, Default)]
pub(crate) struct OfCalls {
    pub(crate) rings: Option<Timestamp>,
    pub(crate) calls: Option<Timestamp>,
    pub(crate) waits: Option<Timestamp>,
    told: Vec<(List, Vec<Told>)>,
}

impl OfCalls {
    /// What is told, in the order in which it is to be merged.
    pub(crate) fn take_told(&mut self) -> impl Iterator<Item = Told> + use<> {
        // Rings stand before calls among the lists that are asked for.
        let mut told = std::mem::take(&mut self.told);
        told.sort_by_key(|(list, _)| rank(list));
        told.into_iter().flat_map(|(_, told)| told)
    }
}

/// Lists that are read page by page, whatever fails in between.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) id: u64,
    pub(crate) purpose: Purpose,
    /// When it began, by the service's clock.
    pub(crate) began: Timestamp,
    began_at: Instant,
    parts: Vec<Part>,
    under_way: usize,
    at_once: usize,
    /// Since the service last answered.
    failures: u32,
    answers: u64,
    not_before: Option<Instant>,
    of_calls: OfCalls,
    /// The one that the agent waits for.
    first: Option<usize>,
}

impl Reading {
    pub(crate) fn new(id: u64, purpose: Purpose, began: Timestamp, now: Instant) -> Self {
        Self {
            id,
            purpose,
            began,
            began_at: now,
            parts: Vec::new(),
            under_way: 0,
            at_once: AT_ONCE,
            failures: 0,
            answers: 0,
            not_before: None,
            of_calls: OfCalls::default(),
            first: None,
        }
    }

    /// Nothing is asked for before this moment.
    pub(crate) fn rest_until(&mut self, at: Instant) {
        self.not_before = Some(at);
    }

    /// The agent waits for this list: it is read before the others.
    pub(crate) fn hurry(&mut self, list: &List) {
        self.first = self.parts.iter().position(|part| part.list == *list);
    }

    /// One list more, unless it is among them.
    pub(crate) fn add(&mut self, pages: Pages) {
        if self.parts.iter().all(|part| part.list != *pages.list()) {
            let list = pages.list().clone();
            self.parts.push(Part {
                pages: Some(pages),
                list,
                state: State::Waiting,
                tries: 0,
                not_before: None,
                why: None,
            });
        }
    }

    pub(crate) fn next(&mut self, now: Instant) -> Next {
        let is_waiting = |part: &Part| part.state == State::Waiting;
        if self.under_way == 0 && !self.parts.iter().any(is_waiting) {
            return Next::Done;
        }
        if self.under_way >= self.at_once {
            return Next::Hear;
        }
        if let Some(at) = self.not_before.filter(|at| *at > now) {
            return Next::Wait(at);
        }
        let is_due = |part: &Part| is_waiting(part) && part.not_before.is_none_or(|at| at <= now);
        let first = self.first.filter(|first| self.parts.get(*first).is_some_and(is_due));
        if let Some(part) = first.or_else(|| self.parts.iter().position(is_due))
            && let Some(pages) = self.parts[part].pages.take()
        {
            self.parts[part].state = State::UnderWay;
            self.under_way += 1;
            return Next::Ask(part, pages);
        }
        let soonest = self.parts.iter().filter(|part| is_waiting(part)).filter_map(|part| part.not_before).min();
        soonest.map_or(Next::Hear, Next::Wait)
    }

    /// A page was read. Whether that was all of its list.
    pub(crate) fn read(&mut self, part: usize, pages: Pages) -> bool {
        self.answered();
        let Some(part) = self.parts.get_mut(part) else { return false };
        (part.tries, part.not_before, part.why) = (0, None, None);
        part.state = if pages.is_done() {
            State::Read
        } else if pages.read() >= PAGES {
            part.why = Some(say!("problems-only-newest", count = PAGES * 100));
            State::InPart
        } else {
            State::Waiting
        };
        let is_read = part.state != State::Waiting;
        part.pages = Some(pages);
        is_read
    }

    /// A page could not be read: it is asked for again by and by, or passed over
    /// where this account has no such list. `chance` in 0..1 spreads the desks.
    /// Whether its list is over and done with.
    pub(crate) fn failed(&mut self, part: usize, pages: Pages, error: &RestError, chance: f64, now: Instant) -> bool {
        let is_answer = matches!(error, RestError::Forbidden { .. } | RestError::NotFound);
        if is_answer {
            self.answered();
        } else {
            self.under_way = self.under_way.saturating_sub(1);
            self.at_once = 1;
        }
        let answers = self.answers;
        let Some(part) = self.parts.get_mut(part) else { return false };
        part.pages = Some(pages);
        if is_answer {
            part.state = State::Read;
            return true;
        }
        part.state = State::Waiting;
        part.why = Some(in_words(error));
        let doubled = |times: u32| {
            let wait = AGAIN.saturating_mul(1 << times.saturating_sub(1).min(5)).min(AGAIN_AT_MOST);
            wait.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
        };
        match error {
            // The budget waits as long as the service asks.
            RestError::RateLimited { .. } => {}
            // Whoever answers in the service's place will do so for a while.
            RestError::Foreign { .. } => {
                self.failures += 1;
                self.not_before = Some(now + doubled(u32::MAX));
            }
            RestError::Rejected { .. } => {
                part.tries += 1;
                part.not_before = Some(now + doubled(part.tries));
                let is_of_one = matches!(part.list, List::ConversationMessages(_));
                if is_of_one && part.tries >= TRIES && answers > 0 {
                    part.state = State::InPart;
                    return true;
                }
            }
            _ => {
                self.failures += 1;
                self.not_before = Some(now + doubled(self.failures));
            }
        }
        false
    }

    fn answered(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
        self.at_once = (self.at_once + 1).min(AT_ONCE);
        self.answers += 1;
        (self.failures, self.not_before) = (0, None);
    }

    /// Keeps what was listed of calls until all of it is there.
    pub(crate) fn hold(&mut self, list: &List, told: Vec<Told>, whole_since: Option<Timestamp>) {
        match list {
            List::Rings => self.of_calls.rings = whole_since,
            List::Waits => self.of_calls.waits = whole_since,
            _ => self.of_calls.calls = whole_since,
        }
        self.of_calls.told.push((list.clone(), told));
    }

    /// All that was listed of calls, once it is complete; then no more.
    pub(crate) fn take_calls(&mut self) -> Option<OfCalls> {
        let is_open = |part: &Part| rank(&part.list) < 3 && !matches!(part.state, State::Read | State::InPart);
        if self.of_calls.told.is_empty() || self.parts.iter().any(is_open) {
            return None;
        }
        Some(std::mem::take(&mut self.of_calls))
    }

    /// Whether there is something to say about what is not read yet.
    pub(crate) fn is_held_up(&self, now: Instant, after: Duration) -> bool {
        let takes_long = now.saturating_duration_since(self.began_at) > after;
        takes_long || self.failures > 1 || self.parts.iter().any(|part| part.tries > 1)
    }

    /// The conversations that could not be read.
    pub(crate) fn conversations_missed(&self) -> Vec<String> {
        let missed = self.parts.iter().filter(|part| part.state == State::InPart);
        missed
            .filter_map(|part| match &part.list {
                List::ConversationMessages(id) => Some(id.clone()),
                _ => None,
            })
            .collect()
    }

    /// Whether no text was passed over or left out: one of them may say STOP.
    pub(crate) fn has_all_texts(&self) -> bool {
        let is_of_texts =
            |list: &List| matches!(list, List::Messages | List::OwnConversations | List::ConversationMessages(_));
        self.parts.iter().all(|part| part.state == State::Read || !is_of_texts(&part.list))
    }

    /// What is not read; none when all is.
    pub(crate) fn unread(&self) -> Option<UnreadLists> {
        let open: Vec<&Part> = self.parts.iter().filter(|part| part.state != State::Read).collect();
        let mut what: Vec<Message> = Vec::new();
        for name in open.iter().filter_map(|part| name(&part.list)) {
            if !what.contains(&name) {
                what.push(name);
            }
        }
        let conversations = open.iter().filter(|part| matches!(part.list, List::ConversationMessages(_))).count();
        match conversations {
            0 => {}
            count => what.push(say!("problems-texts-of", count = count)),
        }
        let has_conversations =
            conversations > 0 || open.iter().any(|part| matches!(part.list, List::OwnConversations));
        let why = open.iter().find_map(|part| part.why.clone());
        Message::list(what).map(|what| UnreadLists { what, has_conversations, why })
    }
}

fn rank(list: &List) -> u8 {
    match list {
        List::Rings => 0,
        List::Calls | List::OwnCalls => 1,
        List::Waits => 2,
        _ => 3,
    }
}

fn name(list: &List) -> Option<Message> {
    Some(match list {
        List::Calls | List::OwnCalls => say!("link-topic-calls"),
        List::Rings => say!("link-topic-rings"),
        List::Waits => say!("problems-list-waiting"),
        List::Messages => say!("link-topic-texts"),
        List::Flows => say!("link-topic-flows"),
        List::Conferences => say!("link-topic-conferences"),
        List::Recordings => say!("link-topic-recordings"),
        List::OwnConversations => say!("link-topic-conversations"),
        List::Talks | List::Channels | List::TalkMessages(_) => say!("link-topic-team-chats"),
        List::ConversationMessages(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use voipbin_wire::{BareKind, decode_facts};

    use super::*;

    fn pages(list: List) -> Pages {
        Pages::new(list, Timestamp::from_millis(0))
    }

    fn conversation(id: usize) -> List {
        List::ConversationMessages(format!("v{id}"))
    }

    fn reading(lists: impl IntoIterator<Item = List>, now: Instant) -> Reading {
        let mut reading = Reading::new(1, Purpose::CatchUp { socket: 1 }, Timestamp::from_millis(0), now);
        lists.into_iter().for_each(|list| reading.add(pages(list)));
        reading
    }

    /// The end of a list.
    fn nothing() -> voipbin_wire::Page<Told> {
        decode_facts(BareKind::Call, r#"{"result":[],"next_page_token":""}"#).unwrap()
    }

    fn rejected() -> RestError {
        RestError::Rejected { status: 500, reason: "INTERNAL".into(), said: String::new(), request: String::new() }
    }

    const OF_A_MANAGER: [List; 5] = [List::Rings, List::Calls, List::Waits, List::Messages, List::OwnConversations];

    /// Plays a service that lets one request a second through and says 429 to
    /// the others; how often each list was asked for, and for how long.
    fn at_one_a_second(mut reading: Reading, start: Instant) -> (BTreeMap<List, u32>, Duration) {
        let mut asked: BTreeMap<List, u32> = BTreeMap::new();
        let mut now = start;
        let (mut answered_at, mut quiet_until) = (start - Duration::from_secs(1), start);
        loop {
            assert!(now < start + Duration::from_secs(600), "it converges: {:?}", reading.unread());
            match reading.next(now) {
                Next::Done => return (asked, now - start),
                Next::Ask(part, mut page) => {
                    now = now.max(quiet_until);
                    *asked.entry(page.list().clone()).or_default() += 1;
                    if now >= answered_at + Duration::from_secs(1) {
                        answered_at = now;
                        page.take(nothing());
                        reading.read(part, page);
                    } else {
                        quiet_until = answered_at + Duration::from_secs(1);
                        let error = RestError::RateLimited { retry_after: Some(Duration::from_secs(1)) };
                        reading.failed(part, page, &error, 0.5, now);
                    }
                }
                Next::Wait(at) => now = at,
                Next::Hear => panic!("nothing is under way here"),
            }
        }
    }

    #[test]
    fn a_service_that_answers_once_a_second_is_read_through_and_no_page_is_read_twice() {
        let start = Instant::now() + Duration::from_secs(10);
        let lists: Vec<List> = OF_A_MANAGER.into_iter().chain((0..20).map(conversation)).collect();
        let count = lists.len();
        let (asked, took) = at_one_a_second(reading(lists, start), start);
        assert_eq!(asked.len(), count);
        assert!(asked.values().all(|times| *times <= 2), "at most once in vain: {asked:?}");
        assert!(took <= Duration::from_secs(count as u64 + 1), "{took:?}");
    }

    #[test]
    fn after_an_error_only_the_list_that_failed_is_asked_for_again() {
        let now = Instant::now();
        let mut reading = reading(OF_A_MANAGER, now);
        let mut asked: Vec<List> = Vec::new();
        let mut now = now;
        loop {
            match reading.next(now) {
                Next::Ask(part, mut page) => {
                    asked.push(page.list().clone());
                    let fails =
                        *page.list() == List::Waits && asked.iter().filter(|list| **list == List::Waits).count() < 4;
                    if fails {
                        assert!(!reading.failed(part, page, &rejected(), 0.5, now), "calls are never given up");
                    } else {
                        page.take(nothing());
                        reading.read(part, page);
                    }
                }
                Next::Wait(at) => now = at,
                Next::Hear => panic!("nothing is under way here"),
                Next::Done => break,
            }
        }
        let times = |list: &List| asked.iter().filter(|asked| *asked == list).count();
        assert_eq!(OF_A_MANAGER.iter().map(times).collect::<Vec<_>>(), [1, 1, 4, 1, 1]);
        assert_eq!(reading.unread(), None);
    }

    #[test]
    fn a_conversation_that_cannot_be_read_holds_up_nothing_and_is_named_with_the_reason() {
        let start = Instant::now();
        let mut reading = reading([List::OwnCalls, conversation(1), conversation(2)], start);
        let mut now = start;
        while let next = reading.next(now)
            && !matches!(next, Next::Done)
        {
            match next {
                Next::Ask(part, page) if *page.list() == conversation(1) => {
                    reading.failed(part, page, &rejected(), 0.5, now);
                }
                Next::Ask(part, mut page) => {
                    page.take(nothing());
                    reading.read(part, page);
                }
                Next::Wait(at) => now = at,
                Next::Hear | Next::Done => unreachable!(),
            }
        }
        let UnreadLists { what, has_conversations, why } = reading.unread().unwrap();
        assert_eq!((what, reading.conversations_missed()), (say!("problems-texts-of", count = 1), vec!["v1".into()]));
        assert!(has_conversations);
        assert_eq!(why, Some(say!("problems-refused", why = "INTERNAL")));
        assert!(now - start < Duration::from_secs(10));
    }

    #[test]
    fn what_this_account_may_not_read_is_passed_over() {
        let now = Instant::now();
        let mut reading = reading([List::Rings, List::Flows], now);
        while let Next::Ask(part, page) = reading.next(now) {
            let error = RestError::Forbidden { reason: "PERMISSION_DENIED".into() };
            assert!(reading.failed(part, page, &error, 0.5, now));
        }
        assert!(matches!(reading.next(now), Next::Done) && reading.unread().is_none());
    }
}
