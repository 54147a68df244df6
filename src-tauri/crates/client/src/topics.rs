//! Which topics an agent's desk wants.

use uuid::Uuid;
use voipbin_wire::{Resource, Scope, Topic};

/// What the seed's agent scenario subscribes ("Agent Desktop Application"),
/// plus the own status; a manager also sees who waits and what colleagues do.
/// An access key belongs to no agent, so it gets the customer's events only.
pub fn wanted(customer: Uuid, agent: Option<Uuid>, is_manager: bool) -> Vec<Topic> {
    let of_agent = |agent| {
        [
            Topic::all(Scope::Agent, agent, Resource::Queue),
            Topic::all(Scope::Agent, agent, Resource::Call),
            Topic::one(Scope::Agent, agent, Resource::Agent, agent),
        ]
    };
    let of_customer = |resource| Topic::all(Scope::Customer, customer, resource);
    let mut topics: Vec<Topic> = agent.into_iter().flat_map(of_agent).collect();
    topics.push(of_customer(Resource::Message));
    if is_manager {
        topics.extend([Resource::Call, Resource::Agent].map(of_customer));
    }
    if agent.is_none() {
        topics.push(of_customer(Resource::Queue));
    }
    topics
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(agent: Option<u128>, is_manager: bool) -> Vec<String> {
        let id = Uuid::from_u128;
        let topics = wanted(id(12), agent.map(id), is_manager);
        assert!(topics.iter().all(|topic| topic.validate().is_ok()), "only fit topics are sent");
        topics.iter().map(|topic| topic.to_string().replace("00000000-0000-0000-0000-0000000000", "")).collect()
    }

    #[test]
    fn an_agent_asks_for_what_the_agent_scenario_names() {
        assert_eq!(
            words(Some(10), false),
            ["agent_id:0a:queue:*", "agent_id:0a:call:*", "agent_id:0a:agent:0a", "customer_id:0c:message:*"]
        );
    }

    #[test]
    fn a_manager_asks_for_the_team_too_and_an_access_key_for_the_customer_only() {
        assert_eq!(words(Some(10), true)[4..], ["customer_id:0c:call:*", "customer_id:0c:agent:*"]);
        assert!(words(None, true).iter().all(|topic| topic.starts_with("customer_id:0c:")));
        assert!(words(None, true).contains(&"customer_id:0c:queue:*".to_owned()));
    }
}
