//! Texts: conversations, messages, drafts, what is unread, and replies on their way.
//!
//! All of it is owned here. What a text means to others, above all to answering
//! by rules, is not done from here but told: see [`Happened`].

mod chats;
mod conversations;
mod delivery;
mod medias;
mod messages;
mod names;
mod news;
mod outbox;
mod webchats;

use ringside_words::Message;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use voipbin_wire::{Fact, Timestamp, Told};

use crate::callers::gap::Gap;
use crate::moment::{Clock, Moment};
use crate::people::People;
use crate::record::{Override, Record, TextRecord};
use crate::responder::OptOuts;
use crate::shelf::{ById, Shelf};
use crate::view::{AwayItemView, DeliveryView, DeskView, MessageView, Patch};
use crate::{Desk, Millis, Out};

pub(crate) use chats::{Chat, chat_id};
pub(crate) use outbox::{Leaving, NewReply};
pub use outbox::{Looked, Missing, Outgoing, ReplyError, ReplyFate, Road};

use conversations::Conversations;
use delivery::EarlyReceipt;
use names::Names;
use news::{FirstHearing, TextsListed};
use outbox::Outbox;

/// The conversations by text.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    chats: Shelf<Chat>,
    messages: Shelf<MessageView>,
    names: Names,
    /// The conversation of a visit on a web page.
    visits: ById<String>,
    outbox: Outbox,
    conversations: Conversations,
    /// Until when the ledger knows the texts: later ones are news.
    known_until: Option<Millis>,
    /// How far the first catching up of this desk got.
    first_hearing: FirstHearing,
    listed: TextsListed,
    /// Drafts of conversations that are not on the desk.
    drafts_of_absent: BTreeMap<String, String>,
    /// How many texts are unread in conversations that are not on the desk.
    unread_of_absent: BTreeMap<String, u32>,
    early_receipts: VecDeque<EarlyReceipt>,
    looking_at: Option<String>,
    /// What is to be kept of what the service told; nothing while nobody keeps.
    to_keep: Option<ToKeep>,
    happened: VecDeque<Happened>,
}

/// What changed since it was last kept: of each text the last state.
#[derive(Debug, Default)]
struct ToKeep {
    texts: BTreeSet<String>,
    unread: BTreeSet<String>,
}

/// What texts need to know of the rest of the desk.
pub(crate) struct Beside<'a> {
    pub(crate) people: &'a mut People,
    /// Who wants no texts.
    pub(crate) opted: &'a OptOuts,
    pub(crate) clock: &'a Clock,
    /// Since when events do not arrive, while they do not.
    pub(crate) missing_since: Option<Millis>,
}

/// What happened to a text that others have to hear of, in order.
#[derive(Debug)]
pub(crate) enum Happened {
    /// A text came in, and can be answered.
    Came { message: String, made: Option<Timestamp>, moment: Moment },
    /// A text went out that was not written here.
    WrittenElsewhere { number: String, at: Millis },
    /// A text of ours got further.
    Delivered { reply: String, delivery: DeliveryView },
    /// An automatic reply is on the wire.
    Left { number: String, reply: String, at: Millis },
    /// An automatic reply is settled, or may not have been sent.
    Became { reply: String, became: Became },
    /// A text came while events did not arrive.
    Gone { item: AwayItemView, happened: Millis, moment: Moment },
    /// A text does not say between whom it is.
    NotUnderstood,
}

/// What became of an automatic reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Became {
    /// The service has it.
    Taken {
        /// A person sent it after all.
        by_hand: bool,
    },
    /// The service has it, and the network did not deliver it.
    Undelivered,
    /// It left, and nothing is known of it.
    Unclear,
    /// It did not go out, and why.
    Failed(Message),
}

impl Texts {
    /// Our numbers that texts are sent to or from.
    pub(crate) fn our_numbers(&self) -> impl Iterator<Item = &str> {
        self.chats.values().map(|chat| chat.view.our_number.as_str())
    }

    /// What happened first of what nobody was told of yet.
    pub(crate) fn next_happened(&mut self) -> Option<Happened> {
        self.happened.pop_front()
    }

    fn happens(&mut self, happened: Happened) {
        self.happened.push_back(happened);
    }

    pub(crate) fn message(&self, id: &str) -> Option<&MessageView> {
        self.messages.get(id)
    }

