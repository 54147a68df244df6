//! Conversations by text.

use std::collections::{BTreeMap, VecDeque};

use voipbin_wire::{Address, Delivery, Direction, MessageFact};

use crate::alert::{About, Alert, AlertKind};
use crate::view::{AwayItemView, AwayKind, ChatView, DeliveryView, MessageView, Patch};
use crate::{Desk, Millis, told};

/// Receipts that came before their text are kept up to this number.
const EARLY_RECEIPTS: usize = 256;
/// The texts of a conversation that lie on the desk; the service has them all.
const KEPT: usize = 200;
/// Names of texts that are remembered, so that a late copy is no second text.
const REMEMBERED: usize = 500;
/// What a toast can show of a text.
const SHOWN_OF_TEXT: usize = 140;

#[derive(Debug)]
pub(crate) struct Chat {
    pub(crate) view: ChatView,
    pub(crate) messages: BTreeMap<String, MessageView>,
    /// What the service calls it, where it has a name of its own.
    conversation: Option<String>,
}

#[derive(Debug)]
pub(crate) struct EarlyReceipt {
    id: String,
    delivery: Delivery,
}

/// A text to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Our name for it.
    pub id: String,
    /// Our number.
    pub from: String,
    /// The customer's number.
    pub to: String,
    /// The words.
    pub text: String,
}

/// What became of a text we tried to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyFate {
    /// The service has it.
    Accepted(Box<MessageFact>),
    /// It never left, and why: it can be sent again.
    NotSent(String),
    /// It left and no answer came, in words: it may have arrived.
    Unclear(String),
}

impl Chat {
    /// Whether all the texts that are kept are later, and no more are kept.
    fn is_past(&self, at: Millis) -> bool {
        self.messages.len() >= KEPT && self.messages.values().all(|kept| kept.at > at)
    }

    /// The last text by its own time, in whatever order the texts came.
    fn show_last(&mut self) {
        let Some(last) = self.messages.values().max_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id))) else { return };
        self.view.last_text.clone_from(&last.text);
        self.view.last_is_ours = last.ours;
        self.view.last_at = last.at;
    }
}

impl Desk {
    pub(crate) fn learn_message(&mut self, fact: MessageFact, now: Millis) {
        let Some(id) = fact.id.clone() else { return };
        let at = self.moment(fact.tm_create, now);
        let known = self.known_message(&id).or_else(|| self.lying_message(&id));
        if let Some(known) = known {
            if fact.tm_create.is_some() {
                self.was_earlier(&known, at);
            }
            return self.deliver(&known, fact.status.as_ref());
        }
        let number = |end: Option<&Address>| end.and_then(|end| told(end.target.as_ref()));
        let (source, destination) = (number(fact.source.as_ref()), number(fact.destination.as_ref()));
        let (source, destination, direction) = match (source, destination, fact.direction.clone()) {
            (Some(source), destination, Some(Direction::Inbound)) => {
                (source, destination.unwrap_or_default(), Direction::Inbound)
            }
            (Some(source), Some(destination), Some(direction)) => (source, destination, direction),
            _ if fact.text.is_some() => return self.not_understood(),
            _ => return self.keep_receipt(id, fact.status),
        };
        let ours = direction == Direction::Outbound;
        let (theirs, our_number) = if ours { (destination, source) } else { (source, destination) };
        // Other channels are read here and answered there until they have a road of their own.
        let is_sms = fact.reference_type.as_deref().is_none_or(|channel| channel == "message");
        let our_number = if is_sms { our_number } else { String::new() };
        let text = fact.text.clone().unwrap_or_default();
        if ours && let Some(pending) = self.reply_on_its_way(&chat_id(&theirs, &our_number), &text) {
            self.remember(id, pending.clone());
            return self.deliver(&pending, fact.status.as_ref());
        }
        let sender_name = fact.source.as_ref().and_then(|source| told(source.name.as_ref())).filter(|_| !ours);
        let chat = self.open_chat(&theirs, &our_number, sender_name, at);
        if let Some(open) = self.chats.get_mut(&chat).filter(|_| fact.conversation_id.is_some()) {
            open.conversation.clone_from(&fact.conversation_id);
        }
        if self.chats.get(&chat).is_some_and(|chat| chat.is_past(at)) {
            return;
        }
        let delivery = ours.then(|| fact.status.as_ref().map_or(DeliveryView::Sent, delivery_view));
        let message = MessageView { id: id.clone(), chat: chat.clone(), ours, text, at, delivery, problem: None };
        self.remember(id.clone(), MessageKey { chat: chat.clone(), id: id.clone() });
        self.put_message(message);
        self.drop_old_texts(&chat);
        self.count_text(&theirs);
        if !ours {
            self.received(&chat, &id);
        }
        if let Some(known) = self.known_message(&id) {
            self.deliver_early(&known, &id);
        }
    }

