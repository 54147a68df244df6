//! Verbs that the desk does at once, or the link.

use ringside_desk::{FilledView, SessionView, Thresholds};
use voipbin_wire::AgentStatus;

use super::Session;
use crate::journal::JournalEntry;
use crate::refusal::Refusal;
use crate::verbs::Answer;

impl Session {
    pub(crate) fn reply(&mut self, chat: String, text: String, answer: Answer) {
        self.take_reply(&chat, &text, None, answer);
    }

    pub(crate) fn reply_despite(&mut self, chat: String, text: String, reason: String, answer: Answer) {
        self.take_reply(&chat, &text, Some(reason), answer);
    }

    fn take_reply(&mut self, chat: &str, text: &str, despite: Option<String>, answer: Answer) {
        self.keeping.replies += 1;
        let now = (self.ports.clock)();
        let id = format!("reply-{:014}-{:06}", self.desk.reply_stamp(now), self.keeping.replies);
        match self.desk.reply(chat, text, despite, &id, now) {
            // It is the agent's no more once it is kept.
            Ok(()) => self.keeping.taken.push(answer),
            Err(error) => answer.refuse(Refusal::Reply(error)),
        }
    }

    pub(crate) fn reply_again(&mut self, message: String, answer: Answer) {
        let goes = self.desk.reply_again(&message, (self.ports.clock)());
        answer.give(goes.then_some(()).ok_or_else(|| Refusal::WasSent.into()));
    }

    pub(crate) fn drop_reply(&mut self, message: String, answer: Answer) {
        let is_dropped = self.desk.reply_dropped(&message);
        answer.give(is_dropped.then_some(()).ok_or_else(|| Refusal::IsLeaving.into()));
    }

    pub(crate) fn keep_draft(&mut self, chat: String, text: String) {
        self.desk.keep_draft(&chat, &text);
    }

    pub(crate) fn quick_reply(&self, chat: String, shortcut: String, answer: Answer<Option<FilledView>>) {
        answer.done(self.desk.quick_reply(&chat, &shortcut));
    }

    pub(crate) fn read_number(&self, text: String, answer: Answer<Vec<String>>) {
        answer.done(self.desk.read_number(&text));
    }

    pub(crate) fn set_status(&mut self, status: String, reason: Option<String>, answer: Answer) {
        let status = AgentStatus::from_word(&status);
        if !AgentStatus::CHOICES.contains(&status) {
            return answer.refuse(Refusal::NoSuchStatus);
        }
        let wanted = self.desk.choose_status(&status, reason);
        self.ask_for_status(wanted);
        answer.done(());
    }

    pub(crate) fn settle_status(&mut self, as_chosen: bool) {
        let wanted = self.desk.settle_difference(as_chosen);
        self.ask_for_status(wanted);
    }

    pub(crate) fn call_problem_seen(&mut self, call: String) {
        self.desk.call_problem_seen(&call);
    }

    pub(crate) fn look_at(&mut self, chat: Option<String>) {
        self.desk.look_at(chat.as_deref());
        self.read_the_open_one();
    }

    pub(crate) fn look_again(&mut self, number: String) {
        self.desk.look_again(&number);
    }

    pub(crate) fn more_touches(&mut self, number: String) {
        self.desk.more_touches(&number);
    }

    pub(crate) fn problem_seen(&mut self) {
        (self.keeping.not_kept, self.no_toasts) = (None, None);
        self.desk.problem_seen();
        let session = self.desk.session_view().clone();
        self.desk.session(SessionView { problem: None, no_toasts: None, ..session });
    }

    pub(crate) fn away_seen(&mut self) {
        self.desk.away_seen();
    }

    pub(crate) fn waits_heard(&mut self) {
        self.desk.waits_heard();
    }

    pub(crate) fn history_seen(&mut self) {
        self.desk.history_seen();
    }

    pub(crate) fn set_thresholds(&mut self, level_s: i64, amber_s: i64, red_s: i64, answer: Answer) {
        let thresholds = Thresholds { level_s, amber_s, red_s };
        if !thresholds.are_possible() {
            return answer.refuse(Refusal::Thresholds);
        }
        self.desk.thresholds(thresholds, (self.ports.clock)());
        self.keep_thresholds(thresholds);
        answer.done(());
    }

    pub(crate) fn journal(&mut self, seq: u64, answer: Answer<Vec<JournalEntry>>) {
        answer.done(self.journal.from(seq));
    }

    pub(crate) async fn retry_now(&mut self) {
        if let Some(work) = &self.work {
            work.connection.retry_now().await;
        }
    }
}
