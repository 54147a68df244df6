//! Whose turn it is to be read: the conversations that no event tells of.
//!
//! The live service tells a plain agent of no text in a conversation of theirs,
//! and nothing about the conversation moves (live-service.md, section 4.9). So
//! they are read one after the other, a request every five seconds, which with
//! the other looks stays within a quarter of a request a second (section 7.10).
//! The one that is open in front of the agent is read every ten seconds, by every
//! other request. The others come round one after the other; of more than
//! fifteen, every third request goes to one of the five that something happened
//! in last.
//!
//! So, with `n` conversations, a text is on the desk after this long at the latest:
//!
//! | conversations | none open | one open: that one | one open: another |
//! |---|---|---|---|
//! | n up to 15 | 5 s × (n + 3) | 10 s | 10 s × (n + 3) |
//! | more | 90 s in the five latest, 7.5 s × n in another | 10 s | 180 s, or 15 s × n |
//! | 1 | 20 s | 10 s | |
//! | 10 | 65 s | 10 s | 130 s |
//! | 50 | 90 s, or 6 min | 10 s | 3 min, or 12 min |
//!
//! and the time of the request itself. After an error a conversation is asked for
//! again when its turn comes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;
use voipbin_wire::Timestamp;

/// A conversation is read this often where an agent's texts come by no other way, …
const EVERY: Duration = Duration::from_secs(5);
/// … and this where events tell of them, and only what is lost in silence is looked for.
const EVERY_BESIDE_EVENTS: Duration = Duration::from_secs(20);
/// The one in front of the agent is read this often.
const OPEN_EVERY: Duration = Duration::from_secs(10);
/// None of the others is read more often than this.
const AT_MOST_EVERY: Duration = Duration::from_secs(15);
/// Of more conversations than this …
const MANY: usize = 15;
/// … so many that something happened in last …
const LATEST: usize = 5;
/// … get one of so many requests.
const SHARE: usize = 3;
/// News of a conversation come by the handful; its texts are read once.
const AFTER_NEWS: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
struct Turn {
    tried_at: Option<Instant>,
    /// Up to when nothing of it is missing.
    until: Option<Timestamp>,
    /// When something last happened in it.
    active: Option<Timestamp>,
    news_at: Option<Instant>,
}

/// The conversations that are read in turn.
#[derive(Debug)]
pub(crate) struct Turns {
    every: Duration,
    known: BTreeMap<String, Turn>,
    next_at: Instant,
    under_way: Option<String>,
    /// How many others than the open one were asked for.
    asked: usize,
}

impl Turns {
    /// `by_lists_only`: no event tells of texts.
    pub(crate) fn new(by_lists_only: bool, now: Instant) -> Self {
        let every = if by_lists_only { EVERY } else { EVERY_BESIDE_EVENTS };
        Self { every, known: BTreeMap::new(), next_at: now, under_way: None, asked: 0 }
    }

    /// No event tells of texts after all.
    pub(crate) fn by_lists_only(&mut self) {
        self.every = EVERY;
    }

    /// Events tell of texts again.
    pub(crate) fn beside_events(&mut self) {
        self.every = EVERY_BESIDE_EVENTS;
    }

    /// There is such a conversation.
    pub(crate) fn met(&mut self, id: &str, active: Option<Timestamp>) {
        let turn = self.known.entry(id.to_owned()).or_default();
        turn.active = turn.active.max(active);
    }

    /// The service told of a conversation: its texts are read soon.
    pub(crate) fn news(&mut self, id: &str, now: Instant) {
        let turn = self.known.entry(id.to_owned()).or_default();
        turn.news_at = Some(turn.news_at.map_or(now + AFTER_NEWS, |at| at.min(now + AFTER_NEWS)));
    }

    /// There are these and no others.
    pub(crate) fn only(&mut self, ids: &BTreeSet<String>) {
        self.known.retain(|id, _| ids.contains(id));
    }

    /// It is somebody else's, or there is no such conversation any more.
    pub(crate) fn gone(&mut self, id: &str) {
        self.known.remove(id);
        self.under_way.take_if(|under_way| under_way == id);
    }

    /// All of them, those first that an agent would look for first.
    pub(crate) fn in_order(&self, open: Option<&str>) -> Vec<String> {
        let mut all: Vec<(&String, &Turn)> = self.known.iter().collect();
        all.sort_by_key(|(id, turn)| (Some(id.as_str()) != open, std::cmp::Reverse(turn.active)));
        all.into_iter().map(|(id, _)| id.clone()).collect()
    }

    /// Up to when nothing of a conversation is missing.
    pub(crate) fn until(&self, id: &str) -> Option<Timestamp> {
        self.known.get(id)?.until
    }

    /// Whose turn it is, if anybody's. Nothing else is due before it is
    /// [`Turns::read`] or [`Turns::failed`].
    pub(crate) fn due(&mut self, open: Option<&str>, now: Instant) -> Option<String> {
        if self.under_way.is_some() {
            return None;
        }
        let id = self.pick(open, now)?;
        let turn = self.known.get_mut(&id)?;
        (turn.tried_at, turn.news_at) = (Some(now), None);
        self.next_at = self.next_at.max(now) + self.every;
        self.asked += usize::from(Some(id.as_str()) != open);
        self.under_way = Some(id.clone());
        Some(id)
    }

