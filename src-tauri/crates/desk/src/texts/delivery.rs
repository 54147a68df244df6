//! How far a text of ours got. It never goes back, whatever comes late.

use ringside_words::{Message, say};
use std::collections::VecDeque;

use voipbin_wire::Delivery;

use super::{Happened, Texts};
use crate::numbers::is_same;
use crate::shelf::set;
use crate::view::{DeliveryView, MessageView};

/// Receipts that came before their text are kept up to this number.
const EARLY_RECEIPTS: usize = 256;

#[derive(Debug)]
pub(super) struct EarlyReceipt {
    id: String,
    /// Whose phone it is of, where it says so: a text may go to several.
    receiver: Option<String>,
    delivery: Delivery,
}

impl Texts {
    /// A delivery never goes back: what is delivered stays so, whatever comes late.
    pub(super) fn deliver(&mut self, id: &str, status: Option<&Delivery>) {
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
            self.happens(Happened::Delivered { reply: id.to_owned(), delivery });
        }
    }

    /// Receipts that came before their text. What is told of another receiver
    /// waits for the text to that one.
    pub(super) fn deliver_early(&mut self, id: &str, service_id: &str) {
        if self.early_receipts.is_empty() {
            return;
        }
        let receipts = std::mem::take(&mut self.early_receipts);
        let chat = self.messages.get(id).map(|message| message.chat.as_str());
        let (early, rest): (VecDeque<_>, VecDeque<_>) = receipts.into_iter().partition(|receipt| {
            let receiver = receipt.receiver.as_deref();
            receipt.id == service_id && !receiver.is_some_and(|receiver| self.is_to_another(chat, receiver))
        });
        self.early_receipts = rest;
        for receipt in early {
            self.deliver(id, Some(&receipt.delivery));
        }
    }

    /// Whether a conversation is with somebody else than a text goes to. Other
    /// channels know a receiver by other names, and some receipts name our own end.
    pub(super) fn is_to_another(&self, chat: Option<&str>, receiver: &str) -> bool {
        let Some(chat) = chat.and_then(|chat| self.chats.get(chat)) else { return false };
        let (theirs, ours) = (chat.view.number.as_str(), chat.view.our_number.as_str());
        let is = |number: &str| number == receiver || is_same(number, receiver);
        !ours.is_empty() && !is(theirs) && !is(ours)
    }

    /// The service's name for a text of ours. If an event brought it first as
    /// a text of its own, that one goes; if the name had been guessed to belong
    /// to another reply in the same words, the guess is put right.
    pub(super) fn same_message(&mut self, id: &str, service_id: &str) {
        self.names.insert(service_id, Some(id.to_owned()));
        if let Some(MessageView { delivery: Some(delivery), problem, .. }) = self.remove_message(service_id)
            && let Some(kept) = self.messages.touch(id)
            && kept.delivery.is_none_or(|known| rank(known) < rank(delivery))
        {
            (kept.delivery, kept.problem) = (Some(delivery), problem);
        }
    }

    pub(super) fn keep_receipt(&mut self, id: String, receiver: Option<String>, status: Option<Delivery>) {
        let Some(delivery) = status else { return };
        if self.early_receipts.len() == EARLY_RECEIPTS {
            self.early_receipts.pop_front();
        }
        self.early_receipts.push_back(EarlyReceipt { id, receiver, delivery });
    }
}

pub(super) fn delivery_view(delivery: &Delivery) -> DeliveryView {
    match delivery {
        Delivery::Delivered => DeliveryView::Delivered,
        Delivery::Failed => DeliveryView::Failed,
        Delivery::Queued | Delivery::Sent => DeliveryView::Sent,
        // A word that this version does not know says neither yes nor no.
        Delivery::Unknown | Delivery::Other(_) => DeliveryView::Unknown,
    }
}

/// What the agent has to know about a text that may not have arrived.
pub(super) fn problem_of(delivery: DeliveryView) -> Option<Message> {
    match delivery {
        DeliveryView::Failed => Some(say!("texts-not-delivered")),
        DeliveryView::Unknown => Some(say!("texts-maybe-delivered")),
        _ => None,
    }
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
