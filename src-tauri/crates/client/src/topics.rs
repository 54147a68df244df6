//! Which topics an agent's desk wants.

use uuid::Uuid;
use voipbin_wire::{Resource, Scope, Topic};

use crate::dialect::Dialect;

/// Topics by dialect, in the batches they are asked for in: the agent's own
/// first, the customer's in a message of their own, because one topic too many
/// costs the live service's whole connection (live-service.md, section 2.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    documented: Vec<Vec<Topic>>,
    live: Vec<Vec<Topic>>,
    /// What would be asked of the live service if the rights were there.
    not_allowed: Vec<Topic>,
    /// Whose events they are; not looked at when there is none.
    customer: Option<Uuid>,
}

impl Wanted {
    /// What this agent wants. An access key belongs to no agent, so it gets the
    /// customer's events only.
    pub fn of(customer: Uuid, agent: Option<Uuid>, is_manager: bool) -> Self {
        let of_customer = live_of_customer(customer);
        let sees_all = is_manager || agent.is_none();
        let (of_customer, not_allowed) = if sees_all { (of_customer, Vec::new()) } else { (Vec::new(), of_customer) };
        let batches = |batches: [Vec<Topic>; 2]| batches.into_iter().filter(|batch| !batch.is_empty()).collect();
        Self {
            documented: batches([documented_of_agent(agent), documented_of_customer(customer, sees_all)]),
            live: batches([live_of_agent(agent), of_customer]),
            not_allowed,
            customer: Some(customer),
        }
    }

    pub(crate) fn customer(&self) -> Option<Uuid> {
        self.customer
    }

    /// Given batches, the same for both dialects; for tests.
    pub fn batches(documented: Vec<Vec<Topic>>, live: Vec<Vec<Topic>>) -> Self {
        Self { documented, live, not_allowed: Vec::new(), customer: None }
    }

    pub(crate) fn of_dialect(&self, dialect: Dialect) -> &[Vec<Topic>] {
        match dialect {
            Dialect::Documented => &self.documented,
            Dialect::Live => &self.live,
        }
    }

    pub(crate) fn not_allowed(&self, dialect: Dialect) -> &[Topic] {
        match dialect {
            Dialect::Documented => &[],
            Dialect::Live => &self.not_allowed,
        }
    }
}

/// What the seed's agent scenario subscribes ("Agent Desktop Application"),
/// plus the own status.
fn documented_of_agent(agent: Option<Uuid>) -> Vec<Topic> {
    let of_agent = |agent| {
        [
            Topic::all(Scope::Agent, agent, Resource::Queue),
            Topic::all(Scope::Agent, agent, Resource::Call),
            Topic::one(Scope::Agent, agent, Resource::Agent, agent),
        ]
    };
    agent.into_iter().flat_map(of_agent).collect()
}

/// A manager also sees every call, who waits, what colleagues do, and what the
/// platform does around calls.
fn documented_of_customer(customer: Uuid, sees_all: bool) -> Vec<Topic> {
    let of_customer = |resource| Topic::all(Scope::Customer, customer, resource);
    let of_managers = [
        Resource::Call,
        Resource::Queue,
        Resource::Agent,
        Resource::Activeflow,
        Resource::Conference,
        Resource::Recording,
        Resource::Transcription,
    ];
    let mut topics = vec![of_customer(Resource::Message)];
    if sees_all {
        topics.extend(of_managers.map(of_customer));
    }
    topics
}

/// Live-service.md, section 7.3.
fn live_of_agent(agent: Option<Uuid>) -> Vec<Topic> {
    let resources = [
        Resource::Groupcall,
        Resource::Call,
        Resource::Conversation,
        Resource::Chat,
        Resource::Chatmessage,
        Resource::Chatparticipant,
    ];
    let topics = |agent| resources.map(|resource| Topic::events(Scope::Agent, agent, resource)).into();
    agent.map(topics).unwrap_or_default()
}

fn live_of_customer(customer: Uuid) -> Vec<Topic> {
    let resources = [
        Resource::Queuecall,
        Resource::Call,
        Resource::Groupcall,
        Resource::Message,
        Resource::Conversation,
        Resource::Agent,
        Resource::Webchat,
        Resource::Recording,
        Resource::Transcript,
        Resource::Transcribe,
        Resource::Activeflow,
        Resource::Conference,
    ];
    resources.map(|resource| Topic::events(Scope::Customer, customer, resource)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(dialect: Dialect, agent: Option<u128>, is_manager: bool) -> Vec<Vec<String>> {
        let id = Uuid::from_u128;
        let wanted = Wanted::of(id(12), agent.map(id), is_manager);
        let word = |topic: &Topic| {
            assert_eq!(topic.validate(), Ok(()), "only fit topics are sent");
            topic.to_string().replace("00000000-0000-0000-0000-0000000000", "")
        };
        wanted.of_dialect(dialect).iter().map(|batch| batch.iter().map(word).collect()).collect()
    }

    #[test]
    fn an_agent_asks_for_what_the_agent_scenario_names() {
        assert_eq!(
            words(Dialect::Documented, Some(10), false),
            [
                vec!["agent_id:0a:queue:*", "agent_id:0a:call:*", "agent_id:0a:agent:0a"],
                vec!["customer_id:0c:message:*"]
            ]
        );
    }

    #[test]
    fn a_manager_asks_for_the_team_too_and_an_access_key_for_the_customer_only() {
        let manager = words(Dialect::Documented, Some(10), true);
        assert_eq!(manager[1][1..4], ["customer_id:0c:call:*", "customer_id:0c:queue:*", "customer_id:0c:agent:*"]);
        assert_eq!(manager[1].len(), 8, "and what the platform does around calls");
        for dialect in [Dialect::Documented, Dialect::Live] {
            let key = words(dialect, None, true);
            assert!(key.concat().iter().all(|topic| topic.starts_with("customer_id:")));
        }
        assert!(words(Dialect::Documented, None, true)[0].contains(&"customer_id:0c:queue:*".to_owned()));
    }

    #[test]
    fn the_live_service_is_asked_by_prefix_and_never_for_what_would_cost_the_connection() {
        let plain = words(Dialect::Live, Some(10), false);
        assert_eq!(plain.len(), 1, "no customer topic without the right to it");
        assert_eq!(plain[0][0], "agent_id:0a:groupcall:groupcall_");
        assert!(plain.concat().iter().all(|topic| !topic.contains('*')));
        assert_eq!(
            Wanted::of(Uuid::from_u128(1), Some(Uuid::from_u128(2)), false).not_allowed(Dialect::Live).len(),
            12
        );
        let manager = words(Dialect::Live, Some(10), true);
        assert!(manager[0].iter().all(|topic| topic.starts_with("agent_id:")));
        assert!(manager[1].iter().all(|topic| topic.starts_with("customer_id:")));
        assert!(manager[1].contains(&"customer_id:0c:queuecall:queuecall_".to_owned()));
        assert!(manager[1].contains(&"customer_id:0c:activeflow:activeflow_".to_owned()));
    }
}
