//! What this account can do, computed once (live-service.md, sections 4.1, 4.6
//! to 4.10), so that no refusal of the service surprises the agent.

use crate::is_withheld;
use crate::record::Ends;
use crate::texts::Road;

/// What the account behind a desk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rights {
    /// It may see and steer what is the customer's: a manager, an administrator
    /// or an access key.
    pub is_manager: bool,
    /// It belongs to an agent, which an access key does not.
    pub is_agent: bool,
}

impl Rights {
    /// How a text gets to the other end of a conversation, if there is a way.
    pub(crate) fn road(self, ends: &Ends) -> Option<Road> {
        if is_withheld(&ends.number) {
            return None;
        }
        if self.is_manager && !ends.our_number.is_empty() {
            return Some(Road::Sms { from: ends.our_number.clone(), to: ends.number.clone() });
        }
        ends.conversation.clone().filter(|_| self.is_agent).map(Road::Conversation)
    }
}
