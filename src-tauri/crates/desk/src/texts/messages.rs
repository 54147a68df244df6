//! Texts as the service tells of them.

use ringside_words::Message;
use voipbin_wire::{Delivery, Direction, MessageFact, Target};

use super::chats::{Chat, Opening, chat_id};
use super::delivery::{delivery_view, problem_of};
use super::medias::{instead_of_words, shown_media};
use super::{Beside, Happened, Texts, webchats};
use crate::moment::Moment;
use crate::numbers::{WITHHELD, name_told, number_of};
use crate::people::Rights;
use crate::shelf::{set, set_told};
use crate::view::{ChatView, DeliveryView, MessageView};
use crate::{Millis, Out};

/// Between whom a text is, and in which conversation.
struct TextEnds {
    chat: String,
    theirs: String,
    our_number: String,
    our_end: Option<String>,
    channel: Option<String>,
    ours: bool,
}

impl Texts {
    /// A text to several receivers stands in the conversation with each of
    /// them, and gets to each of them on its own.
    pub(crate) fn take(&mut self, fact: &MessageFact, moment: &Moment, out: &mut Out, beside: &mut Beside<'_>) {
        let receivers = fact.targets.as_deref().unwrap_or_default();
        // A receipt does not say which way its text went.
        let is_ours = match fact.direction {
            Some(Direction::Outbound) => true,
            None => fact.text.is_none(),
            Some(_) => false,
        };
        if receivers.is_empty() || !is_ours {
            return self.take_text(fact, moment, out, beside);
        }
        let is_alone = receivers.len() == 1;
        for Target { destination, status, .. } in receivers.iter().cloned() {
            // Of a single receiver the text itself may say more, or less.
            let destination = destination.or_else(|| fact.destination.clone().filter(|_| is_alone));
            let status = fact.status.clone().filter(|_| is_alone).or(status);
            self.take_text(&MessageFact { destination, status, targets: None, ..fact.clone() }, moment, out, beside);
        }
    }

    fn take_text(&mut self, fact: &MessageFact, moment: &Moment, out: &mut Out, beside: &mut Beside<'_>) {
        let Some(id) = self.name_by_receiver(fact) else { return };
        let id = &*id;
        let at = moment.when(fact.tm_create);
        let known = self.known_message(id);
        let told_before = if known.is_none() { self.told_as_web_chat(id, fact) } else { None };
        let can_be_answered_now = told_before.is_some();
        if let Some(known) = known.or(told_before) {
            if fact.tm_create.is_some() {
                self.was_earlier(&known, at);
            }
            self.adds_to(&known, fact, beside.people.rights);
            if can_be_answered_now {
                self.happens(Happened::Came { message: known.clone(), made: fact.tm_create, moment: *moment });
            }
            return self.deliver(&known, fact.status.as_ref());
        }
        if let Some(ends) = self.ends_of(id, fact) {
            self.take_new(id, ends, fact, moment, out, beside);
        }
    }

    /// Between whom a text is that is not on the desk yet; none where it does not say.
    fn ends_of(&mut self, id: &str, fact: &MessageFact) -> Option<TextEnds> {
        let (source, destination) = (fact.source.as_ref(), fact.destination.as_ref());
        let (source, destination) = (number_of(source, destination), number_of(destination, source));
        let receiver = destination.clone();
        let (source, destination, direction) = match (source, destination, fact.direction.clone()) {
            (Some(source), destination, Some(Direction::Inbound)) => {
                (source, destination.unwrap_or_default(), Direction::Inbound)
            }
            (Some(source), Some(destination), Some(direction)) => (source, destination, direction),
            _ if fact.text.is_some() => {
                self.happens(Happened::NotUnderstood);
                return None;
            }
            _ => {
                self.keep_receipt(fact.id.clone().unwrap_or_else(|| id.to_owned()), receiver, fact.status.clone());
                return None;
            }
        };
        let ours = direction == Direction::Outbound;
        let (theirs, our_number) = if ours { (destination, source) } else { (source, destination) };
        // Other channels have no number of ours: they are answered in the conversation.
        let channel = fact.reference_type.as_deref().filter(|channel| *channel != "message").map(str::to_owned);
        let (our_number, our_end) =
            if channel.is_none() { (our_number, None) } else { (String::new(), Some(our_number)) };
        let chat = chat_id(&theirs, &our_number);
        let mut chat = self.web_chat_of(&chat, channel.as_deref(), fact).unwrap_or(chat);
        if theirs == WITHHELD {
            // Two who withhold their number have nothing else in common.
            let conversation = fact.conversation_id.as_deref().filter(|_| channel.is_some());
            chat = format!("{chat} {}", conversation.unwrap_or(id));
        }
        Some(TextEnds { chat, theirs, our_number, our_end, channel, ours })
    }

