//! What a client may say on the socket.

use serde::Serialize;

use crate::topic::Topic;

/// A message from the client (seed, "Subscribe Message" and "Unsubscribe Message").
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Start receiving the events of these topics.
    Subscribe(Vec<Topic>),
    /// Stop receiving them; each must have been subscribed in the same words.
    Unsubscribe(Vec<Topic>),
}

#[derive(Serialize)]
struct Wire {
    r#type: &'static str,
    topics: Vec<String>,
}

impl Command {
    /// The JSON text to send.
    pub fn encode(&self) -> String {
        let (kind, topics) = match self {
            Self::Subscribe(topics) => ("subscribe", topics),
            Self::Unsubscribe(topics) => ("unsubscribe", topics),
        };
        let wire = Wire { r#type: kind, topics: topics.iter().map(Topic::to_string).collect() };
        serde_json::to_string(&wire).expect("strings always encode")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscription_is_written_as_documented() {
        let topic = Topic::parse("agent_id:98765432-4321-4321-4321-210987654321:queue:*").unwrap();
        assert_eq!(
            Command::Subscribe(vec![topic]).encode(),
            r#"{"type":"subscribe","topics":["agent_id:98765432-4321-4321-4321-210987654321:queue:*"]}"#
        );
    }
}