    /// The agent answers: the text is on the desk at once, and to be sent.
    /// None when the conversation is not there or the text is empty.
    pub fn reply(&mut self, chat: &str, text: &str, id: &str, now: Millis) -> Option<Outgoing> {
        let view = &self.chats.get(chat)?.view;
        if text.trim().is_empty() || view.our_number.is_empty() {
            return None;
        }
        let outgoing = Outgoing {
            id: id.to_owned(),
            from: view.our_number.clone(),
            to: view.number.clone(),
            text: text.to_owned(),
        };
        self.remember(id.to_owned(), MessageKey { chat: chat.to_owned(), id: id.to_owned() });
        self.put_message(MessageView {
            id: id.to_owned(),
            chat: chat.to_owned(),
            ours: true,
            text: text.to_owned(),
            at: now,
            delivery: Some(DeliveryView::Sending),
            problem: None,
        });
        Some(outgoing)
    }

    /// Sends a text again that never left. None when it did leave, or may have.
    pub fn reply_again(&mut self, id: &str) -> Option<Outgoing> {
        let key = self.known_message(id)?;
        let kept = self.kept(&key)?;
        if kept.delivery != Some(DeliveryView::NotSent) {
            return None;
        }
        kept.delivery = Some(DeliveryView::Sending);
        kept.problem = None;
        let message = kept.clone();
        let text = message.text.clone();
        self.patch(Patch::PutMessage { message });
        let chat = &self.chats.get(&key.chat)?.view;
        Some(Outgoing { id: key.id, from: chat.our_number.clone(), to: chat.number.clone(), text })
    }

    /// What became of a text we tried to send.
    pub fn reply_fate(&mut self, id: &str, fate: ReplyFate) {
        let Some(key) = self.known_message(id) else { return };
        match fate {
            ReplyFate::Accepted(fact) => {
                if let Some(service_id) = fact.id.clone() {
                    self.same_message(&key, &service_id);
                }
                self.deliver(&key, Some(fact.status.as_ref().unwrap_or(&Delivery::Sent)));
                if let Some(service_id) = fact.id {
                    self.deliver_early(&key, &service_id);
                }
            }
            ReplyFate::NotSent(why) => self.trouble(&key, DeliveryView::NotSent, why),
            ReplyFate::Unclear(why) => self.trouble(&key, DeliveryView::Unclear, why),
        }
    }

    /// Which conversation is open in front of the agent: it gets no toasts, and
    /// what it holds counts as seen.
    pub fn look_at(&mut self, chat: Option<&str>) {
        self.looking_at = chat.map(str::to_owned);
        if let Some(chat) = chat.and_then(|chat| self.chats.get_mut(chat))
            && chat.view.unread > 0
        {
            chat.view.unread = 0;
            let view = chat.view.clone();
            self.alert(Alert::Withdraw { key: key(&view.id) });
            self.patch(Patch::PutChat { chat: view });
        }
    }

    /// What the service calls the conversation that is open in front of the agent.
    pub fn open_conversation(&self) -> Option<&str> {
        self.chats.get(self.looking_at.as_ref()?)?.conversation.as_deref()
    }

    /// A number got a name: conversations with it show it.
    pub(crate) fn rename_chats(&mut self, number: &str) {
        let Some(name) = self.name_of(number) else { return };
        for chat in self.chats.values_mut().filter(|chat| chat.view.number == number) {
            if chat.view.name.as_ref() != Some(&name) {
                chat.view.name = Some(name.clone());
                self.out.patches.push(Patch::PutChat { chat: chat.view.clone() });
            }
        }
    }

