//! Conversations by text.

use std::collections::{BTreeSet, VecDeque};

use voipbin_wire::{Delivery, Direction, MessageFact, Target, Timestamp, isolated, shortened};

use crate::alert::{About, Alert, AlertKind};
use crate::medias::{media_words, shown_text};
use crate::moment::Moment;
use crate::numbers::{WITHHELD, name_told, number_of, shown_number};
use crate::past::Gap;
use crate::record::{Ends, Record};
use crate::shelf::{ById, give_room_back, set, set_told};
use crate::view::{AwayItemView, AwayKind, ChatView, DeliveryView, MessageView};
use crate::{Desk, Millis, webchats};

/// Receipts that came before their text are kept up to this number.
const EARLY_RECEIPTS: usize = 256;
/// The texts of a conversation that lie on the desk; the service has them all.
const KEPT: usize = 200;
/// Names of texts that are remembered, so that a late copy is no second text.
const REMEMBERED: usize = 500;
/// Conversations that lie on the desk. Beyond that those without news go, …
const CHATS: usize = 500;
/// … beyond this others, too: nobody reads so many, and the service has them all.
const CHATS_AT_MOST: usize = 2000;
/// So many go at once.
const CHATS_AT_ONCE: usize = 50;
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
    put_away_until: Option<Timestamp>,
}

impl TextsListed {
    fn is_unseen(&self, made: Option<Timestamp>) -> bool {
        let Some((made, whole_since)) = made.zip(self.whole_since) else { return false };
        made >= whole_since && self.put_away_until.is_none_or(|until| made > until)
    }
}

#[derive(Debug)]
pub(crate) struct Chat {
    pub(crate) view: ChatView,
    /// Its texts by time.
    order: BTreeSet<(Millis, String)>,
    /// What the service calls it, where it has a name of its own.
    pub(crate) conversation: Option<String>,
    /// Our own address on a channel that has no number of ours.
    pub(crate) our_end: Option<String>,
}

#[derive(Debug)]
pub(crate) struct EarlyReceipt {
    id: String,
    delivery: Delivery,
}

impl Chat {
    /// Its texts, the oldest first.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(|(_, id)| id.as_str())
    }

    /// Whether all the texts that are kept are later, and no more are kept.
    fn is_past(&self, at: Millis) -> bool {
        self.order.len() >= KEPT && self.order.first().is_some_and(|(first, _)| *first > at)
    }
}

/// The names of texts that were told of, and which texts they are: the service
/// gives a reply that was written here a name of its own.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// The text on the desk, where it goes by another name.
    of: ById<Option<String>>,
    order: VecDeque<String>,
    /// The same of those that go by another name: however many texts a list
    /// brings, a reply that was written here is known again.
    bound: VecDeque<String>,
}

impl Names {
    pub(crate) fn insert(&mut self, name: &str, of: Option<String>) {
        let is_bound = of.is_some();
        let before = self.of.insert(name.to_owned(), of);
        if before.as_ref().is_some_and(|before| before.is_some() == is_bound) {
            return;
        }
        if before.is_some() {
            // It changes its place: else it would be forgotten as what it was.
            let place = if is_bound { &mut self.order } else { &mut self.bound };
            place.retain(|known| known != name);
        }
        let place = if is_bound { &mut self.bound } else { &mut self.order };
        place.push_back(name.to_owned());
        if place.len() > REMEMBERED
            && let Some(oldest) = place.pop_front()
        {
            self.of.remove(&oldest);
        }
    }

    pub(crate) fn give_room_back(&mut self) {
        give_room_back(&mut self.of);
    }

    /// What the service calls a text of ours.
    pub(crate) fn given_to(&self, id: &str) -> Option<&str> {
        self.of.iter().find(|(_, of)| of.as_deref() == Some(id)).map(|(name, _)| name.as_str())
    }

    /// Whether a text on the desk goes by this very name.
    pub(crate) fn is_own(&self, name: &str) -> bool {
        self.of.get(name).is_some_and(Option::is_none)
    }

    /// Whether the service has a name for a text of ours.
    pub(crate) fn is_bound(&self, id: &str) -> bool {
        self.of.values().any(|of| of.as_deref() == Some(id))
    }
}