    /// A text that is not on the desk yet.
    fn take_new(
        &mut self,
        id: &str,
        ends: TextEnds,
        fact: &MessageFact,
        moment: &Moment,
        out: &mut Out,
        beside: &mut Beside<'_>,
    ) {
        let TextEnds { chat, theirs, our_number, our_end, channel, ours } = ends;
        let at = moment.when(fact.tm_create);
        let text = fact.text.clone().unwrap_or_default();
        if ours && let Some(pending) = self.reply_on_its_way(&chat, &text, at) {
            self.names.insert(id, Some(pending.clone()));
            self.reply_taken(&pending, out);
            return self.deliver(&pending, Some(fact.status.as_ref().unwrap_or(&Delivery::Sent)));
        }
        let sender_name = fact.source.as_ref().and_then(name_told).filter(|_| !ours).map(str::to_owned);
        let opening = Opening { id: &chat, theirs: &theirs, ours: our_number, name: sender_name, at };
        self.open_chat(opening, out, beside);
        self.chat_takes(&chat, fact.conversation_id.as_ref(), channel, our_end, beside.people.rights);
        if self.chats.get(&chat).is_none_or(|chat| chat.is_past(at)) {
            return;
        }
        let delivery = ours.then(|| fact.status.as_ref().map_or(DeliveryView::Sent, delivery_view));
        self.names.insert(id, None);
        if let Some(web_text) = fact.reference_id.as_ref().filter(|_| is_of_web_chat(fact)) {
            self.names.insert(web_text, Some(id.to_owned()));
        }
        self.put_message(MessageView {
            id: id.to_owned(),
            chat: chat.clone(),
            ours,
            text,
            medias: medias_of(fact),
            at,
            delivery,
            problem: delivery.and_then(problem_of),
            auto: None,
        });
        self.keep_text(id);
        self.drop_old_texts(&chat);
        beside.people.count_text(&theirs, out);
        if ours {
            self.happens(Happened::WrittenElsewhere { number: theirs, at });
        } else {
            self.came(id, &chat, fact, moment, out, beside);
        }
        self.deliver_early(id, fact.id.as_deref().unwrap_or(id));
    }

    /// A text of theirs is on the desk: it is news, or it is not.
    fn came(
        &mut self,
        id: &str,
        chat: &str,
        fact: &MessageFact,
        moment: &Moment,
        out: &mut Out,
        beside: &mut Beside<'_>,
    ) {
        let is_unseen = moment.is_unseen || self.listed.is_unseen(fact.tm_create);
        self.received(chat, id, moment.at_latest(fact.tm_create), &moment.unseen_if(is_unseen), out, beside);
        // A text of a web chat is answered in its conversation, which tells it, too.
        let is_answered_elsewhere = fact.reference_type.as_deref() == Some(webchats::CHANNEL) && !is_of_web_chat(fact);
        if !is_answered_elsewhere {
            self.happens(Happened::Came { message: id.to_owned(), made: fact.tm_create, moment: *moment });
        }
    }

    /// The name of a text, and of the same text to another receiver another one.
    fn name_by_receiver(&self, fact: &MessageFact) -> Option<String> {
        let id = fact.id.clone()?;
        let destination = number_of(fact.destination.as_ref(), fact.source.as_ref());
        let Some(receiver) = destination.filter(|_| matches!(fact.direction, None | Some(Direction::Outbound))) else {
            return Some(id);
        };
        let known = self.known_message(&id).and_then(|known| self.messages.get(&known)).filter(|known| known.ours);
        let knows_other = known.is_some_and(|known| self.is_to_another(Some(&known.chat), &receiver));
        Some(if knows_other { format!("{id} {receiver}") } else { id })
    }

    /// The text on the desk that a text of a conversation is, where a web chat
    /// told it under its own name before.
    fn told_as_web_chat(&mut self, id: &str, fact: &MessageFact) -> Option<String> {
        let name = fact.reference_id.as_deref().filter(|_| is_of_web_chat(fact))?;
        self.names.is_own(name).then(|| {
            self.names.insert(id, Some(name.to_owned()));
            name.to_owned()
        })
    }

