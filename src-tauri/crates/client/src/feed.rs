//! What the connection has heard and the desk has not taken yet.
//!
//! The reader never waits for whoever takes: what came in is put down here at
//! once. When more comes than is taken, a picture that a later one makes
//! needless is replaced by it in its place, and counted; a call, a text or a
//! change that an agent should see is never given up. Only when even that fills
//! the feed does the reader pause, and the service's own buffer holds the rest.

use std::collections::{HashMap, VecDeque};
use std::hash::BuildHasher as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::fast::FixedState;
use tokio::sync::Notify;
use voipbin_wire::{Fact, Told};

use crate::socket::News;

/// As long as no more waits than this, nothing is looked through for merging.
const SMALL: usize = 2048;
/// The most that waits before the reader pauses, …
const FULL: usize = 16_384;
/// … until no more than this waits: the two need not take turns.
const ROOM: usize = FULL / 2;
/// So many places are remembered before those that were taken are forgotten.
const PLACES: usize = 4 * FULL;
/// More room than this is not kept once a flood is over.
const KEPT_ROOM: usize = 1024;

/// The end that hears.
#[derive(Debug)]
pub(crate) struct Writer(Arc<Shared>);

/// The end that takes.
#[derive(Debug)]
pub struct Feed(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    came: Notify,
    went: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    news: VecDeque<News>,
    /// How many were taken, so that places stay good.
    taken: u64,
    /// Where something waits about a thing at a stage, by a hash of both: what
    /// waits there is looked at before anything is merged.
    places: HashMap<u64, u64, FixedState>,
    merged: u64,
    most: usize,
    /// It was full and has not been half empty since.
    paused: bool,
    writer_gone: bool,
    reader_gone: bool,
}

pub(crate) fn feed() -> (Writer, Feed) {
    let shared = Arc::new(Shared::default());
    (Writer(Arc::clone(&shared)), Feed(shared))
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What waits, and whether nothing more comes.
    fn take(&self, at_most: usize) -> (Vec<News>, bool) {
        let mut waiting = self.waiting();
        let some = waiting.take_some(at_most);
        if waiting.paused && waiting.news.len() <= ROOM {
            waiting.paused = false;
            self.went.notify_one();
        }
        (some, waiting.writer_gone)
    }
}

impl Writer {
    pub(crate) fn put(&self, news: News) {
        self.0.waiting().put(news);
        self.0.came.notify_one();
    }

    /// Puts down all of it and leaves the vector empty.
    pub(crate) fn put_all(&self, news: &mut Vec<News>) {
        if news.is_empty() {
            return;
        }
        let mut waiting = self.0.waiting();
        news.drain(..).for_each(|news| waiting.put(news));
        drop(waiting);
        self.0.came.notify_one();
    }

    pub(crate) fn is_full(&self) -> bool {
        let mut waiting = self.0.waiting();
        waiting.paused |= waiting.news.len() >= FULL;
        waiting.paused && !waiting.reader_gone
    }

    /// Waits until something was taken.
    pub(crate) async fn room(&self) {
        self.0.went.notified().await;
    }

    /// How many were merged into later ones, and the most that ever waited.
    pub(crate) fn counts(&self) -> (u64, usize) {
        let waiting = self.0.waiting();
        (waiting.merged, waiting.most)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.0.waiting().writer_gone = true;
        self.0.came.notify_one();
    }
}

impl Feed {
    /// Whatever waits, in order, and at most so much of it: an empty list once
    /// the connection has ended and all was taken.
    pub async fn recv(&mut self, at_most: usize) -> Vec<News> {
        loop {
            let (some, writer_gone) = self.0.take(at_most);
            if !some.is_empty() || writer_gone {
                return some;
            }
            self.0.came.notified().await;
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        let mut waiting = self.0.waiting();
        waiting.reader_gone = true;
        waiting.news.clear();
        waiting.places.clear();
        self.0.went.notify_one();
    }
}

impl Waiting {
    fn put(&mut self, news: News) {
        if self.reader_gone {
            return;
        }
        let news = match news {
            News::Told(told) if self.news.len() >= SMALL => match self.merge(told) {
                Some(told) => News::Told(told),
                None => return,
            },
            other => other,
        };
        self.news.push_back(news);
        self.most = self.most.max(self.news.len());
    }