impl Desk {
    /// A text to several receivers stands in the conversation with each of
    /// them, and gets to each of them on its own.
    pub(crate) fn learn_message(&mut self, fact: &MessageFact, moment: &Moment) {
        let receivers = fact.targets.as_deref().unwrap_or_default();
        if receivers.len() < 2 || fact.direction != Some(Direction::Outbound) {
            return self.learn_text(fact, moment);
        }
        for Target { destination, status, .. } in receivers.iter().cloned() {
            self.learn_text(&MessageFact { destination, status, targets: None, ..fact.clone() }, moment);
        }
    }

    fn learn_text(&mut self, fact: &MessageFact, moment: &Moment) {
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
            self.adds_to(&known, fact);
            if can_be_answered_now {
                self.text_came(&known, fact.tm_create, moment);
            }
            return self.deliver(&known, fact.status.as_ref());
        }
        let (source, destination) = (fact.source.as_ref(), fact.destination.as_ref());
        let (source, destination) = (number_of(source, destination), number_of(destination, source));
        let (source, destination, direction) = match (source, destination, fact.direction.clone()) {
            (Some(source), destination, Some(Direction::Inbound)) => {
                (source, destination.unwrap_or_default(), Direction::Inbound)
            }
            (Some(source), Some(destination), Some(direction)) => (source, destination, direction),
            _ if fact.text.is_some() => return self.not_understood(),
            _ => return self.keep_receipt(id.to_owned(), fact.status.clone()),
        };
        let ours = direction == Direction::Outbound;
        let (theirs, our_number) = if ours { (destination, source) } else { (source, destination) };
        // Other channels have no number of ours: they are answered in the conversation.
        let channel = fact.reference_type.as_deref().filter(|channel| *channel != "message").map(str::to_owned);
        let (our_number, our_end) =
            if channel.is_none() { (our_number, None) } else { (String::new(), Some(our_number)) };
        let text = fact.text.clone().unwrap_or_default();
        let chat = chat_id(&theirs, &our_number);
        let mut chat = self.web_chat_of(&chat, channel.as_deref(), fact).unwrap_or(chat);
        if theirs == WITHHELD {
            // Two who withhold their number have nothing else in common.
            let conversation = fact.conversation_id.as_deref().filter(|_| channel.is_some());
            chat = format!("{chat} {}", conversation.unwrap_or(id));
        }
        if ours && let Some(pending) = self.reply_on_its_way(&chat, &text, at) {
            self.names.insert(id, Some(pending.clone()));
            self.reply_taken(&pending);
            return self.deliver(&pending, Some(fact.status.as_ref().unwrap_or(&Delivery::Sent)));
        }
        let sender_name = fact.source.as_ref().and_then(name_told).filter(|_| !ours);
        self.open_chat(&chat, &theirs, our_number, sender_name, at);
        let Some(open) = self.chats.get_mut(&chat) else { return };
        if let Some(channel) = channel {
            set(&mut open.view.channel, channel);
            set_told(&mut open.our_end, our_end.as_ref());
        }
        let is_named = set_told(&mut open.conversation, fact.conversation_id.as_ref());
        let is_past = open.is_past(at);
        if is_named {
            self.chat_has_road(&chat);
        }
        if is_past {
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
        self.people.count_text(&theirs, &mut self.out);
        if ours {
            self.written_elsewhere(&theirs, at);
        } else {
            let is_unseen = moment.is_unseen || self.texts_listed.is_unseen(fact.tm_create);
            self.received(&chat, id, moment.at_latest(fact.tm_create), &moment.unseen_if(is_unseen));
            // A text of a web chat is answered in its conversation, which tells it, too.
            let is_answered_elsewhere =
                fact.reference_type.as_deref() == Some(webchats::CHANNEL) && !is_of_web_chat(fact);
            if !is_answered_elsewhere {
                self.text_came(id, fact.tm_create, moment);
            }
        }
        self.deliver_early(id, id);
    }

    /// The name of a text, and of the same text to another receiver another one.
    fn name_by_receiver(&self, fact: &MessageFact) -> Option<String> {
        let id = fact.id.clone()?;
        let destination = number_of(fact.destination.as_ref(), fact.source.as_ref());
        let Some(receiver) = destination.filter(|_| fact.direction == Some(Direction::Outbound)) else {
            return Some(id);
        };
        let known = self.known_message(&id).and_then(|known| self.messages.get(&known));
        let knows_other = known.and_then(|known| self.chats.get(&known.chat)).is_some_and(|chat| {
            // Other channels are known by other names of the receiver.
            !chat.view.our_number.is_empty() && chat.view.number != receiver
        });
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
    fn adds_to(&mut self, id: &str, fact: &MessageFact) {
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
            self.chat_has_road(&chat);
        }
    }

