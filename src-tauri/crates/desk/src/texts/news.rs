//! What counts as unread, and which text is news.

use ringside_words::Message;
use voipbin_wire::{Timestamp, shortened};

use super::chats::key;
use super::medias::instead_of_words;
use super::{Beside, Happened, Texts};
use crate::alert::{About, Alert, AlertKind};
use crate::moment::Moment;
use crate::numbers::shown_number;
use crate::shelf::set;
use crate::view::{AwayItemView, AwayKind};
use crate::{Millis, Out, Record};

/// What a toast can show of a text.
const SHOWN_OF_TEXT: usize = 140;
/// What came so long after the link began to deliver should have been pushed.
const SLOW_START: Millis = 5000;

/// The time from a desk's first connection until it is live for the first time:
/// no gap covers it, and a text of it may be learned from a list only.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) enum FirstHearing {
    #[default]
    Ahead,
    Since(Millis),
    Over,
}

impl FirstHearing {
    /// The link delivers events now.
    pub(crate) fn goes_on(&mut self, live: bool, now: Millis) {
        *self = match *self {
            _ if live => Self::Over,
            Self::Ahead => Self::Since(now),
            same => same,
        };
    }

    /// Whether what came at this moment should have been pushed.
    fn should_have_brought(self, at: Millis) -> bool {
        matches!(self, Self::Since(since) if at > since.saturating_add(SLOW_START))
    }
}

/// From when on, by the service's clock, the desk has seen every text that its
/// list held: one that the list shows later and the desk does not know is news,
/// however far the clocks are apart.
#[derive(Debug, Default)]
pub(crate) struct TextsListed {
    whole_since: Option<Timestamp>,
    /// What is not younger may have been put away since.
    pub(super) put_away_until: Option<Timestamp>,
}

impl TextsListed {
    pub(super) fn is_unseen(&self, made: Option<Timestamp>) -> bool {
        let Some((made, whole_since)) = made.zip(self.whole_since) else { return false };
        made >= whole_since && self.put_away_until.is_none_or(|until| made > until)
    }
}

impl Texts {
    /// Which conversation is open in front of the agent: it gets no toasts, and
    /// what it holds counts as seen.
    pub(crate) fn look_at(&mut self, chat: Option<&str>, out: &mut Out) {
        self.looking_at = chat.map(str::to_owned);
        let Some(chat) = chat else { return };
        let mut was_unread = false;
        self.chats.update(chat, |chat| {
            was_unread = set(&mut chat.view.unread, 0);
            was_unread
        });
        if was_unread {
            out.alert(Alert::Withdraw { key: key(chat) });
            out.records.push(Record::Unread { chat: chat.to_owned(), count: 0 });
        }
    }

    pub(super) fn received(
        &mut self,
        chat_id: &str,
        message: &str,
        at_latest: Millis,
        moment: &Moment,
        out: &mut Out,
        beside: &Beside<'_>,
    ) {
        if self.looking_at.as_deref() == Some(chat_id) {
            return;
        }
        let Some(message) = self.messages.get(message) else { return };
        // What was there before this desk, and what came while it was away,
        // are two things: only the second is news.
        let missing_since = beside.missing_since;
        if moment.is_listed && !moment.is_unseen && missing_since.is_none_or(|since| at_latest < since) {
            // Unless it came since the app was last open, or well after this desk
            // began to hear, in a first catching up that took long.
            let is_since_known = self.known_until.is_some_and(|until| message.at > until);
            let is_held_up = missing_since.is_none() && self.first_hearing.should_have_brought(message.at);
            if is_since_known || is_held_up {
                self.one_more_unread(chat_id);
            }
            return;
        }
        let Some(chat) = self.chats.touch(chat_id) else { return };
        chat.view.unread += 1;
        if let Some(to_keep) = &mut self.to_keep {
            to_keep.unread.insert(chat_id.to_owned());
        }
        let (name, number) = (chat.view.name.clone(), chat.view.number.clone());
        let instead = instead_of_words(&message.text, &message.medias);
        let text = match instead {
            Some(_) => String::new(),
            None => shortened(&message.text, SHOWN_OF_TEXT).into_owned(),
        };
        if moment.is_listed {
            let (kind, id, at) = (AwayKind::Text, chat_id.to_owned(), message.at);
            let happened = if moment.is_unseen { Millis::MAX } else { at_latest };
            let item = AwayItemView { kind, id, name, number, text, instead, at };
            return self.happens(Happened::Gone { item, happened, moment: *moment });
        }
        out.alert(Alert::Raise {
            key: key(chat_id),
            kind: AlertKind::Message,
            title: name.map_or_else(|| shown_number(&number), Message::verbatim),
            body: instead.unwrap_or_else(|| Message::verbatim(text)),
            about: About::Chat { id: chat_id.to_owned() },
        });
    }

    pub(crate) fn one_more_unread(&mut self, chat: &str) {
        self.chats.update(chat, |chat| {
            chat.view.unread += 1;
            true
        });
        self.keep_unread(chat);
    }

    /// What was unread when the conversation was last on the desk.
    pub(crate) fn restore_unread(&mut self, chat: &str, count: u32) {
        if !self.chats.has(chat) {
            self.unread_of_absent.insert(chat.to_owned(), count);
            return;
        }
        self.chats.update(chat, |chat| {
            chat.view.unread = chat.view.unread.saturating_add(count);
            count > 0
        });
    }

    /// The list of texts was read and merged; nothing younger than `whole_since`
    /// was missing on it.
    pub(crate) fn were_listed(&mut self, whole_since: Timestamp) {
        let known = self.listed.whole_since.get_or_insert(whole_since);
        *known = whole_since.min(*known);
    }

    /// The link delivers events now.
    pub(crate) fn hearing_goes_on(&mut self, live: bool, now: Millis) {
        self.first_hearing.goes_on(live, now);
    }
}