    fn pick(&self, open: Option<&str>, now: Instant) -> Option<String> {
        let since = |turn: &Turn| turn.tried_at.map_or(Duration::MAX, |at| now.saturating_duration_since(at));
        let with_news = self.known.iter().find(|(_, turn)| turn.news_at.is_some_and(|at| at <= now));
        if let Some((id, _)) = with_news {
            return Some(id.clone());
        }
        if now < self.next_at {
            return None;
        }
        let is_open_due = |id: &&str| self.known.get(*id).is_some_and(|turn| since(turn) >= OPEN_EVERY);
        if let Some(open) = open.filter(is_open_due) {
            return Some(open.to_owned());
        }
        let is_other = |(id, turn): &(&String, &Turn)| Some(id.as_str()) != open && since(turn) >= AT_MOST_EVERY;
        let first = |turns: Vec<(&String, &Turn)>| {
            let turns = turns.into_iter().filter(is_other);
            turns.min_by_key(|(_, turn)| (turn.tried_at, std::cmp::Reverse(turn.active))).map(|(id, _)| id.clone())
        };
        let mut all: Vec<(&String, &Turn)> = self.known.iter().collect();
        if all.len() <= MANY {
            return first(all);
        }
        all.sort_by_key(|(_, turn)| std::cmp::Reverse(turn.active));
        let rest = all.split_off(LATEST);
        let (one, other) = if self.asked.is_multiple_of(SHARE) { (all, rest) } else { (rest, all) };
        first(one).or_else(|| first(other))
    }

    /// Its texts were read: nothing up to `until` is missing, and the newest is of `newest`.
    pub(crate) fn read(&mut self, id: &str, until: Timestamp, newest: Option<Timestamp>, now: Instant) {
        self.under_way.take_if(|under_way| under_way == id);
        if let Some(turn) = self.known.get_mut(id) {
            turn.tried_at = Some(now);
            turn.until = turn.until.max(Some(until));
            turn.active = turn.active.max(newest);
        }
    }

    /// Its texts could not be read: it is asked for again when its turn comes.
    pub(crate) fn failed(&mut self, id: &str) {
        self.under_way.take_if(|under_way| under_way == id);
    }

    /// What was under way is not waited for any more.
    pub(crate) fn let_go(&mut self) {
        self.under_way = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The longest that each conversation waited between two reads in two hours,
    /// and how many requests that took: all were read at first, as after signing in.
    /// Something happened last in the first ones.
    fn two_hours(count: usize, open: Option<&str>) -> (BTreeMap<String, Duration>, usize) {
        let start = Instant::now();
        let mut turns = Turns::new(true, start);
        for id in 0..count {
            let active = (id < 5).then(|| Timestamp::from_millis(1_000_000 - i64::try_from(id).unwrap()));
            let id = format!("v{id:03}");
            turns.met(&id, active);
            turns.read(&id, Timestamp::from_millis(0), None, start);
        }
        let mut last: BTreeMap<String, Instant> = BTreeMap::new();
        let mut longest: BTreeMap<String, Duration> = BTreeMap::new();
        let mut requests = 0;
        for second in 0..7200 {
            let now = start + Duration::from_secs(second);
            while let Some(id) = turns.due(open, now) {
                requests += 1;
                let before = last.insert(id.clone(), now).unwrap_or(start);
                let longest = longest.entry(id.clone()).or_default();
                *longest = (*longest).max(now - before);
                turns.read(&id, Timestamp::from_millis(0), None, now);
            }
        }
        assert_eq!(longest.len(), count, "each has its turn");
        (longest, requests)
    }

    fn assert_within(longest: &BTreeMap<String, Duration>, latest: u64, others: u64) {
        for (at, (id, wait)) in longest.iter().enumerate() {
            let most = Duration::from_secs(if at < LATEST { latest } else { others });
            assert!(*wait <= most, "{id} of {} waited {wait:?}, not {most:?}: {longest:?}", longest.len());
        }
    }

    #[test]
    fn a_text_is_there_within_a_turn_however_many_conversations_there_are() {
        for count in [1, 2, 5, 9, 20, 50, 120] {
            let n = u64::try_from(count).unwrap();
            let (longest, requests) = two_hours(count, None);
            let (latest, others) = if count <= MANY { (5 * (n + 3), 5 * (n + 3)) } else { (90, n * 15 / 2) };
            assert_within(&longest, latest, others);
            assert!(requests <= 1441, "{requests} in two hours");
        }
    }

    #[test]
    fn the_open_conversation_is_read_every_ten_seconds_and_the_others_have_their_turn() {
        for count in [2, 9, 50] {
            let (longest, requests) = two_hours(count, Some("v001"));
            assert!(longest["v001"] <= Duration::from_secs(10), "{longest:?}");
            let n = u64::try_from(count).unwrap();
            let (latest, others) = if count <= MANY { (10 * (n + 3), 10 * (n + 3)) } else { (180, 15 * n) };
            assert_within(&longest, latest, others);
            assert!(requests <= 1441, "{requests} in two hours");
        }
    }

    #[test]
    fn one_that_was_told_of_is_read_soon_and_a_slow_answer_is_waited_for() {
        let start = Instant::now();
        let mut turns = Turns::new(true, start);
        turns.met("a", None);
        assert_eq!(turns.due(None, start).as_deref(), Some("a"));
        turns.news("b", start);
        let later = start + Duration::from_secs(3);
        assert_eq!(turns.due(None, later), None, "not a second one beside it");
        turns.read("a", Timestamp::from_millis(0), None, later);
        assert_eq!(turns.due(None, later).as_deref(), Some("b"));
        turns.failed("b");
        turns.gone("a");
        assert_eq!(turns.in_order(None), ["b"]);
    }

    #[test]
    fn the_open_and_the_most_recent_ones_are_read_first() {
        let mut turns = Turns::new(true, Instant::now());
        turns.met("old", Some(Timestamp::from_millis(1)));
        turns.met("new", Some(Timestamp::from_millis(3)));
        turns.met("open", None);
        turns.met("never", None);
        assert_eq!(turns.in_order(Some("open")), ["open", "new", "old", "never"]);
    }
}
