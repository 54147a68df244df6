//! What the socket cannot tell: how things stand, read from the service's lists.
//!
//! After every connection the topics come first and the lists next, so that no
//! moment lies between (live-service.md, section 7.6). The lists reach back a
//! little further than the loss, and what they repeat changes nothing.

use ringside_desk::Covered;
use voipbin_client::{List, Listed, Rest, RestError};
use voipbin_wire::{AgentFact, Fact, QueueName, Timestamp, Told};

use crate::account::Account;

/// Lists are read back to this long before the loss.
const OVERLAP_MS: i64 = 120_000;
/// The most requests for one list.
const PAGES: usize = 5;
/// The most conversations whose texts are read in one go.
const CONVERSATIONS: usize = 5;
/// The same once, at the start.
const CONVERSATIONS_AT_START: usize = 30;
/// So many pages of texts are read at the start: 2,000 texts.
const TEXT_PAGES: usize = 20;

/// How calls, waits and texts stand.
#[derive(Debug, Default)]
pub(crate) struct Reread {
    pub(crate) told: Vec<Told>,
    pub(crate) covered: Covered,
}

/// What is around them.
#[derive(Debug, Default)]
pub(crate) struct Surroundings {
    pub(crate) me: Option<AgentFact>,
    pub(crate) colleagues: Vec<AgentFact>,
    pub(crate) queues: Vec<QueueName>,
}

/// Reads how things stand. A list that this account may not read is passed over.
pub(crate) async fn reread(rest: &Rest, account: &Account, lost_at: Timestamp) -> Result<Reread, RestError> {
    let since = Timestamp::from_millis(lost_at.as_millis().saturating_sub(OVERLAP_MS));
    let mut read = Reread::default();
    if account.is_manager() {
        let (rings, calls, waits, messages) = tokio::join!(
            rest.list(&List::Rings, since, PAGES),
            rest.list(&List::Calls, since, PAGES),
            rest.list(&List::Waits, since, PAGES),
            rest.list(&List::Messages, since, PAGES),
        );
        // Rings before calls: only they know whether the agent answered.
        read.covered.rings = take(&mut read.told, rings)?;
        read.covered.calls = take(&mut read.told, calls)?;
        read.covered.waits = take(&mut read.told, waits)?;
        take(&mut read.told, messages)?;
        // What came by other channels than SMS stands in the conversations only.
        if account.agent_id.is_some() {
            read.told.extend(conversations(rest, since).await?);
        }
    } else {
        read.covered.calls = take(&mut read.told, rest.list(&List::OwnCalls, since, PAGES).await)?;
        read.told.extend(conversations(rest, since).await?);
    }
    Ok(read)
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

/// The texts of a longer time, as far as lists of a sensible length reach.
pub(crate) async fn texts(rest: &Rest, account: &Account, since: Timestamp) -> Result<Vec<Told>, RestError> {
    let mut told = Vec::new();
    if account.is_manager() {
        take(&mut told, rest.list(&List::Messages, since, TEXT_PAGES).await)?;
    }
    if account.agent_id.is_some() {
        told.extend(moved_conversations(rest, since, CONVERSATIONS_AT_START).await?);
    }
    Ok(told)
}

/// The conversations that an agent may see and that moved since then, with their texts.
pub(crate) async fn conversations(rest: &Rest, since: Timestamp) -> Result<Vec<Told>, RestError> {
    moved_conversations(rest, since, CONVERSATIONS).await
}

async fn moved_conversations(rest: &Rest, since: Timestamp, most: usize) -> Result<Vec<Told>, RestError> {
    let mut told = Vec::new();
    take(&mut told, rest.list(&List::OwnConversations, since, 1).await)?;
    let moved: Vec<String> = told
        .iter()
        .filter(|told| told.at >= Some(since) && matches!(told.fact, Fact::Conversation(_)))
        .map(|told| told.fact.object().1.to_owned())
        .take(most)
        .collect();
    for id in moved {
        take(&mut told, rest.list(&List::ConversationMessages(id), since, 1).await)?;
    }
    Ok(told)
}

fn take(told: &mut Vec<Told>, listed: Result<Listed, RestError>) -> Result<Option<Timestamp>, RestError> {
    let listed = allowed(listed)?;
    told.extend(listed.told);
    Ok(listed.whole_since)
}

fn allowed<T: Default>(result: Result<T, RestError>) -> Result<T, RestError> {
    match result {
        Err(RestError::Forbidden { .. } | RestError::NotFound) => Ok(T::default()),
        other => other,
    }
}
