//! Conversations on web pages.
//!
//! The service tells a text of a web chat twice, by itself and as a text of a
//! conversation, and only the second can be answered here. Whichever comes
//! first opens the conversation, the other adds what it knows: the visit, or
//! the way to answer. That a visit begins is told by nobody (live-service.md,
//! section 2.7), so a visit is known by its first text or by its end.

use voipbin_wire::{Address, AddressKind, Direction, MessageFact, VisitFact, WebchatFact};

use super::chats::{Opening, chat_id};
use super::{Beside, Texts};
use crate::moment::Moment;
use crate::numbers::number_of;
use crate::shelf::set;
use crate::view::VisitView;
use crate::{Out, told};

/// When more visits are known, those go whose conversation is off the desk.
const VISITS: usize = 1000;
/// What the conversation's channel is called.
pub(super) const CHANNEL: &str = "webchat";

impl Texts {
    pub(crate) fn take_webchat(&mut self, fact: &WebchatFact, moment: &Moment, out: &mut Out, beside: &mut Beside<'_>) {
        let (Some(id), Some(visit)) = (fact.id.as_deref(), fact.session_id.as_deref()) else { return };
        if let Some(known) = self.known_message(id)
            && let Some(chat) = self.messages.get(&known).map(|text| text.chat.clone())
        {
            self.note_visit(visit, chat);
            return self.deliver(&known, fact.status.as_ref());
        }
        let visitor = self.visitor_of(visit);
        let (visitor, page) = (end(visitor), end(fact.widget_id.clone().unwrap_or_default()));
        let is_ours = fact.direction == Some(Direction::Outbound);
        let (source, destination) = if is_ours { (page, visitor) } else { (visitor, page) };
        self.take(
            &MessageFact {
                id: fact.id.clone(),
                direction: fact.direction.clone(),
                source: Some(source),
                destination: Some(destination),
                text: fact.text.clone(),
                status: fact.status.clone(),
                reference_type: Some(CHANNEL.to_owned()),
                tm_create: fact.tm_create,
                ..MessageFact::default()
            },
            moment,
            out,
            beside,
        );
        if let Some(chat) = self.known_message(id).and_then(|known| Some(self.messages.get(&known)?.chat.clone())) {
            self.note_visit(visit, chat);
        }
    }

    pub(crate) fn take_visit(&mut self, fact: &VisitFact, moment: &Moment, out: &mut Out, beside: &mut Beside<'_>) {
        let Some(id) = fact.id.as_deref() else { return };
        let at = moment.when(moment.at);
        let chat = self.visits.get(id).cloned().unwrap_or_else(|| {
            let visitor = number_of(fact.peer.as_ref(), None).unwrap_or_else(|| id.to_owned());
            chat_id(&visitor, "")
        });
        if !self.chats.has(&chat) {
            let visitor = chat.trim_end().to_owned();
            let opening = Opening { id: &chat, theirs: &visitor, ours: String::new(), name: None, at };
            self.open_chat(opening, out, beside);
        }
        self.note_visit(id, chat.clone());
        let name = fact.peer.as_ref().and_then(|peer| told(peer.name.as_ref()));
        let is_over = fact.status.as_deref() == Some("ended") || fact.tm_end.is_some();
        self.chats.update(&chat, |chat| {
            let before = chat.view.visit.take();
            let visit = VisitView {
                page: told(fact.page_url.as_ref()).or(before.as_ref().and_then(|visit| visit.page.clone())),
                from: told(fact.referrer.as_ref()).or(before.as_ref().and_then(|visit| visit.from.clone())),
                is_over,
            };
            let is_news = before.as_ref() != Some(&visit);
            chat.view.visit = Some(visit);
            let is_named = chat.view.name.is_none() && name.is_some();
            if is_named {
                chat.view.name = name;
            }
            is_news | is_named | set(&mut chat.view.channel, CHANNEL.to_owned())
        });
    }

    fn note_visit(&mut self, visit: &str, chat: String) {
        self.visits.insert(visit.to_owned(), chat);
        if self.visits.len() > VISITS {
            let Self { visits, chats, .. } = self;
            visits.retain(|_, chat| chats.has(chat));
        }
    }

    /// Who writes in a visit: the visitor of its conversation, else the visit itself.
    fn visitor_of(&self, visit: &str) -> String {
        let chat = self.visits.get(visit).and_then(|chat| self.chats.get(chat));
        chat.map_or_else(|| visit.to_owned(), |chat| chat.view.number.clone())
    }
}

fn end(target: String) -> Address {
    Address { kind: Some(AddressKind::Webchat), target: Some(target), ..Address::default() }
}
