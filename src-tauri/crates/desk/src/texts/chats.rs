//! Conversations by text: what lies on the desk of each.

use std::collections::BTreeSet;

use super::{Beside, Texts};
use crate::moment::Clock;
use crate::numbers::WITHHELD;
use crate::people::Rights;
use crate::record::{Ends, Record};
use crate::shelf::{set, set_told};
use crate::view::ChatView;
use crate::{Millis, Out};

/// The texts of a conversation that lie on the desk; the service has them all.
const KEPT: usize = 200;
/// Conversations that lie on the desk. Beyond that those without news go, …
const CHATS: usize = 500;
/// … beyond this others, too: nobody reads so many, and the service has them all.
const CHATS_AT_MOST: usize = 2000;
/// So many go at once.
const CHATS_AT_ONCE: usize = 50;

#[derive(Debug)]
pub(crate) struct Chat {
    pub(crate) view: ChatView,
    /// Its texts by time.
    pub(super) order: BTreeSet<(Millis, String)>,
    /// What the service calls it, where it has a name of its own.
    pub(crate) conversation: Option<String>,
    /// Our own address on a channel that has no number of ours.
    pub(crate) our_end: Option<String>,
}

impl Chat {
    /// Its texts, the oldest first.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(|(_, id)| id.as_str())
    }

    /// Whether all the texts that are kept are later, and no more are kept.
    pub(super) fn is_past(&self, at: Millis) -> bool {
        self.order.len() >= KEPT && self.order.first().is_some_and(|(first, _)| *first > at)
    }
}

/// A conversation that is to be on the desk.
pub(super) struct Opening<'a> {
    pub(super) id: &'a str,
    pub(super) theirs: &'a str,
    /// Our number; empty where the channel has none.
    pub(super) ours: String,
    /// What they call themselves, where nobody knows better.
    pub(super) name: Option<String>,
    pub(super) at: Millis,
}

impl Texts {
    pub(super) fn open_chat(&mut self, opening: Opening<'_>, out: &mut Out, beside: &mut Beside<'_>) {
        let Opening { id, theirs, ours, name, at } = opening;
        beside.people.meet(theirs, out);
        let can_reply = beside.people.rights.is_manager && !ours.is_empty() && theirs != WITHHELD;
        let silent_since = beside.opted.out_since(theirs);
        let count = self.chats.len();
        if count >= CHATS && count.is_multiple_of(CHATS_AT_ONCE) && !self.chats.has(id) {
            self.put_chats_away(beside.clock);
        }
        let name = beside.people.name_of(theirs).map(str::to_owned).or(name);
        self.chats.change(
            id,
            || Chat {
                view: ChatView {
                    id: id.to_owned(),
                    name: None,
                    number: theirs.to_owned(),
                    our_number: ours,
                    unread: 0,
                    last_text: String::new(),
                    last_instead: None,
                    last_is_ours: false,
                    last_at: at,
                    channel: "sms".to_owned(),
                    draft: String::new(),
                    given_back: 0,
                    can_reply,
                    silent_since,
                    visit: None,
                },
                order: BTreeSet::new(),
                conversation: None,
                our_end: None,
            },
            |chat| set_told(&mut chat.view.name, name.as_ref()),
        );
        if let Some(unread) = self.unread_of_absent.remove(id) {
            self.restore_unread(id, unread);
        }
        if let Some(draft) = self.drafts_of_absent.remove(id) {
            self.restore_draft(id, draft);
        }
    }

    /// What the service calls a conversation, and its channel where it is not SMS.
    pub(super) fn chat_is_called(&mut self, chat: &str, conversation: &str, channel: Option<String>, rights: Rights) {
        let Some(open) = self.chats.get_mut(chat) else { return };
        if let Some(channel) = channel {
            set(&mut open.view.channel, channel);
        }
        if set(&mut open.conversation, Some(conversation.to_owned())) {
            self.chat_has_road(chat, rights);
        }
    }

    /// Whether a conversation can be answered may have changed.
    pub(super) fn chat_has_road(&mut self, chat: &str, rights: Rights) {
        let can_reply = self.ends(chat).is_some_and(|ends| rights.road(&ends).is_some());
        self.chats.update(chat, |chat| set(&mut chat.view.can_reply, can_reply));
    }

    /// A number got a name: conversations with it show it.
    pub(crate) fn rename(&mut self, number: &str, name: &str) {
        self.chats.update_all(|chat| {
            chat.view.number == number && chat.view.name.as_deref() != Some(name) && {
                chat.view.name = Some(name.to_owned());
                true
            }
        });
    }

    /// Whether somebody wants texts may have changed: that holds for every
    /// conversation with them, from whatever number of ours.
    pub(crate) fn may_be_written_to(&mut self, number: &str, since: Option<Millis>) {
        self.chats.update_all(|chat| chat.view.number == number && set(&mut chat.view.silent_since, since));
    }

