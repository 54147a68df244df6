//! What the customer's address book and the queue list know.

use crate::soft::payload;

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
    }
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
