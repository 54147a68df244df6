//! Calls: they come, wait, ring, are answered and end.

use super::*;

impl Floor {
    pub(super) fn joins(
        &mut self,
        caller: &str,
        queue: &str,
        position: i64,
        estimate: Option<i64>,
    ) -> Vec<Publication> {
        let Some(queue) = self.queues.get(queue).map(|queue| queue.id) else { return Vec::new() };
        let (mut publications, mut live) = self.begin_call(caller, None);
        let Some(call) = self.callers.get_mut(caller).and_then(|caller| caller.call.as_mut()) else {
            return Vec::new();
        };
        call.queue = Some(queue);
        call.place = Some(Uuid::new_v4());
        let data = json!({
            "queue_id": queue, "call_id": call.id, "position": position, "estimated_wait": estimate,
            "tm_join": call.joined.to_string(),
        });
        let everyone: Vec<Uuid> = self.agents.iter().map(|agent| agent.id).collect();
        publications.push(self.publication("queue.joined", &Resource::Queue, &queue.to_string(), &everyone, data));
        live.extend(self.live_call("call_progressing", caller));
        live.extend(self.live_place("queuecall_created", "initiating", caller));
        live.extend(self.live_place("queuecall_waiting", "waiting", caller));
        self.tells(publications, live)
    }

    pub(super) fn leaves(&mut self, caller: &str) -> Vec<Publication> {
        let mut live = self.end_ring(caller);
        live.extend(self.live_place("queuecall_abandoned", "abandoned", caller));
        live.extend(self.end_live_call(caller));
        let Some(call) = self.callers.get_mut(caller).and_then(|caller| caller.call.take()) else { return Vec::new() };
        let Some(queue) = call.queue else { return self.tells(Vec::new(), live) };
        let at = self.now().to_string();
        let data = json!({"queue_id": queue, "call_id": call.id, "reason": "hangup", "tm_leave": at});
        let everyone: Vec<Uuid> = self.agents.iter().map(|agent| agent.id).collect();
        let left = self.publication("queue.left", &Resource::Queue, &queue.to_string(), &everyone, data);
        let ended = json!({"id": call.id, "status": "hangup", "hangup_reason": "normal", "tm_end": at});
        let documented = vec![left, self.call_publication("call.ended", &call, ended)];
        self.tells(documented, live)
    }

    pub(super) fn end_ring(&mut self, caller: &str) -> Vec<Publication> {
        let ring = self.callers.get_mut(caller).and_then(|caller| caller.call.as_mut()?.ring.as_mut());
        let Some(ring) = ring.filter(|ring| !ring.over) else { return Vec::new() };
        ring.over = true;
        self.live_ring("groupcall_hangup", caller)
    }

    pub(super) fn end_live_call(&mut self, caller: &str) -> Vec<Publication> {
        if let Some(call) = self.callers.get_mut(caller).and_then(|caller| caller.call.as_mut()) {
            call.status = "hangup";
        }
        self.live_call("call_hangup", caller)
    }

    pub(super) fn ring(&mut self, caller: &str, agent: Uuid) -> Vec<Publication> {
        let mut live = self.end_ring(caller);
        let began = self.now();
        if let Some(call) = self.callers.get_mut(caller).and_then(|caller| caller.call.as_mut()) {
            call.ring = Some(Ring::new(agent, began));
        }
        live.extend(self.live_place("queuecall_connecting", "connecting", caller));
        live.extend(self.live_ring("groupcall_created", caller));
        live
    }

    pub(super) fn calls(&mut self, caller: &str, agent: &str) -> Vec<Publication> {
        let agent = self.agents.iter().find(|known| known.word == agent).map(|known| known.id);
        let (documented, mut live) = self.begin_call(caller, agent);
        if let Some(agent) = agent {
            live.extend(self.ring(caller, agent));
        }
        self.tells(documented, live)
    }

    pub(super) fn begin_call(&mut self, word: &str, agent: Option<Uuid>) -> (Vec<Publication>, Vec<Publication>) {
        let at = self.now();
        let Some(caller) = self.callers.get_mut(word) else { return Default::default() };
        let call = Call {
            id: Uuid::new_v4(),
            agent,
            queue: None,
            joined: at,
            created: at,
            status: "ringing",
            place: None,
            ring: None,
            answered: None,
        };
        caller.call = Some(call.clone());
        let data = call_json(self.customer, caller, &call, at);
        let documented = vec![self.call_publication("call.created", &call, data)];
        (documented, self.live_call("call_created", word))
    }