    /// Merges with what waits about the same thing at the same stage, if it can.
    fn merge(&mut self, told: Box<Told>) -> Option<Box<Told>> {
        let key = key(&told.fact);
        let place = self.places.get(&key).and_then(|place| usize::try_from(place.checked_sub(self.taken)?).ok());
        if let Some(News::Told(older)) = place.and_then(|place| self.news.get_mut(place)) {
            if told.makes_needless(older) {
                *older = told;
                self.merged += 1;
                return None;
            }
            if older.makes_needless(&told) {
                self.merged += 1;
                return None;
            }
        }
        let place = self.taken + u64::try_from(self.news.len()).unwrap_or(u64::MAX);
        if self.places.len() >= PLACES {
            let taken = self.taken;
            self.places.retain(|_, place| *place >= taken);
        }
        self.places.insert(key, place);
        Some(told)
    }

    fn take_some(&mut self, at_most: usize) -> Vec<News> {
        let some: Vec<News> = self.news.drain(..at_most.min(self.news.len())).collect();
        self.taken += u64::try_from(some.len()).unwrap_or_default();
        if self.news.is_empty() {
            // A flood is over: the room it took is not kept for the rest of the day.
            if !self.places.is_empty() {
                self.places = HashMap::default();
            }
            if self.news.capacity() > KEPT_ROOM {
                self.news = VecDeque::new();
            }
        }
        some
    }
}

/// The same for two facts about one thing at one stage.
fn key(fact: &Fact) -> u64 {
    FixedState::default().hash_one((fact.object(), fact.stage()))
}

#[cfg(test)]
mod tests {
    use voipbin_wire::Frame;

    use super::*;

    fn told(text: &str) -> News {
        match Frame::decode(text) {
            Frame::Told(told) => News::Told(told),
            other => panic!("{other:?}"),
        }
    }

    fn flow(id: usize, step: usize, second: usize) -> News {
        told(&format!(
            r#"{{"id":"f{id}","status":"running","current_action":{{"id":"s{step}"}},"tm_create":"2026-01-01T00:00:00Z","tm_update":"2026-01-01T00:00:{second:02}Z"}}"#
        ))
    }

    fn call(id: usize, status: &str) -> News {
        told(&format!(
            r#"{{"id":"c{id}","direction":"incoming","destination":{{}},"action":{{}},"status":"{status}","tm_update":"2026-01-01T00:00:00Z"}}"#
        ))
    }

    fn drain(feed: &mut Feed) -> Vec<News> {
        feed.0.take(usize::MAX).0
    }

    #[tokio::test]
    async fn what_comes_in_comes_out_in_order_and_the_end_is_told() {
        let (writer, mut feed) = feed();
        writer.put(call(1, "ringing"));
        writer.put(call(1, "progressing"));
        drop(writer);
        assert_eq!(drain(&mut feed).len(), 2, "nothing is merged while the desk keeps up");
        assert!(feed.recv(1).await.is_empty());
    }

    #[test]
    fn under_a_flood_needless_pictures_are_merged_and_counted_and_no_change_is_lost() {
        let (writer, mut feed) = feed();
        (0..SMALL).for_each(|id| writer.put(call(id, "ringing")));
        for second in 0..50 {
            writer.put(flow(1, 1, second));
            writer.put(call(7, "ringing"));
        }
        for status in ["progressing", "hangup"] {
            writer.put(call(7, status));
        }
        writer.put(flow(1, 2, 59));
        let (merged, most) = writer.counts();
        assert_eq!((merged, most), (98, SMALL + 5));
        let news = drain(&mut feed);
        let text = format!("{:?}", &news[SMALL..]);
        assert_eq!(news.len(), SMALL + 5);
        for seen in ["Ringing", "Answered", "Hangup", "s1", "s2"] {
            assert!(text.contains(seen), "{seen} is lost");
        }
    }

    #[test]
    fn a_flood_that_never_ends_leaves_nothing_behind() {
        let (writer, feed) = feed();
        (0..SMALL).for_each(|id| writer.put(call(id, "ringing")));
        for id in SMALL..PLACES + 2 * SMALL {
            writer.put(call(id, "ringing"));
            assert_eq!(feed.0.take(1).0.len(), 1);
        }
        let waiting = feed.0.waiting();
        assert_eq!(waiting.news.len(), SMALL);
        assert!(waiting.places.len() <= PLACES, "{}", waiting.places.len());
    }

    #[test]
    fn memory_is_bounded_by_pausing_the_reader() {
        let (writer, feed) = feed();
        for id in 0..FULL {
            assert!(!writer.is_full());
            writer.put(call(id, "ringing"));
        }
        assert!(writer.is_full());
        feed.0.take(1);
        assert!(writer.is_full(), "the two do not take turns");
        feed.0.take(ROOM);
        assert!(!writer.is_full());
    }
}
