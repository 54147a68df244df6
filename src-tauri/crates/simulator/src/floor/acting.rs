//! What an agent does to a call over REST (live-service.md, sections 4.9, 4.10
//! and 5.8), with the live service's habits: an ended call may be hung up again,
//! every transfer that cannot be is a bare 500.

use hyper::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::live::{List, now_of};
use super::{Call, Floor, Identity, caller_json};
use crate::Publication;

/// Why something was not done, and what the service calls that.
pub(crate) type Refused = (StatusCode, &'static str);

/// What is done to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    HangUp,
    Quiet,
    Mute(&'static str),
    Record,
    RecordNoMore,
}

/// Somebody is rung to take a call over.
#[derive(Debug, Clone)]
pub(crate) struct Transfer {
    pub(crate) groupcall: Uuid,
    caller: String,
    is_blind: bool,
    to: Value,
    began: String,
    /// Nobody will take it.
    is_in_vain: bool,
}

impl Floor {
    /// Does something to a call, or to an agent's leg of it.
    pub(crate) fn steer(&mut self, id: &str, deed: Deed) -> Result<(Value, Vec<Publication>), Refused> {
        let Some(word) = self.caller_of(id) else {
            let is_over = self.records.has(List::Calls, id);
            return match (is_over, deed) {
                (true, Deed::HangUp) => Ok((json!({"id": id, "status": "hangup"}), Vec::new())),
                (true, _) => Err((StatusCode::CONFLICT, "CALL_ALREADY_HANGUP")),
                (false, _) => Err((StatusCode::NOT_FOUND, "CALL_NOT_FOUND")),
            };
        };
        let told = match deed {
            Deed::HangUp => self.hung_up_by_agent(&word),
            Deed::Quiet => Vec::new(),
            Deed::Mute(direction) => self.muted(&word, direction),
            Deed::Record if self.is_recorded(&word) => {
                return Err((StatusCode::CONFLICT, "RECORDING_ALREADY_ACTIVE"));
            }
            Deed::Record => self.records(&word),
            Deed::RecordNoMore if !self.is_recorded(&word) => {
                return Err((StatusCode::CONFLICT, "RECORDING_NOT_ACTIVE"));
            }
            Deed::RecordNoMore => self.recording_ends(&word),
        };
        Ok((json!({"id": id}), told))
    }

    /// Starts a transfer: the answer, and what is told of it. The live service
    /// rings the one who is to take it; the documented one tells nothing.
    pub(crate) fn transfer(&mut self, body: &Value) -> Result<(Value, Uuid, Vec<Publication>), Refused> {
        let in_vain = (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL");
        let id = body["transferer_call_id"].as_str().unwrap_or_default();
        let word = self.caller_of(id).ok_or(in_vain)?;
        let is_blind = match body["transfer_type"].as_str() {
            Some("blind") => true,
            Some("attended") => false,
            _ => return Err(in_vain),
        };
        let to = body["transferee_addresses"][0].clone();
        let known = ["agent", "extension", "tel", "sip"];
        let is_on = self.callers.get(&word).and_then(|caller| caller.call.as_ref()).is_some_and(Call::is_on);
        if !is_on || !to["type"].as_str().is_some_and(|kind| known.contains(&kind)) {
            return Err(in_vain);
        }
        let began = now_of(self).to_string();
        let groupcall = Uuid::new_v4();
        let is_in_vain = std::mem::take(&mut self.next_transfer_is_in_vain);
        self.transfer = Some(Transfer { groupcall, caller: word.clone(), is_blind, to: to.clone(), began, is_in_vain });
        let mut told = self.transfer_told("groupcall_created", "progressing", Uuid::nil());
        if is_blind {
            told.extend(self.leg_leaves(&word));
        }
        let answer = json!({
            "id": Uuid::new_v4(), "customer_id": self.customer, "type": body["transfer_type"], "transferer_call_id": id,
            "transferee_addresses": [to], "transferee_call_id": Uuid::nil(), "groupcall_id": groupcall,
        });
        Ok((answer, groupcall, told))
    }

    /// The one who is rung takes the call, or does not.
    pub(crate) fn transfer_ends(&mut self, groupcall: Uuid) -> Vec<Publication> {
        let Some(transfer) = self.transfer.clone().filter(|transfer| transfer.groupcall == groupcall) else {
            return Vec::new();
        };
        if !transfer.is_in_vain {
            return self.transfer_told("groupcall_progressing", "progressing", Uuid::new_v4());
        }
        let mut told = self.transfer_told("groupcall_hangup", "hangup", Uuid::nil());
        self.transfer = None;
        if transfer.is_blind {
            // Nobody is left on the line with the customer.
            told.extend(self.hangs_up(&transfer.caller));
        }
        told
    }

    pub(crate) fn hang_up_group(&mut self, id: &str) -> Result<Vec<Publication>, Refused> {
        if self.transfer.as_ref().is_some_and(|transfer| transfer.groupcall.to_string() == id) {
            let told = self.transfer_told("groupcall_hangup", "hangup", Uuid::nil());
            self.transfer = None;
            return Ok(told);
        }
        let of_ring = |call: &Call| {
            let rings = call.ring.iter().flat_map(|ring| [ring.outer, ring.inner]);
            rings.into_iter().any(|ring| ring.to_string() == id)
        };
        let rung = self.callers.iter().find(|(_, caller)| caller.call.as_ref().is_some_and(of_ring));
        let word = rung.map(|(word, _)| word.clone()).ok_or((StatusCode::NOT_FOUND, "GROUPCALL_NOT_FOUND"))?;
        Ok(self.end_ring(&word))
    }

    /// A caller who waits goes on in the flow: the place is lost, the call goes on.
    pub(crate) fn kick(&mut self, call: &str) -> Result<Vec<Publication>, Refused> {
        let word = self.caller_of(call).ok_or((StatusCode::NOT_FOUND, "QUEUECALL_NOT_FOUND"))?;
        let Some(Some(call)) = self.callers.get_mut(&word).map(|caller| caller.call.as_mut()) else {
            return Err((StatusCode::NOT_FOUND, "QUEUECALL_NOT_FOUND"));
        };
        let Some(queue) = call.queue.take() else { return Err((StatusCode::CONFLICT, "STATE_INVALID")) };
        let call = call.clone();
        let mut live = self.end_ring(&word);
        live.extend(self.live_place("queuecall_abandoned", "abandoned", &word));
        let data =
            json!({"queue_id": queue, "call_id": call.id, "reason": "kicked", "tm_leave": now_of(self).to_string()});
        let everyone: Vec<Uuid> = self.agents.iter().map(|agent| agent.id).collect();
        let left = self.publication("queue.left", &voipbin_wire::Resource::Queue, &queue.to_string(), &everyone, data);
        Ok(self.tells(vec![left], live))
    }

    /// Answers in a conversation, by its channel.
    pub(crate) fn answer(
        &mut self,
        conversation: &str,
        text: &str,
        identity: Identity,
    ) -> Result<(Value, String, Vec<Publication>), Refused> {
        let number = self.conversations.iter().find(|(_, id)| id.to_string() == conversation).map(|(number, _)| number);
        let number = number.cloned().ok_or((StatusCode::NOT_FOUND, "CONVERSATION_NOT_FOUND"))?;
        let owner = self.conversation_owner(conversation);
        let may = match identity {
            Identity::Key => false,
            Identity::Agent(agent, _) => identity.sees_all() || owner == Some(agent),
        };
        if !may {
            return Err((StatusCode::FORBIDDEN, "PERMISSION_DENIED"));
        }
        if let Some((number, channel)) = number.split_once(" by ") {
            let (ours, theirs) =
                (json!({"type": channel, "target": "our-account"}), json!({"type": channel, "target": number}));
            let live = self.live_part(channel, None, false, &theirs, &ours, &theirs, text);
            let part = self.records.newest(List::ConversationMessages).cloned().unwrap_or_default();
            let id = part["id"].as_str().unwrap_or_default().to_owned();
            return Ok((part, id, self.tells(Vec::new(), live)));
        }
        let (_, id, told) = self.send_text(super::OUR_NUMBER, &number, text);
        // The answer is the conversation's part of it.
        let part = self.records.newest(List::ConversationMessages).cloned().unwrap_or_default();
        Ok((part, id, told))
    }

    pub(crate) fn conversation(&self, id: &str) -> Option<Value> {
        self.records.get(List::Conversations, id).cloned()
    }

    /// A manager gives a conversation to an agent.
    pub(crate) fn assign_conversation(
        &mut self,
        id: &str,
        owner: &str,
        by: Identity,
    ) -> Result<(Value, Vec<Publication>), Refused> {
        if !by.sees_all() {
            return Err((StatusCode::FORBIDDEN, "PERMISSION_DENIED"));
        }
        let mut thread = self.conversation(id).ok_or((StatusCode::NOT_FOUND, "CONVERSATION_NOT_FOUND"))?;
        if !self.agents.iter().any(|agent| agent.id.to_string() == owner) {
            return Err((StatusCode::BAD_REQUEST, "INVALID_OWNER_ID"));
        }
        thread["owner_id"] = json!(owner);
        thread["tm_update"] = json!(now_of(self).to_string());
        let live = vec![self.tell_live(Some(List::Conversations), "conversation_updated", thread.clone())];
        Ok((thread, self.tells(Vec::new(), live)))
    }

    /// A conversation's texts are its owner's and the managers'.
    pub(crate) fn may_read_conversation(&self, id: &str, identity: Identity) -> Result<(), Refused> {
        if !self.records.has(List::Conversations, id) {
            return Err((StatusCode::NOT_FOUND, "CONVERSATION_NOT_FOUND"));
        }
        let is_own = |agent| self.conversation_owner(id) == Some(agent);
        let may = identity.sees_all() || matches!(identity, Identity::Agent(agent, _) if is_own(agent));
        if may { Ok(()) } else { Err((StatusCode::FORBIDDEN, "PERMISSION_DENIED")) }
    }

    fn conversation_owner(&self, conversation: &str) -> Option<Uuid> {
        let known = self.records.get(List::Conversations, conversation)?;
        known["owner_id"].as_str().and_then(|owner| Uuid::parse_str(owner).ok())
    }

    fn caller_of(&self, id: &str) -> Option<String> {
        let is_it = |call: &Call| {
            call.id.to_string() == id || call.ring.as_ref().is_some_and(|ring| ring.leg.to_string() == id)
        };
        let on = self.callers.iter().find(|(_, caller)| caller.call.as_ref().is_some_and(is_it));
        on.map(|(word, _)| word.clone())
    }

    /// An agent who hangs up hands over what was taken, and else ends the call.
    fn hung_up_by_agent(&mut self, word: &str) -> Vec<Publication> {
        match self.transfer.take_if(|transfer| transfer.caller == word) {
            Some(_) => self.leg_leaves(word),
            None => self.hangs_up(word),
        }
    }

    /// The agent is off the line, the customer is not.
    fn leg_leaves(&mut self, word: &str) -> Vec<Publication> {
        let live = self.end_ring(word);
        self.tells(Vec::new(), live)
    }

    fn muted(&mut self, word: &str, direction: &'static str) -> Vec<Publication> {
        let mut live = self.live_call("call_updated", word);
        live.iter_mut().for_each(|told| told.data["mute_direction"] = json!(direction));
        self.tells(Vec::new(), live)
    }

    fn transfer_told(&mut self, event: &'static str, status: &str, answer: Uuid) -> Vec<Publication> {
        let Some(transfer) = self.transfer.clone() else { return Vec::new() };
        let source = self.callers.get(&transfer.caller).map(caller_json).unwrap_or_default();
        let value = json!({
            "id": transfer.groupcall, "customer_id": self.customer, "owner_type": "", "owner_id": Uuid::nil(),
            "status": status, "flow_id": Uuid::nil(), "source": source, "destinations": [transfer.to],
            "master_call_id": Uuid::nil(), "master_groupcall_id": Uuid::nil(), "ring_method": "ring_all",
            "answer_method": "hangup_others", "answer_call_id": answer, "answer_groupcall_id": Uuid::nil(),
            "tm_create": transfer.began, "tm_update": now_of(self).to_string(),
        });
        let live = vec![self.tell_live(Some(List::Rings), event, value)];
        self.tells(Vec::new(), live)
    }
}

impl Call {
    fn is_on(&self) -> bool {
        self.status == "answered"
    }
}