    pub(super) fn offered(&mut self, word: &str, agent: &str) -> Vec<Publication> {
        let at = self.now();
        let Some(agent) = self.agents.iter().find(|known| known.word == agent).map(|known| known.id) else {
            return Vec::new();
        };
        let Some(caller) = self.callers.get_mut(word) else { return Vec::new() };
        let Some(call) = caller.call.as_mut() else { return Vec::new() };
        let before = call.agent.replace(agent);
        let call = call.clone();
        let mut data = call_json(self.customer, caller, &call, at);
        data["agent_id"] = json!(agent);
        data["queue_id"] = json!(call.queue);
        data["wait_time"] = json!((at.as_millis() - call.joined.as_millis()) / 1000);
        // Whoever had it rung before hears that it went on.
        let owners: Vec<Uuid> = [Some(agent), before.filter(|before| *before != agent)].into_iter().flatten().collect();
        let documented = vec![self.publication("call.assigned", &Resource::Call, &call.id.to_string(), &owners, data)];
        let mut live = self.live_call("call_updated", word);
        live.extend(self.ring(word, agent));
        self.tells(documented, live)
    }

    pub(super) fn answered(&mut self, caller: &str) -> Vec<Publication> {
        let (word, at) = (caller, self.now());
        let Some(call) = self.callers.get_mut(caller).and_then(|caller| caller.call.as_mut()) else {
            return Vec::new();
        };
        if let Some(ring) = &mut call.ring {
            ring.answered = true;
        }
        call.answered = Some(at);
        let before = std::mem::replace(&mut call.status, "answered");
        let queue = call.queue.take();
        let call = call.clone();
        let mut publications = Vec::new();
        if let Some(queue) = queue {
            let wait_time = (at.as_millis() - call.joined.as_millis()) / 1000;
            let data = json!({"queue_id": queue, "call_id": call.id, "agent_id": call.agent, "wait_time": wait_time, "tm_connect": at.to_string()});
            let everyone: Vec<Uuid> = self.agents.iter().map(|agent| agent.id).collect();
            publications.push(self.publication(
                "queue.connected",
                &Resource::Queue,
                &queue.to_string(),
                &everyone,
                data,
            ));
        }
        let data = json!({"id": call.id, "status": "answered", "previous_status": before, "tm_update": at.to_string()});
        publications.push(self.call_publication("call.status", &call, data));
        let mut live = self.live_call("call_progressing", word);
        live.extend(self.live_ring("groupcall_progressing", word));
        live.extend(self.live_place("queuecall_serviced", "service", word));
        self.tells(publications, live)
    }

    pub(super) fn hangs_up(&mut self, caller: &str) -> Vec<Publication> {
        let was_answered = self.callers.get(caller).and_then(|caller| caller.call.as_ref()).map(|call| call.status);
        let mut live = self.end_live_call(caller);
        live.extend(self.end_ring(caller));
        let (event, status) = match was_answered {
            Some("answered") => ("queuecall_done", "done"),
            _ => ("queuecall_abandoned", "abandoned"),
        };
        live.extend(self.live_place(event, status, caller));
        let Some(call) = self.callers.get_mut(caller).and_then(|caller| caller.call.take()) else { return Vec::new() };
        let at = self.now();
        let duration = (at.as_millis() - call.created.as_millis()) / 1000;
        let data = json!({"id": call.id, "status": "hangup", "hangup_reason": "normal", "duration": duration, "tm_end": at.to_string()});
        let documented = vec![self.call_publication("call.ended", &call, data)];
        self.tells(documented, live)
    }

    pub(super) fn call_publication(&self, event: &'static str, call: &Call, data: Value) -> Publication {
        let owners: Vec<Uuid> = call.agent.into_iter().collect();
        self.publication(event, &Resource::Call, &call.id.to_string(), &owners, data)
    }
}

fn call_json(customer: Uuid, caller: &Caller, call: &Call, at: Timestamp) -> Value {
    json!({
        "id": call.id, "customer_id": customer, "direction": "inbound", "source": caller_json(caller),
        "destination": {"type": "tel", "target": OUR_NUMBER}, "status": call.status,
        "tm_create": call.created.to_string(), "tm_update": at.to_string(),
    })
}