    /// Between whom a conversation is.
    pub(crate) fn ends(&self, chat: &str) -> Option<Ends> {
        let Chat { view, conversation, .. } = self.chats.get(chat)?;
        Some(Ends {
            chat: chat.to_owned(),
            number: view.number.clone(),
            our_number: view.our_number.clone(),
            conversation: conversation.clone(),
        })
    }

    /// What a text tells of its conversation.
    pub(super) fn chat_takes(
        &mut self,
        chat: &str,
        conversation: Option<&String>,
        channel: Option<String>,
        our_end: Option<String>,
        rights: Rights,
    ) {
        let Some(open) = self.chats.get_mut(chat) else { return };
        if let Some(channel) = channel {
            set(&mut open.view.channel, channel);
            set_told(&mut open.our_end, our_end.as_ref());
        }
        if set_told(&mut open.conversation, conversation) {
            self.chat_has_road(chat, rights);
        }
    }

    /// A conversation from the ledger.
    pub(super) fn restore_chat(&mut self, ends: &Ends, at: Millis, out: &mut Out, beside: &mut Beside<'_>) {
        let (id, theirs, ours) = (&*ends.chat, &*ends.number, ends.our_number.clone());
        self.open_chat(Opening { id, theirs, ours, name: None, at }, out, beside);
        if let Some(chat) = self.chats.get_mut(&ends.chat) {
            set_told(&mut chat.conversation, ends.conversation.as_ref());
        }
        self.chat_has_road(&ends.chat, beside.people.rights);
    }

    /// A draft from the ledger; what the agent has begun to write since stands.
    pub(crate) fn restore_draft(&mut self, chat: &str, text: String) {
        self.chats.update(chat, |chat| {
            let is_free = chat.view.draft.trim().is_empty();
            if is_free {
                chat.view.draft = text;
                chat.view.given_back += 1;
            }
            is_free
        });
    }

    /// What the agent has begun to write; kept over a restart.
    pub(crate) fn keep_draft(&mut self, chat: &str, text: &str, out: &mut Out) {
        let mut is_new = false;
        self.chats.update(chat, |chat| {
            is_new = chat.view.draft != text;
            if is_new {
                text.clone_into(&mut chat.view.draft);
            }
            is_new
        });
        if is_new {
            out.records.push(Record::Draft { chat: chat.to_owned(), text: text.to_owned() });
        }
    }

    /// The conversations that nobody wrote in for longest go off the desk, those
    /// with which the agent still has to do excepted.
    fn put_chats_away(&mut self, clock: &Clock) {
        let with_replies = self.chats_with_replies();
        let is_far_too_many = self.chats.len() >= CHATS_AT_MOST;
        let is_done = |id: &str, chat: &Chat| {
            (chat.view.unread == 0 || is_far_too_many)
                && chat.view.draft.trim().is_empty()
                && self.looking_at.as_deref() != Some(id)
                && !with_replies.contains(id)
        };
        let done = self.chats.all().filter(|(id, chat)| is_done(id, chat));
        let mut oldest: Vec<(Millis, &String)> = done.map(|(id, chat)| (chat.view.last_at, id)).collect();
        oldest.sort_unstable();
        let ids: Vec<String> = oldest.into_iter().take(CHATS_AT_ONCE).map(|(_, id)| id.clone()).collect();
        for chat in ids.iter().filter_map(|id| self.chats.remove(id)) {
            let until = clock.latest_told(chat.view.last_at);
            self.listed.put_away_until = self.listed.put_away_until.max(Some(until));
            if chat.view.unread > 0 {
                self.unread_of_absent.insert(chat.view.id.clone(), chat.view.unread);
            }
            for (_, message) in chat.order {
                self.messages.remove(&message);
            }
        }
    }

    /// A long conversation keeps its latest texts, and what is not sent yet.
    pub(super) fn drop_old_texts(&mut self, chat: &str) {
        while let Some(chat) = self.chats.get(chat).filter(|chat| chat.order.len() > KEPT) {
            let mut texts = chat.order.iter().map(|(_, id)| id);
            let Some(oldest) = texts.find(|id| !self.is_on_its_way(id)).cloned() else { return };
            self.remove_message(&oldest);
        }
    }

    /// Whom a conversation is with, by what the service calls it.
    pub(crate) fn peer_of(&self, conversation: &str) -> Option<String> {
        let chat = self.chats.values().find(|chat| chat.conversation.as_deref() == Some(conversation))?;
        Some(chat.view.name.clone().unwrap_or_else(|| chat.view.number.clone()))
    }
}

/// What a conversation is called on this desk.
pub(crate) fn chat_id(theirs: &str, ours: &str) -> String {
    format!("{theirs} {ours}")
}

pub(super) fn key(chat_id: &str) -> String {
    format!("chat {chat_id}")
}
