//! What is around calls and texts: the agent, the colleagues, the queues' names.

use ringside_words::{Message, id, say};
use voipbin_client::{Items, Rest, RestError, Short};
use voipbin_wire::{AgentFact, QueueName};

use crate::account::Account;
use crate::problem::in_words;

/// What is around calls and texts, and what of it could not be read, with why.
#[derive(Debug, Default)]
pub(crate) struct Surroundings {
    pub(crate) me: Option<AgentFact>,
    pub(crate) colleagues: Vec<AgentFact>,
    pub(crate) queues: Vec<QueueName>,
    pub(crate) unread: Unread,
}

/// What is around calls and texts, by the names of the catalogue.
pub(crate) const OWN_STATUS: &str = id!("problems-list-own-status");
pub(crate) const COLLEAGUES: &str = id!("problems-list-colleagues");
pub(crate) const QUEUES: &str = id!("problems-list-queues");

/// What could not be read, by its name in the catalogue, and why.
pub(crate) type Unread = Vec<(&'static str, Message)>;

/// Reads what no call waits for: the agent, the colleagues, the queues' names.
/// What fails costs nothing of the others.
pub(crate) async fn surroundings(rest: &Rest, account: &Account) -> Result<Surroundings, RestError> {
    let mut read = Surroundings::default();
    if account.agent_id.is_some() {
        match rest.me().await {
            Ok(me) => read.me = Some(me),
            Err(RestError::Unauthorized) => return Err(RestError::Unauthorized),
            Err(error) => read.unread.push((OWN_STATUS, in_words(&error))),
        }
        read.colleagues = all(COLLEAGUES, rest.colleagues().await, &mut read.unread)?;
    }
    if account.is_manager() {
        read.queues = all(QUEUES, rest.queue_names().await, &mut read.unread)?;
    }
    Ok(read)
}

/// What a list holds; what is missing of it is put down. Nothing is, where this
/// account has no such list.
pub(crate) fn all<T>(
    what: &'static str,
    read: Result<Items<T>, RestError>,
    unread: &mut Unread,
) -> Result<Vec<T>, RestError> {
    match read {
        Ok(items) => {
            unread.extend(items.short.map(|short| (what, why(&short))));
            Ok(items.all)
        }
        Err(RestError::Forbidden { .. } | RestError::NotFound) => Ok(Vec::new()),
        Err(RestError::Unauthorized) => Err(RestError::Unauthorized),
        Err(error) => {
            unread.push((what, in_words(&error)));
            Ok(Vec::new())
        }
    }
}

/// Why a list was not read to its end.
pub(crate) fn why(short: &Short) -> Message {
    match short {
        Short::TooLong(items) => say!("problems-only-newest", count = *items),
        Short::OneMoment => say!("problems-one-moment"),
        Short::Failed(error) => in_words(error),
    }
}
