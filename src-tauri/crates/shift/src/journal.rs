//! What came in lately, for whoever has to find out what went wrong: kinds,
//! identifiers and stages, never a customer's words, numbers or a token.

use std::borrow::Cow;
use std::collections::VecDeque;

use ringside_desk::Millis;
use serde::Serialize;
use voipbin_wire::Told;

/// How many entries are kept.
const KEPT: usize = 3000;

/// One thing that came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct JournalEntry {
    /// Which, counted since signing in.
    pub seq: u64,
    /// When it came in, by this computer's clock.
    pub at: Millis,
    /// When it happened, by the service's clock.
    pub happened: Option<Millis>,
    /// What the frame was.
    pub kind: Cow<'static, str>,
    /// What it is about: `call`, `queue`, …
    pub object: Cow<'static, str>,
    /// Which.
    pub id: String,
    /// Where that stands now, where told.
    pub stage: String,
    /// Whether the agent's own topic brought it.
    pub own: bool,
}

/// The last entries.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: VecDeque<JournalEntry>,
    seq: u64,
}

impl Journal {
    pub(crate) fn write(&mut self, told: &Told, now: Millis) {
        let (object, told_id) = told.fact.object();
        let (mut id, mut stage) = self.room();
        id.push_str(told_id);
        stage.push_str(told.fact.stage().0);
        self.put(JournalEntry {
            seq: self.seq,
            at: now,
            happened: told.at.map(|at| at.as_millis()),
            kind: told.kind.as_word().into(),
            object: object.into(),
            id,
            stage,
            own: told.for_agent.is_some(),
        });
    }

    /// A frame that this version could not use. What it calls itself may be
    /// anything, so it is cut short.
    pub(crate) fn write_unknown(&mut self, kind: &str, now: Millis) {
        let kind = kind.chars().take(60).collect::<String>().into();
        let entry = JournalEntry {
            seq: self.seq,
            at: now,
            happened: None,
            kind,
            object: "unknown".into(),
            id: String::new(),
            stage: String::new(),
            own: false,
        };
        self.put(entry);
    }

    /// What came in from `seq` on.
    pub(crate) fn from(&self, seq: u64) -> Vec<JournalEntry> {
        self.entries.iter().skip_while(|entry| entry.seq < seq).cloned().collect()
    }

    /// Two empty texts, those of the oldest entry once the journal is full.
    fn room(&mut self) -> (String, String) {
        if self.entries.len() < KEPT {
            return Default::default();
        }
        let Some(JournalEntry { mut id, mut stage, .. }) = self.entries.pop_front() else { return Default::default() };
        id.clear();
        stage.clear();
        (id, stage)
    }

    fn put(&mut self, entry: JournalEntry) {
        self.seq += 1;
        self.entries.push_back(entry);
        if self.entries.len() > KEPT {
            self.entries.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use voipbin_wire::Frame;

    use super::*;

    #[test]
    fn it_names_what_came_in_and_none_of_its_words() {
        let mut journal = Journal::default();
        let frame = r#"{"event_type":"message.received","timestamp":"2026-01-20T10:30:00Z","topic":"customer_id:c:message:m1",
            "data":{"id":"m1","text":"my card is 4111","source":{"type":"tel","target":"+15551234567"}}}"#;
        let Frame::Told(told) = Frame::decode(frame) else { panic!("not told") };
        journal.write(&told, 1);
        journal.write_unknown("fax.received", 2);
        let entries = journal.from(0);
        assert_eq!((&*entries[0].kind, entries[0].id.as_str()), ("message.received", "m1"));
        assert_eq!(journal.from(1).len(), 1);
        let written = serde_json::to_string(&entries).unwrap();
        assert!(!written.contains("4111") && !written.contains("+1555"), "{written}");
    }

    #[test]
    fn only_the_last_few_thousand_are_kept() {
        let mut journal = Journal::default();
        (0..KEPT as u64 + 10).for_each(|_| journal.write_unknown("x", 0));
        assert_eq!((journal.entries.len(), journal.from(0)[0].seq), (KEPT, 10));
    }
}
