//! Whose number it is, asked of the address book.

use std::collections::BTreeMap;

use ringside_desk::Found;
use tokio::task::AbortHandle;
use voipbin_client::{Class, Entry, RestError};

use super::{Done, Session};

/// Numbers that wait to be asked for, beside those of calls at this desk; of
/// more the card offers to ask again.
const AT_MOST: usize = 200;

/// Numbers that wait to be asked for while no agent waits for them.
#[derive(Debug, Default)]
pub(super) struct Lookups(BTreeMap<String, AbortHandle>);

impl Lookups {
    fn is_full(&self) -> bool {
        self.0.len() >= AT_MOST
    }

    /// One that waits its turn is asked for in another place now.
    fn stop(&mut self, number: &str) {
        if let Some(waits) = self.0.remove(number) {
            waits.abort();
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl Session {
    /// Asks who has a number. One that waits its turn and calls meanwhile is
    /// asked for at once, in its own place.
    pub(super) fn look_up(&mut self, number: String, is_urgent: bool) {
        // A floor full of strangers is looked up gradually.
        if !is_urgent && self.lookups.is_full() {
            return self.desk.looked_up(&number, Found::Failed);
        }
        let Some(work) = &self.work else { return };
        let class = if is_urgent { Class::Action } else { Class::AddressBook };
        let rest = work.rest.clone().of_class(class);
        let of = number.clone();
        let looks = self.jobs.spawn(async move {
            let result = rest.lookup(&of).await;
            Done::WhoIs { number: of, result }
        });
        self.lookups.stop(&number);
        if !is_urgent {
            self.lookups.0.insert(number, looks);
        }
    }

    pub(super) fn number_looked_up(&mut self, number: &str, result: Result<Option<Entry>, RestError>) {
        self.lookups.0.remove(number);
        let found = match result {
            Ok(Some(Entry { contact, others })) => Found::Contact(Box::new(contact), others),
            Ok(None) => Found::Nobody,
            Err(error) => {
                tracing::info!(%error, "the address book did not answer");
                Found::Failed
            }
        };
        self.desk.looked_up(number, found);
    }
}
