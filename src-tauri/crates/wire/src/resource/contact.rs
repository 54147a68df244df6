//! What the customer's address book and the queue list know.

use crate::address::Address;
use crate::clean::one_line;
use crate::event::call::Direction;
use crate::repair::repaired;
use crate::soft::{Unread, payload};
use crate::time::Timestamp;

payload! {
    /// A person or company in the address book (live-service.md, section 3.13).
    pub struct Contact {
        /// The contact.
        "id" => id: String,
        /// Whose address book.
        "customer_id" => customer_id: String,
        /// Given name.
        "first_name" => first_name: String,
        /// Family name.
        "last_name" => last_name: String,
        /// The name to show.
        "display_name" => display_name: String,
        /// Where they work.
        "company" => company: String,
        /// What they do there.
        "job_title" => job_title: String,
        /// Their number in the customer's own system.
        "external_id" => external_id: String,
        /// What colleagues wrote down.
        "notes" => notes: String,
        /// By hand, imported, …
        "source" => source: Unread,
        /// Numbers and mail addresses.
        "addresses" => addresses: Unread,
        /// Labels.
        "tag_ids" => tag_ids: Vec<String>,
        /// When it was made.
        "tm_create" => tm_create: Timestamp,
        /// When this was so.
        "tm_update" => tm_update: Timestamp,
        /// When it was taken off the books.
        "tm_delete" => tm_delete: Timestamp,
    }
}

payload! {
    /// Something that happened with a customer (live-service.md, section 3.13).
    pub struct PeerEvent {
        /// When.
        "timestamp" => at: Timestamp,
        /// Whose platform it runs on.
        "customer_id" => customer_id: Unread,
        /// `call`, `conversation_message`, `conversation`.
        "publisher" => publisher: String,
        /// `call_hangup`, `conversation_message_created`, …
        "event_type" => kind: String,
        /// The call or message.
        "reference_id" => reference_id: String,
        /// To us or from us.
        "direction" => direction: Direction,
        /// The customer.
        "peer" => peer: Unread,
        /// Our end.
        "local" => local: Unread,
        /// What the service's own parts tell each other of it.
        "data" => data: Unread,
    }
}

payload! {
    /// A case: what is to be done for a customer (live-service.md, section 3.13).
    pub struct Case {
        /// The case.
        "id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: Unread,
        /// The customer.
        "peer" => peer: Address,
        /// Our end.
        "local" => local: Unread,
        /// What it is about.
        "name" => name: String,
        /// Further words about it.
        "detail" => detail: String,
        /// What it came from.
        "reference_type" => reference_type: Unread,
        /// Which.
        "reference_id" => reference_id: Unread,
        /// The customer in the address book.
        "contact_id" => contact_id: String,
        /// `agent` where one has it.
        "owner_type" => owner_type: Unread,
        /// The agent who has it.
        "owner_id" => owner_id: String,
        /// `open`, `closed`.
        "status" => status: String,
        /// When it was opened.
        "opened_at" => opened_at: Timestamp,
        /// When it was closed.
        "closed_at" => closed_at: Timestamp,
        /// Why.
        "closed_reason" => closed_reason: Unread,
        /// By whom.
        "closed_by_type" => closed_by_type: Unread,
        /// Who that was.
        "closed_by_id" => closed_by_id: Unread,
        /// The case that this one goes on with.
        "previous_case_id" => previous_case_id: Unread,
        /// Labels.
        "tag_ids" => tag_ids: Unread,
        /// When it was made.
        "tm_create" => tm_create: Timestamp,
        /// When this was so.
        "tm_update" => tm_update: Timestamp,
    }
}

payload! {
    /// What a colleague wrote down in a case (live-service.md, section 3.13).
    pub struct CaseNote {
        /// The note.
        "id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: Unread,
        /// The case.
        "case_id" => case_id: String,
        /// `agent`, `system`.
        "author_type" => author_type: Unread,
        /// The agent who wrote it.
        "author_id" => author_id: String,
        /// The words.
        "text" => text: String,
        /// When it was written.
        "tm_create" => tm_create: Timestamp,
        /// When it was changed.
        "tm_update" => tm_update: Timestamp,
        /// When it was taken off the books.
        "tm_delete" => tm_delete: Timestamp,
    }
}

payload! {
    /// A label (live-service.md, section 3.13).
    pub struct Tag {
        /// The label.
        "id" => id: String,
        /// What it says.
        "name" => name: String,
    }
}

/// What the address book carries beside the fields that this version knows:
/// names and values that can be read by people.
pub fn other_fields(text: &str) -> Vec<(String, String)> {
    const KNOWN: [&str; 14] = [
        "id",
        "customer_id",
        "first_name",
        "last_name",
        "display_name",
        "company",
        "job_title",
        "external_id",
        "notes",
        "source",
        "addresses",
        "tag_ids",
        "tm_create",
        "tm_update",
    ];
    let read = |text: &str| serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text).ok();
    let fields = read(text).or_else(|| read(&repaired(text)?)).unwrap_or_default();
    let readable = |(name, value): (String, serde_json::Value)| {
        let words = match value {
            serde_json::Value::String(words) => one_line(&words).into_owned(),
            serde_json::Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let is_told = !words.trim().is_empty() && !KNOWN.contains(&name.as_str()) && !name.starts_with("tm_");
        is_told.then(|| (name.replace('_', " "), words))
    };
    fields.into_iter().filter_map(readable).collect()
}

impl Contact {
    /// The name to show: the display name, else given and family name.
    pub fn name(&self) -> Option<String> {
        let whole =
            |name: &Option<String>| name.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        whole(&self.display_name).or_else(|| {
            let parts: Vec<_> = [whole(&self.first_name), whole(&self.last_name)].into_iter().flatten().collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        })
    }
}

payload! {
    /// A queue and what people call it (live-service.md, section 3.6).
    pub struct QueueName {
        /// The queue.
        "id" => id: String,
        /// What people call it.
        "name" => name: String,
        /// What its agents must be able to do: one of these, where there are any.
        "tag_ids" => tag_ids: Vec<String>,
        /// Who waits in it: places, not calls.
        "wait_queuecall_ids" => waiting: Vec<String>,
        /// Who is served from it: places, not calls.
        "service_queuecall_ids" => served: Vec<String>,
    }
}

payload! {
    /// An access key, without the key.
    pub struct AccessKey {
        /// Whose it is.
        "customer_id" => customer_id: String,
    }
}
