//! What outlives the app goes out to the ledger, and comes back from it.

use crate::record::{Record, Remains};
use crate::{Desk, Millis};

impl Desk {
    /// When the last text was made that the ledger held.
    pub fn known_until(&self) -> Option<Millis> {
        self.texts.known_until()
    }

    /// From now on what should outlive the app is handed out.
    pub fn keeps(&mut self) {
        self.texts.keeps();
        self.past_to_keep.get_or_insert_default();
    }

    /// What the service told and is to be kept, since the last call. It can
    /// wait, unlike [`Out::records`](crate::Out): the service has it, too.
    pub fn take_records(&mut self) -> Vec<Record> {
        let past = self.past_to_keep.as_mut().map(std::mem::take).unwrap_or_default();
        let past = past.into_iter().filter_map(|id| Some(Record::Past(self.past_view(self.callers.find(&id)?)?)));
        let past: Vec<Record> = past.collect();
        self.texts.take_records().into_iter().chain(past).collect()
    }

    /// Puts back on the desk what the ledger held. What is there already knows better.
    pub fn restore(&mut self, mut remains: Remains) {
        let opened_at = self.floor.opened_at;
        let (texts, out, mut beside) = self.texts_beside();
        let kept = texts.restore(std::mem::take(&mut remains.texts), opened_at, out, &mut beside);
        // What came since is counted already.
        let come_since = texts.unread_chats();
        for (chat, count) in std::mem::take(&mut remains.unread) {
            texts.restore_unread(&chat, count);
        }
        self.responder.restore(&mut remains, &self.texts);
        self.responder_moved();
        let (texts, out, mut beside) = self.texts_beside();
        for reply in remains.replies {
            texts.restore_reply(reply, &kept, out, &mut beside);
        }
        self.texts_moved();
        self.responder.settle_orphans(&self.texts);
        for (chat, text) in remains.drafts {
            self.texts.restore_draft_of(chat, text);
        }
        for past in remains.past {
            self.callers.restore(past);
        }
        self.texts.is_kept_but_for(come_since);
        if let Some(past) = &mut self.past_to_keep {
            // It came from there.
            past.clear();
        }
    }

    pub(crate) fn keep_past(&mut self, id: &str) {
        if let Some(past) = &mut self.past_to_keep {
            past.insert(id.to_owned());
        }
    }
}