    pub(crate) fn messages(&self) -> impl Iterator<Item = &MessageView> {
        self.messages.values()
    }

    pub(crate) fn chat(&self, id: &str) -> Option<&Chat> {
        self.chats.get(id)
    }

    pub(crate) fn chats(&self) -> impl Iterator<Item = &Chat> {
        self.chats.values()
    }

    /// The conversation that is open in front of the agent.
    pub(crate) fn looking_at(&self) -> Option<&Chat> {
        self.chats.get(self.looking_at.as_deref()?)
    }

    pub(crate) fn marked(&self) -> usize {
        self.chats.marked() + self.messages.marked()
    }

    pub(crate) fn draw(&mut self, patches: &mut Vec<Patch>) {
        self.chats.draw(patches, |chat| chat.view.clone());
        self.messages.draw(patches, |message| message.clone());
    }

    /// Puts what there is into the picture of the whole desk.
    pub(crate) fn show(&self, desk: &mut DeskView) {
        desk.chats = self.chats.sorted().map(|(_, chat)| chat.view.clone()).collect();
        desk.messages = self.messages.sorted().map(|(_, message)| message.clone()).collect();
    }

    pub(crate) fn give_room_back(&mut self) {
        self.chats.give_room_back();
        self.messages.give_room_back();
        self.names.give_room_back();
    }

    /// When the last text was made that the ledger held.
    pub(crate) fn known_until(&self) -> Option<Millis> {
        self.known_until
    }

    /// From now on what should outlive the app is handed out.
    pub(crate) fn keeps(&mut self) {
        self.to_keep.get_or_insert_default();
    }

    /// What is to be kept of what the service told, since the last call.
    pub(crate) fn take_records(&mut self) -> Vec<Record> {
        let Some(ToKeep { texts, unread }) = self.to_keep.as_mut().map(std::mem::take) else { return Vec::new() };
        let text = |id: String| {
            let mut message = self.messages.get(&id)?.clone();
            let ends = self.ends(&message.chat)?;
            // By the service's name it is known again when a list tells of it.
            if let Some(service_id) = self.names.given_to(&id) {
                service_id.clone_into(&mut message.id);
            }
            Some(Record::Text(TextRecord { message, ends }))
        };
        let count = |chat: String| {
            let count = self.chats.get(&chat)?.view.unread;
            Some(Record::Unread { chat, count })
        };
        texts.into_iter().filter_map(text).chain(unread.into_iter().filter_map(count)).collect()
    }

    /// Puts back what the ledger held, the oldest first. What is there already
    /// knows better. The names of what it held.
    pub(crate) fn restore(
        &mut self,
        texts: Vec<TextRecord>,
        opened_at: Millis,
        out: &mut Out,
        beside: &mut Beside<'_>,
    ) -> BTreeSet<String> {
        let mut kept = BTreeSet::new();
        for TextRecord { message, ends } in texts {
            kept.insert(message.id.clone());
            // One from the future was dated by a wrong clock, and says nothing.
            if message.at <= opened_at {
                self.known_until = self.known_until.max(Some(message.at));
            }
            if self.known_message(&message.id).is_some() {
                continue;
            }
            self.restore_chat(&ends, message.at, out, beside);
            self.names.insert(&message.id, None);
            self.put_message(message);
        }
        kept
    }

    /// The conversations with texts that the agent has not seen.
    pub(crate) fn unread_chats(&self) -> Vec<String> {
        self.chats.which(|chat| chat.view.unread > 0)
    }

    /// A draft from the ledger, for when its conversation is on the desk.
    pub(crate) fn restore_draft_of(&mut self, chat: String, text: String) {
        if self.chats.has(&chat) {
            self.restore_draft(&chat, text);
        } else {
            self.drafts_of_absent.insert(chat, text);
        }
    }

    /// What lies on the desk came from the ledger, but for how many texts are
    /// unread in these conversations.
    pub(crate) fn is_kept_but_for(&mut self, unread: Vec<String>) {
        if let Some(to_keep) = &mut self.to_keep {
            *to_keep = ToKeep { unread: unread.into_iter().collect(), ..ToKeep::default() };
        }
    }

    fn keep_text(&mut self, id: &str) {
        if let Some(to_keep) = &mut self.to_keep {
            to_keep.texts.insert(id.to_owned());
        }
    }

