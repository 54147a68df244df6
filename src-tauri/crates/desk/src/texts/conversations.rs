//! Conversations that an agent has, read over REST.
//!
//! The live service tells a plain agent of no text that comes into one of them,
//! nor does anything about the conversation move (live-service.md, section 4.9).
//! So each is read in turn, and what is news shows in the names of the texts:
//! one that was not there when the conversation was read before came since,
//! whatever its time says.

use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use voipbin_wire::{ConversationFact, Direction, Fact, MessageFact, Timestamp, Told};

use super::chats::{Opening, chat_id};
use super::{Beside, Texts};
use crate::moment::Moment;
use crate::numbers::number_of;
use crate::shelf::{ById, set};
use crate::{Out, told};

/// The names of so many texts of a conversation are remembered, …
const REMEMBERED: usize = 100;
/// … and of the older ones more go at once than come one by one.
const AT_MOST: usize = 2 * REMEMBERED;

/// What the conversations were read to hold.
#[derive(Debug, Default)]
pub(crate) struct Conversations {
    hasher: RandomState,
    read: ById<Read>,
    /// Those that were put on the desk once, with or without a text.
    met: ById<()>,
}

#[derive(Debug)]
struct Read {
    /// Its texts, by a hash of the name, and when each was made.
    texts: std::collections::HashMap<u64, Timestamp, RandomState>,
    /// What is older than this may never have been read.
    whole_since: Timestamp,
}

impl Read {
    fn forget_old(&mut self) {
        if self.texts.len() <= AT_MOST {
            return;
        }
        let mut made: Vec<Timestamp> = self.texts.values().copied().collect();
        made.sort_unstable();
        let oldest = made[made.len() - REMEMBERED];
        self.texts.retain(|_, made| *made >= oldest);
        self.whole_since = self.whole_since.max(oldest);
    }
}

impl Texts {
    /// A conversation that is this agent's lies on the desk before its texts
    /// are read. Once: if it is put away later, a text brings it back.
    pub(crate) fn take_conversation(
        &mut self,
        fact: &ConversationFact,
        moment: &Moment,
        out: &mut Out,
        beside: &mut Beside<'_>,
    ) {
        let Some(id) = fact.id.as_deref() else { return };
        let is_mine = beside.people.is_me(fact.agent_id.as_deref());
        if !is_mine || fact.tm_delete.is_some() {
            return;
        }
        let (peer, ours) = (fact.peer.as_ref(), fact.ours.as_ref());
        let Some(theirs) = number_of(peer, ours) else { return };
        let channel = told(fact.kind.as_ref()).filter(|kind| kind != "message");
        let our_number = number_of(ours, peer).filter(|_| channel.is_none()).unwrap_or_default();
        let at = moment.when(fact.tm_update.or(fact.tm_create));
        let chat = chat_id(&theirs, &our_number);
        if self.conversations.met.insert(id.to_owned(), ()).is_some() {
            // Where no text says when, it stands where it was given to the agent last.
            self.chats.update(&chat, |chat| {
                chat.order.is_empty() && at > chat.view.last_at && set(&mut chat.view.last_at, at)
            });
            return;
        }
        let name = peer.and_then(|peer| told(peer.name.as_ref()));
        self.open_chat(Opening { id: &chat, theirs: &theirs, ours: our_number, name, at }, out, beside);
        self.chat_is_called(&chat, id, channel, beside.people.rights);
    }

    /// Takes in a page of a conversation's texts, the newest first as the service
    /// lists them. Nothing younger than `whole_since` is missing on the pages so far.
    ///
    /// What of it is to be taken in, the oldest first, and whether it is news.
    pub(crate) fn read_conversation<'a>(
        &mut self,
        id: &str,
        page: &'a [Told],
        whole_since: Option<Timestamp>,
        is_live: bool,
        service_now: Timestamp,
    ) -> Vec<(&'a Told, bool)> {
        let known = self.conversations.read.remove(id);
        let is_first = known.is_none();
        // One that was given to the agent just now: what nobody has answered is news.
        let is_given = is_first && is_live;
        let texts = page.iter().filter_map(|told| match &told.fact {
            Fact::Message(message) => Some((told, message, message.id.as_deref()?)),
            _ => None,
        });
        let texts: Vec<(&Told, &MessageFact, &str)> = texts.collect();
        let unanswered = texts.iter().take_while(|(_, text, _)| text.direction != Some(Direction::Outbound)).count();
        let mut read = known.unwrap_or_else(|| Read {
            texts: std::collections::HashMap::default(),
            whole_since: whole_since.unwrap_or(Timestamp::from_micros(i64::MAX)),
        });
        let mut to_take = Vec::new();
        for (at, (told, text, name)) in texts.into_iter().enumerate().rev() {
            let hash = self.conversations.hasher.hash_one(name);
            let made = text.tm_create.unwrap_or(service_now);
            let was_read = read.texts.insert(hash, made).is_some();
            if was_read && self.known_message(name).is_none() {
                // It was put away since.
                continue;
            }
            let is_news = match is_first {
                true => is_given && at < unanswered,
                false => !was_read && made >= read.whole_since,
            };
            to_take.push((told, is_news));
        }
        self.conversations.read.insert(id.to_owned(), read);
        to_take
    }

    /// All pages of a conversation that were wanted are read.
    pub(crate) fn conversation_was_read(&mut self, id: &str) {
        if let Some(read) = self.conversations.read.get_mut(id) {
            read.forget_old();
        }
    }
}