    fn open_chat(&mut self, theirs: &str, ours: &str, sender_name: Option<String>, now: Millis) -> String {
        let id = chat_id(theirs, ours);
        self.meet(theirs);
        let name = self.name_of(theirs).or(sender_name);
        let chat = self.chats.entry(id.clone()).or_insert_with(|| Chat {
            view: ChatView {
                id: id.clone(),
                name: None,
                number: theirs.to_owned(),
                our_number: ours.to_owned(),
                unread: 0,
                last_text: String::new(),
                last_is_ours: false,
                last_at: now,
            },
            messages: BTreeMap::new(),
            conversation: None,
        });
        chat.view.name = name.or(chat.view.name.take());
        id
    }

    fn received(&mut self, chat_id: &str, message: &str) {
        let Some(chat) = self.chats.get_mut(chat_id) else {
            return;
        };
        if self.looking_at.as_deref() == Some(chat_id) {
            return;
        }
        let (text, at) = chat.messages.get(message).map(|kept| (kept.text.clone(), kept.at)).unwrap_or_default();
        if self.quiet {
            // What was there before this desk, and what came while it was away,
            // are two things: only the second is news.
            if self.gap.as_ref().is_none_or(|gap| at < gap.from()) {
                return;
            }
            chat.view.unread += 1;
            let view = chat.view.clone();
            self.note_gone(
                AwayItemView {
                    kind: AwayKind::Text,
                    id: chat_id.to_owned(),
                    name: view.name.clone(),
                    number: view.number.clone(),
                    text: text.chars().take(SHOWN_OF_TEXT).collect(),
                    at,
                },
                at,
            );
            return self.patch(Patch::PutChat { chat: view });
        }
        chat.view.unread += 1;
        let view = chat.view.clone();
        self.alert(Alert::Raise {
            key: key(chat_id),
            kind: AlertKind::Message,
            title: view.name.clone().unwrap_or_else(|| view.number.clone()),
            body: text.chars().take(SHOWN_OF_TEXT).collect(),
            about: About::Chat { id: chat_id.to_owned() },
        });
        self.patch(Patch::PutChat { chat: view });
    }

    fn put_message(&mut self, message: MessageView) {
        let Some(chat) = self.chats.get_mut(&message.chat) else {
            return;
        };
        let before = chat.messages.insert(message.id.clone(), message.clone());
        if !self.lies_in.contains_key(&message.id) {
            self.lies_in.insert(message.id.clone(), message.chat.clone());
        }
        if before.is_none() && message.at > chat.view.last_at {
            chat.view.last_text.clone_from(&message.text);
            (chat.view.last_is_ours, chat.view.last_at) = (message.ours, message.at);
        } else {
            chat.show_last();
        }
        let view = chat.view.clone();
        self.patch(Patch::PutMessage { message });
        self.patch(Patch::PutChat { chat: view });
    }

    /// The same text told by another event, which knows an earlier moment.
    fn was_earlier(&mut self, key: &MessageKey, at: Millis) {
        let Some(kept) = self.kept(key).filter(|kept| at < kept.at && !kept.ours) else { return };
        kept.at = at;
        let message = kept.clone();
        self.put_message(message);
    }

    /// A delivery never goes back: what is delivered stays so, whatever comes late.
    fn deliver(&mut self, key: &MessageKey, status: Option<&Delivery>) {
        let Some(status) = status else { return };
        let Some(kept) = self.kept(key) else { return };
        let delivery = delivery_view(status);
        let before = kept.delivery;
        if !kept.ours || before.is_some_and(|before| rank(before) > rank(delivery)) {
            return;
        }
        let problem = (delivery == DeliveryView::Failed).then(|| "The network did not deliver this text.".to_owned());
        if before != Some(delivery) || kept.problem != problem {
            kept.delivery = Some(delivery);
            kept.problem = problem;
            let message = kept.clone();
            self.patch(Patch::PutMessage { message });
        }
    }

    /// Receipts that came before their text.
    fn deliver_early(&mut self, key: &MessageKey, service_id: &str) {
        let receipts = std::mem::take(&mut self.early_receipts);
        let (early, rest): (VecDeque<_>, VecDeque<_>) =
            receipts.into_iter().partition(|receipt| receipt.id == service_id);
        self.early_receipts = rest;
        for receipt in early {
            self.deliver(key, Some(&receipt.delivery));
        }
    }

    fn trouble(&mut self, key: &MessageKey, delivery: DeliveryView, why: String) {
        let Some(kept) = self.kept(key) else { return };
        if kept.delivery != Some(DeliveryView::Sending) {
            return;
        }
        kept.delivery = Some(delivery);
        kept.problem = Some(why);
        let message = kept.clone();
        self.patch(Patch::PutMessage { message });
    }