    fn keep_unread(&mut self, chat: &str) {
        if let Some(to_keep) = &mut self.to_keep {
            to_keep.unread.insert(chat.to_owned());
        }
    }
}

/// Texts as the desk routes to them.
impl Desk {
    pub(crate) fn learn_texts(&mut self, fact: &Fact, moment: &Moment) {
        let (texts, out, mut beside) = self.texts_beside();
        match fact {
            Fact::Message(message) => texts.take(message, moment, out, &mut beside),
            Fact::Webchat(text) => texts.take_webchat(text, moment, out, &mut beside),
            Fact::Visit(visit) => texts.take_visit(visit, moment, out, &mut beside),
            Fact::Conversation(conversation) => texts.take_conversation(conversation, moment, out, &mut beside),
            _ => {}
        }
        self.texts_moved();
    }

    pub(crate) fn texts_beside(&mut self) -> (&mut Texts, &mut Out, Beside<'_>) {
        let Self { texts, out, people, responder, clock, absence, .. } = self;
        let missing_since = absence.gap.as_ref().map(Gap::from);
        (texts, out, Beside { people, opted: responder.opted(), clock, missing_since })
    }

    /// Others hear of what happened to texts.
    pub(crate) fn texts_moved(&mut self) {
        while let Some(happened) = self.texts.next_happened() {
            match happened {
                Happened::Came { message, made, moment } => self.text_came(&message, made, &moment),
                Happened::WrittenElsewhere { number, at } => self.responder.written_elsewhere(&number, at),
                Happened::Delivered { reply, delivery } => {
                    self.responder.delivered(&reply, delivery, &mut self.out);
                }
                Happened::Left { number, reply, at } => self.responder.left(&number, &reply, at),
                Happened::Became { reply, became } => self.responder.became(&reply, became, &mut self.out),
                Happened::Gone { item, happened, moment } => self.note_gone(item, happened, &moment),
                Happened::NotUnderstood => self.not_understood(),
            }
        }
    }

    /// Which conversation is open in front of the agent: it gets no toasts, and
    /// what it holds counts as seen.
    pub fn look_at(&mut self, chat: Option<&str>) {
        self.texts.look_at(chat, &mut self.out);
        if let Some(chat) = self.texts.looking_at() {
            self.people.wants_customer(&chat.view.number, &mut self.out);
        }
    }

    /// What the service calls the conversation that is open in front of the agent.
    pub fn open_conversation(&self) -> Option<&str> {
        self.texts.looking_at()?.conversation.as_deref()
    }

    /// The list of texts was read and merged; nothing younger than `whole_since`
    /// was missing on it.
    pub fn texts_were_listed(&mut self, whole_since: Timestamp) {
        self.texts.were_listed(whole_since);
    }

    /// Takes in a page of a conversation's texts, the newest first as the service
    /// lists them. Nothing younger than `whole_since` is missing on the pages so far.
    pub fn read_conversation(&mut self, id: &str, page: &[Told], whole_since: Option<Timestamp>, now: Millis) {
        let (is_live, service_now) = (self.link.live, self.service_time(now));
        for (told, is_news) in self.texts.read_conversation(id, page, whole_since, is_live, service_now) {
            let moment = self.clock.told(told.at, now).listed_if(!is_news || !is_live);
            self.merge(told, &moment.unseen_if(is_news));
        }
    }

    /// All pages of a conversation that were wanted are read.
    pub fn conversation_was_read(&mut self, id: &str) {
        self.texts.conversation_was_read(id);
    }

    /// Whom a conversation is with, by what the service calls it.
    pub fn peer_of(&self, conversation: &str) -> Option<String> {
        self.texts.peer_of(conversation)
    }

    /// The texts on the desk, the oldest first.
    pub fn texts(&self) -> Vec<TextRecord> {
        let text = |message: &MessageView| {
            Some(TextRecord { ends: self.texts.ends(&message.chat)?, message: message.clone() })
        };
        let mut texts: Vec<TextRecord> = self.texts.messages().filter_map(text).collect();
        texts.sort_by(|one, other| (one.message.at, &one.message.id).cmp(&(other.message.at, &other.message.id)));
        texts
    }