    /// Which conversation is open in front of the agent: it gets no toasts, and
    /// what it holds counts as seen.
    pub fn look_at(&mut self, chat: Option<&str>) {
        self.looking_at = chat.map(str::to_owned);
        let Some(chat) = chat else { return };
        if let Some(number) = self.chats.get(chat).map(|chat| chat.view.number.clone()) {
            self.people.wants_customer(&number, &mut self.out);
        }
        let mut was_unread = false;
        self.chats.update(chat, |chat| {
            was_unread = set(&mut chat.view.unread, 0);
            was_unread
        });
        if was_unread {
            self.alert(Alert::Withdraw { key: key(chat) });
            self.out.records.push(Record::Unread { chat: chat.to_owned(), count: 0 });
        }
    }

    /// What the service calls the conversation that is open in front of the agent.
    pub fn open_conversation(&self) -> Option<&str> {
        self.chats.get(self.looking_at.as_ref()?)?.conversation.as_deref()
    }

    /// A number got a name: conversations with it show it.
    pub(crate) fn rename_chats(&mut self, number: &str) {
        let Some(name) = self.name_of(number).map(str::to_owned) else { return };
        self.chats.update_all(|chat| chat.view.number == number && set_told(&mut chat.view.name, Some(&name)));
    }

    /// What the service calls a conversation, and its channel where it is not SMS.
    pub(crate) fn chat_is_called(&mut self, chat: &str, conversation: &str, channel: Option<String>) {
        let Some(open) = self.chats.get_mut(chat) else { return };
        if let Some(channel) = channel {
            set(&mut open.view.channel, channel);
        }
        if set(&mut open.conversation, Some(conversation.to_owned())) {
            self.chat_has_road(chat);
        }
    }

