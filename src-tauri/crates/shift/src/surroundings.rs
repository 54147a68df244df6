//! What is around calls and texts: the agent, the colleagues, the queues' names.

use voipbin_client::{Rest, RestError};
use voipbin_wire::{AgentFact, QueueName};

use crate::account::Account;

/// What is around calls and texts.
#[derive(Debug, Default)]
pub(crate) struct Surroundings {
    pub(crate) me: Option<AgentFact>,
    pub(crate) colleagues: Vec<AgentFact>,
    pub(crate) queues: Vec<QueueName>,
}

/// Reads what no call waits for: the agent, the colleagues, the queues' names.
pub(crate) async fn surroundings(rest: &Rest, account: &Account) -> Result<Surroundings, RestError> {
    let mut read = Surroundings::default();
    if account.agent_id.is_some() {
        read.me = Some(rest.me().await?);
        read.colleagues = allowed(rest.colleagues().await)?;
    }
    if account.is_manager() {
        read.queues = allowed(rest.queue_names().await)?;
    }
    Ok(read)
}

fn allowed<T: Default>(result: Result<T, RestError>) -> Result<T, RestError> {
    match result {
        Err(RestError::Forbidden { .. } | RestError::NotFound) => Ok(T::default()),
        other => other,
    }
}