    /// The conversation that a text of a web chat belongs to, where the visit
    /// opened it under a name of its own.
    fn web_chat_of(&self, chat: &str, channel: Option<&str>, fact: &MessageFact) -> Option<String> {
        let conversation = fact.conversation_id.as_ref().filter(|_| channel == Some(webchats::CHANNEL))?;
        if self.chats.has(chat) {
            return None;
        }
        let is_it = |(_, chat): &(&String, &Chat)| chat.conversation.as_ref() == Some(conversation);
        self.chats.all().find(is_it).map(|(id, _)| id.clone())
    }

    /// What a later telling of a text knows of it besides.
    fn adds_to(&mut self, id: &str, fact: &MessageFact, rights: Rights) {
        let medias = medias_of(fact);
        let mut is_news = false;
        self.messages.update(id, |kept| {
            is_news = !medias.is_empty() && set(&mut kept.medias, medias);
            is_news
        });
        let Some(kept) = self.messages.get(id) else { return };
        let chat = kept.chat.clone();
        if is_news {
            self.put_message(kept.clone());
            self.keep_text(id);
        }
        let is_named = self.chats.get_mut(&chat).is_some_and(|chat| {
            chat.conversation.is_none() && set_told(&mut chat.conversation, fact.conversation_id.as_ref())
        });
        if is_named {
            self.chat_has_road(&chat, rights);
        }
    }

    pub(super) fn put_message(&mut self, message: MessageView) {
        let Self { chats, messages, .. } = self;
        let Some(chat) = chats.touch(&message.chat) else { return };
        if let Some(before) = messages.get(&message.id) {
            chat.order.remove(&(before.at, before.id.clone()));
        }
        chat.order.insert((message.at, message.id.clone()));
        let id = message.id.clone();
        let is_last = message.at > chat.view.last_at && !messages.has(&id);
        if is_last {
            shows_last(&mut chat.view, &message);
        }
        messages.put(&id, message);
        // The last text by its own time, in whatever order the texts came.
        if !is_last && let Some(last) = chat.order.last().and_then(|(_, last)| messages.get(last)) {
            shows_last(&mut chat.view, last);
        }
    }

    /// This clock was set back: what it dated later than now was dated by the
    /// wrong clock, and would hold the last place for ever.
    pub(crate) fn put_back(&mut self, by: Millis, now: Millis) {
        let is_ahead = |at: Millis| by < 0 && at > now;
        for id in self.messages.which(|message| is_ahead(message.at)) {
            let Some(message) = self.messages.get(&id).cloned() else { continue };
            let at = (message.at + by).min(now);
            self.put_message(MessageView { at, ..message });
            self.keep_text(&id);
        }
    }

    /// The same text told by another event, which knows an earlier moment.
    fn was_earlier(&mut self, id: &str, at: Millis) {
        let Some(kept) = self.messages.get(id).filter(|kept| at < kept.at && !kept.ours) else { return };
        self.put_message(MessageView { at, ..kept.clone() });
    }

    pub(super) fn remove_message(&mut self, id: &str) -> Option<MessageView> {
        let message = self.messages.remove(id)?;
        if let Some(chat) = self.chats.get_mut(&message.chat) {
            chat.order.remove(&(message.at, message.id.clone()));
        }
        Some(message)
    }

    /// The text on the desk that has this name, or had it.
    pub(crate) fn known_message(&self, name: &str) -> Option<String> {
        let known = self.names.text_of(name).or_else(|| self.messages.has(name).then_some(name));
        known.map(str::to_owned)
    }
}

/// The last text of a conversation in its row.
fn shows_last(chat: &mut ChatView, last: &MessageView) {
    chat.last_instead = instead_of_words(&last.text, &last.medias);
    chat.last_text = if chat.last_instead.is_some() { String::new() } else { last.text.clone() };
    (chat.last_is_ours, chat.last_at) = (last.ours, last.at);
}

fn medias_of(fact: &MessageFact) -> Vec<Message> {
    fact.medias.iter().flatten().map(shown_media).collect()
}

/// Whether a conversation tells a text that a web chat tells, too.
fn is_of_web_chat(fact: &MessageFact) -> bool {
    fact.conversation_id.is_some() && fact.reference_type.as_deref() == Some(webchats::CHANNEL)
}