    pub(crate) fn open_chat(&mut self, id: &str, theirs: &str, ours: String, sender_name: Option<String>, now: Millis) {
        self.meet(theirs);
        let can_reply = self.people.rights.is_manager && !ours.is_empty() && theirs != WITHHELD;
        let silent_since = self.wants_none_since(theirs);
        let count = self.chats.len();
        if count >= CHATS && count.is_multiple_of(CHATS_AT_ONCE) && !self.chats.has(id) {
            self.put_chats_away();
        }
        let Self { chats, people, .. } = self;
        let name = people.name_of(theirs).map(str::to_owned).or(sender_name);
        chats.change(
            id,
            || Chat {
                view: ChatView {
                    id: id.to_owned(),
                    name: None,
                    number: theirs.to_owned(),
                    our_number: ours,
                    unread: 0,
                    last_text: String::new(),
                    last_is_ours: false,
                    last_at: now,
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

    /// A conversation from the ledger.
    pub(crate) fn restore_chat(&mut self, ends: &Ends, at: Millis) {
        self.open_chat(&ends.chat, &ends.number, ends.our_number.clone(), None, at);
        if let Some(chat) = self.chats.get_mut(&ends.chat) {
            set_told(&mut chat.conversation, ends.conversation.as_ref());
        }
        self.chat_has_road(&ends.chat);
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

    /// Whether somebody wants texts may have changed: that holds for every
    /// conversation with them, from whatever number of ours.
    pub(crate) fn may_be_written_to(&mut self, number: &str) {
        let since = self.wants_none_since(number);
        self.chats.update_all(|chat| chat.view.number == number && set(&mut chat.view.silent_since, since));
    }

    /// Whether a conversation can be answered may have changed.
    fn chat_has_road(&mut self, chat: &str) {
        let can_reply = self.ends(chat).is_some_and(|ends| self.people.rights.road(&ends).is_some());
        self.chats.update(chat, |chat| set(&mut chat.view.can_reply, can_reply));
    }

    /// The text of these words in a conversation that the service told of and
    /// that is no reply written here.
    pub(crate) fn told_before(
        &self,
        chat: &str,
        text: &str,
        made_after: Option<Millis>,
        kept: &BTreeSet<String>,
    ) -> Option<String> {
        let texts = self.chats.get(chat)?.order.iter().filter_map(|(_, id)| self.messages.get(id));
        let is_it = |kept: &&MessageView| {
            kept.ours
                && kept.text == text
                && made_after.is_some_and(|after| kept.at >= after)
                && !self.names.is_bound(&kept.id)
        };
        let is_other = |told: &&MessageView| !self.is_on_its_way(&told.id) && !kept.contains(&told.id);
        texts.filter(is_other).find(is_it).map(|kept| kept.id.clone())
    }

    /// The conversations that nobody wrote in for longest go off the desk, those
    /// with which the agent still has to do excepted.
    fn put_chats_away(&mut self) {
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
            let until = self.clock.latest_told(chat.view.last_at);
            self.texts_listed.put_away_until = self.texts_listed.put_away_until.max(Some(until));
            if chat.view.unread > 0 {
                self.unread_of_absent.insert(chat.view.id.clone(), chat.view.unread);
            }
            for (_, message) in chat.order {
                self.messages.remove(&message);
            }
        }
    }

    /// The list of texts was read and merged; nothing younger than `whole_since`
    /// was missing on it.
    pub fn texts_were_listed(&mut self, whole_since: Timestamp) {
        let known = self.texts_listed.whole_since.get_or_insert(whole_since);
        *known = whole_since.min(*known);
    }

    fn received(&mut self, chat_id: &str, message: &str, at_latest: Millis, moment: &Moment) {
        if self.looking_at.as_deref() == Some(chat_id) {
            return;
        }
        let Some(message) = self.messages.get(message) else { return };
        // What was there before this desk, and what came while it was away,
        // are two things: only the second is news.
        let is_old = |gap: &Gap| at_latest < gap.from();
        if moment.is_listed && !moment.is_unseen && self.gap.as_ref().is_none_or(is_old) {
            // Unless it came since the app was last open, or well after this desk
            // began to hear, in a first catching up that took long.
            let is_since_known = self.known_until.is_some_and(|until| message.at > until);
            let is_held_up = self.gap.is_none() && self.first_hearing.should_have_brought(message.at);
            if is_since_known || is_held_up {
                self.one_more_unread(chat_id);
            }
            return;
        }
        let Some(chat) = self.chats.touch(chat_id) else { return };
        chat.view.unread += 1;
        if let Some(to_keep) = &mut self.to_keep {
            to_keep.mark_unread(chat_id);
        }
        let (name, number) = (chat.view.name.clone(), chat.view.number.clone());
        let text = shown_text(&message.text, &message.medias);
        let text = shortened(&text, SHOWN_OF_TEXT).into_owned();
        if moment.is_listed {
            let (kind, id, at) = (AwayKind::Text, chat_id.to_owned(), message.at);
            let happened = if moment.is_unseen { Millis::MAX } else { at_latest };
            return self.note_gone(AwayItemView { kind, id, name, number, text, at }, happened, moment);
        }
        self.alert(Alert::Raise {
            key: key(chat_id),
            kind: AlertKind::Message,
            title: isolated(name.as_deref().unwrap_or_else(|| shown_number(&number))).into_owned(),
            body: text,
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

    pub(crate) fn put_message(&mut self, message: MessageView) {
        let Self { chats, messages, .. } = self;
        let Some(chat) = chats.touch(&message.chat) else { return };
        if let Some(before) = messages.get(&message.id) {
            chat.order.remove(&(before.at, before.id.clone()));
        }
        chat.order.insert((message.at, message.id.clone()));
        let id = message.id.clone();
        let is_last = message.at > chat.view.last_at && !messages.has(&id);
        if is_last {
            chat.view.last_text = shown_text(&message.text, &message.medias);
            (chat.view.last_is_ours, chat.view.last_at) = (message.ours, message.at);
        }
        messages.put(&id, message);
        // The last text by its own time, in whatever order the texts came.
        if !is_last && let Some(last) = chat.order.last().and_then(|(_, last)| messages.get(last)) {
            chat.view.last_text = shown_text(&last.text, &last.medias);
            (chat.view.last_is_ours, chat.view.last_at) = (last.ours, last.at);
        }
    }

    /// This clock was set back: what it dated later than now was dated by the
    /// wrong clock, and would hold the last place for ever.
    pub(crate) fn put_texts_back(&mut self, by: Millis, now: Millis) {
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

    /// A delivery never goes back: what is delivered stays so, whatever comes late.
    pub(crate) fn deliver(&mut self, id: &str, status: Option<&Delivery>) {
        let Some(delivery) = status.map(delivery_view) else { return };
        let mut is_news = false;
        self.messages.update(id, |kept| {
            if !kept.ours || kept.delivery.is_some_and(|before| rank(before) > rank(delivery)) {
                return false;
            }
            is_news = set(&mut kept.delivery, Some(delivery)) | set(&mut kept.problem, problem_of(delivery));
            is_news
        });
        if is_news {
            self.keep_text(id);
            self.automatic_delivery(id, delivery);
        }
    }

    /// Receipts that came before their text.
    pub(crate) fn deliver_early(&mut self, id: &str, service_id: &str) {
        if self.early_receipts.is_empty() {
            return;
        }
        let receipts = std::mem::take(&mut self.early_receipts);
        let (early, rest): (VecDeque<_>, VecDeque<_>) =
            receipts.into_iter().partition(|receipt| receipt.id == service_id);
        self.early_receipts = rest;
        for receipt in early {
            self.deliver(id, Some(&receipt.delivery));
        }
    }

    /// The service's name for a text of ours. If an event brought it first as
    /// a text of its own, that one goes; if the name had been guessed to belong
    /// to another reply in the same words, the guess is put right.
    pub(crate) fn same_message(&mut self, id: &str, service_id: &str) {
        self.names.insert(service_id, Some(id.to_owned()));
        if let Some(MessageView { delivery: Some(delivery), problem, .. }) = self.remove_message(service_id)
            && let Some(kept) = self.messages.touch(id)
            && kept.delivery.is_none_or(|known| rank(known) < rank(delivery))
        {
            (kept.delivery, kept.problem) = (Some(delivery), problem);
        }
    }

    pub(crate) fn remove_message(&mut self, id: &str) -> Option<MessageView> {
        let message = self.messages.remove(id)?;
        if let Some(chat) = self.chats.get_mut(&message.chat) {
            chat.order.remove(&(message.at, message.id.clone()));
        }
        Some(message)
    }

    /// A long conversation keeps its latest texts, and what is not sent yet.
    fn drop_old_texts(&mut self, chat: &str) {
        while let Some(chat) = self.chats.get(chat).filter(|chat| chat.order.len() > KEPT) {
            let mut texts = chat.order.iter().map(|(_, id)| id);
            let Some(oldest) = texts.find(|id| !self.is_on_its_way(id)).cloned() else { return };
            self.remove_message(&oldest);
        }
    }

    fn keep_receipt(&mut self, id: String, status: Option<Delivery>) {
        let Some(delivery) = status else { return };
        if self.early_receipts.len() == EARLY_RECEIPTS {
            self.early_receipts.pop_front();
        }
        self.early_receipts.push_back(EarlyReceipt { id, delivery });
    }

    /// The text on the desk that has this name, or had it.
    pub(crate) fn known_message(&self, name: &str) -> Option<String> {
        match self.names.of.get(name) {
            Some(of) => Some(of.as_deref().unwrap_or(name).to_owned()),
            None => self.messages.has(name).then(|| name.to_owned()),
        }
    }
}

/// What a conversation is called on this desk.
pub(crate) fn chat_id(theirs: &str, ours: &str) -> String {
    format!("{theirs} {ours}")
}

fn key(chat_id: &str) -> String {
    format!("chat {chat_id}")
}

fn delivery_view(delivery: &Delivery) -> DeliveryView {
    match delivery {
        Delivery::Delivered => DeliveryView::Delivered,
        Delivery::Failed => DeliveryView::Failed,
        Delivery::Queued | Delivery::Sent => DeliveryView::Sent,
        // A word that this version does not know says neither yes nor no.
        Delivery::Unknown | Delivery::Other(_) => DeliveryView::Unknown,
    }
}

/// What the agent has to know about a text that may not have arrived.
fn problem_of(delivery: DeliveryView) -> Option<String> {
    let words = match delivery {
        DeliveryView::Failed => "The network did not deliver this text.",
        DeliveryView::Unknown => {
            "The network did not say whether this text arrived. It may have; ask before you send it again."
        }
        _ => return None,
    };
    Some(words.to_owned())
}

fn medias_of(fact: &MessageFact) -> Vec<String> {
    fact.medias.iter().flatten().map(media_words).collect()
}

/// Whether a conversation tells a text that a web chat tells, too.
fn is_of_web_chat(fact: &MessageFact) -> bool {
    fact.conversation_id.is_some() && fact.reference_type.as_deref() == Some(webchats::CHANNEL)
}

fn rank(delivery: DeliveryView) -> u8 {
    match delivery {
        DeliveryView::Sending
        | DeliveryView::Waiting
        | DeliveryView::Checking
        | DeliveryView::NotSent
        | DeliveryView::Unclear => 0,
        DeliveryView::Sent => 1,
        DeliveryView::Unknown => 2,
        DeliveryView::Failed => 3,
        DeliveryView::Delivered => 4,
    }
}