    /// The agent answers: the text is on the desk at once, kept, and to be
    /// sent. Names of replies must sort by the time of writing. Somebody who
    /// asked for no texts is written to only for a reason, which is kept.
    ///
    /// # Errors
    /// See [`ReplyError`].
    pub fn reply(
        &mut self,
        chat: &str,
        text: &str,
        despite: Option<String>,
        id: &str,
        now: Millis,
    ) -> Result<(), ReplyError> {
        let ends = self.texts.ends(chat).ok_or(ReplyError::NoChat)?;
        if text.trim().is_empty() {
            return Err(ReplyError::Nothing);
        }
        self.people.rights.road(&ends).ok_or(ReplyError::NoRoad)?;
        let wants_none = self.responder.opted().is_out(&ends.number);
        let despite = despite.filter(|reason| wants_none && !reason.trim().is_empty());
        if wants_none && despite.is_none() {
            return Err(ReplyError::WantsNone);
        }
        if let Some(reason) = &despite {
            // Who, why, and that it was so is kept.
            self.out.records.push(Record::Override(Override {
                reply: id.to_owned(),
                our_number: ends.our_number.clone(),
                number: ends.number.clone(),
                agent: self.people.me.name.clone(),
                reason: reason.clone(),
                at: now,
            }));
        }
        self.responder.person_wrote(&ends.number, now, &mut self.out);
        let reply = NewReply { id: id.to_owned(), to: ends, text: text.to_owned(), auto: None, despite };
        self.texts.write_reply(reply, now, &mut self.out);
        self.texts.keep_draft(chat, "", &mut self.out);
        Ok(())
    }

    /// What the name of a reply that is written now begins with: later than all
    /// before it, also when the clock was set back since.
    pub fn reply_stamp(&self, now: Millis) -> Millis {
        self.texts.reply_stamp(now)
    }

    /// Sends a text again that never left, or that the agent says to send
    /// again after it could not be found. Whether it goes.
    pub fn reply_again(&mut self, id: &str, now: Millis) -> bool {
        self.texts.reply_again(id, now, &mut self.out)
    }

    /// The agent lets go of a text that was not sent, or may not have been. One
    /// that never left goes off the desk and back into the draft; one that may
    /// have arrived stays as it is. Whether there was anything to let go of.
    pub fn reply_dropped(&mut self, id: &str) -> bool {
        let is_dropped = self.texts.reply_dropped(id, &mut self.out);
        self.texts_moved();
        is_dropped
    }

    /// What the agent has begun to write; kept over a restart.
    pub fn keep_draft(&mut self, chat: &str, text: &str) {
        self.texts.keep_draft(chat, text, &mut self.out);
    }

    /// The texts to send now: of each conversation the first one, once what was
    /// written before it is settled. Each is kept as having left; it may be
    /// sent when [`Out::records`](crate::Out) has been written.
    pub fn take_due_replies(&mut self, now: Millis) -> Vec<Outgoing> {
        let Self { texts, responder, people, out, .. } = self;
        let waiting = texts.automatic_waiting();
        let leaving = waiting
            .map(|(id, ends, written_at)| (id.to_owned(), responder.may_leave(id, ends, written_at, texts, now)))
            .collect();
        let wants_none = |number: &str| responder.opted().is_out(number);
        let due = texts.take_due(&leaving, people.rights, wants_none, now, out);
        self.texts_moved();
        due
    }

    /// The texts to look for now; answered by [`Desk::looked_for`].
    pub fn take_missing(&mut self, now: Millis) -> Vec<Missing> {
        let missing = self.texts.take_missing(self.people.rights, now, &mut self.out);
        self.texts_moved();
        missing
    }

    /// A list of the service was read, from `began` on, and told to the desk by
    /// [`Desk::relearn`].
    pub fn looked_for(&mut self, id: &str, looked: Looked, began: Millis, now: Millis) {
        self.texts.looked_for(id, looked, began, now, &mut self.out);
        self.texts_moved();
    }

    /// What became of a text we tried to send.
    pub fn reply_fate(&mut self, id: &str, fate: ReplyFate, now: Millis) {
        self.texts.reply_fate(id, fate, now, &mut self.out);
        self.texts_moved();
    }

    /// How many replies are being sent at this moment.
    pub fn replies_leaving(&self) -> usize {
        self.texts.replies_leaving()
    }
}