    /// The service's name for a text of ours. If an event brought it first as
    /// a text of its own, that one goes; if the name had been guessed to belong
    /// to another reply in the same words, the guess is put right.
    fn same_message(&mut self, key: &MessageKey, service_id: &str) {
        let Some(other) = self.message_ids.insert(service_id.to_owned(), key.clone()) else {
            return;
        };
        if other.id != service_id {
            return;
        }
        let double = self.chats.get_mut(&other.chat).and_then(|chat| chat.messages.remove(&other.id));
        self.lies_in.remove(&other.id);
        self.patch(Patch::DropMessage { id: other.id });
        if let Some(MessageView { delivery: Some(delivery), .. }) = double
            && let Some(kept) = self.kept(key)
        {
            kept.delivery = Some(delivery);
            let message = kept.clone();
            self.patch(Patch::PutMessage { message });
        }
    }

    fn reply_on_its_way(&self, chat: &str, text: &str) -> Option<MessageKey> {
        let is_bound = |id: &str| self.message_ids.values().filter(|key| key.id == id).count() > 1;
        let on_its_way = |kept: &&MessageView| {
            matches!(kept.delivery, Some(DeliveryView::Sending | DeliveryView::Unclear))
                && kept.text == text
                && !is_bound(&kept.id)
        };
        let kept = self.chats.get(chat)?.messages.values().find(on_its_way)?;
        Some(MessageKey { chat: chat.to_owned(), id: kept.id.clone() })
    }

    fn remember(&mut self, id: String, key: MessageKey) {
        self.message_ids.insert(id.clone(), key);
        self.message_order.push_back(id);
        if self.message_order.len() > REMEMBERED
            && let Some(oldest) = self.message_order.pop_front()
        {
            self.message_ids.remove(&oldest);
        }
    }

    /// A long conversation keeps its latest texts, and what is not sent yet.
    fn drop_old_texts(&mut self, chat: &str) {
        let Some(chat) = self.chats.get_mut(chat) else { return };
        let is_settled = |kept: &&MessageView| {
            !matches!(kept.delivery, Some(DeliveryView::Sending | DeliveryView::NotSent | DeliveryView::Unclear))
        };
        while chat.messages.len() > KEPT
            && let Some(oldest) = chat.messages.values().filter(is_settled).min_by_key(|kept| kept.at)
        {
            let id = oldest.id.clone();
            chat.messages.remove(&id);
            self.lies_in.remove(&id);
            self.out.patches.push(Patch::DropMessage { id });
        }
    }

    fn keep_receipt(&mut self, id: String, status: Option<Delivery>) {
        let Some(delivery) = status else { return };
        if self.early_receipts.len() == EARLY_RECEIPTS {
            self.early_receipts.pop_front();
        }
        self.early_receipts.push_back(EarlyReceipt { id, delivery });
    }

    fn known_message(&self, id: &str) -> Option<MessageKey> {
        self.message_ids.get(id).cloned()
    }

    /// A text that lies on the desk under its own name.
    fn lying_message(&self, id: &str) -> Option<MessageKey> {
        let chat = self.lies_in.get(id)?.clone();
        Some(MessageKey { chat, id: id.to_owned() })
    }

    fn kept(&mut self, key: &MessageKey) -> Option<&mut MessageView> {
        self.chats.get_mut(&key.chat)?.messages.get_mut(&key.id)
    }
}

/// Where on the desk a text lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MessageKey {
    chat: String,
    id: String,
}

fn chat_id(theirs: &str, ours: &str) -> String {
    format!("{theirs} {ours}")
}

fn key(chat_id: &str) -> String {
    format!("chat {chat_id}")
}

fn delivery_view(delivery: &Delivery) -> DeliveryView {
    match delivery {
        Delivery::Delivered => DeliveryView::Delivered,
        Delivery::Failed => DeliveryView::Failed,
        Delivery::Queued | Delivery::Sent | Delivery::Other(_) => DeliveryView::Sent,
    }
}

fn rank(delivery: DeliveryView) -> u8 {
    match delivery {
        DeliveryView::Sending | DeliveryView::NotSent | DeliveryView::Unclear => 0,
        DeliveryView::Sent => 1,
        DeliveryView::Failed => 2,
        DeliveryView::Delivered => 3,
    }
}
