//! What the platform does around a call: flows, conferences, recordings, words.
//! Each is told as the dialect tells it (seed, "Event Type Reference";
//! live-service.md, section 3.11).

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;
use voipbin_wire::Resource;

use super::Floor;
use super::live::{List, now_of};
use crate::Publication;

/// What runs around the calls at this moment.
#[derive(Debug, Default)]
pub(crate) struct Around {
    of_callers: BTreeMap<String, OfCaller>,
    rooms: BTreeMap<String, Room>,
    /// Recordings that have a file.
    pub(crate) files: Vec<Uuid>,
}

#[derive(Debug, Clone)]
struct OfCaller {
    call: Uuid,
    flow: Uuid,
    began: String,
    done: Vec<Value>,
    recording: Option<(Uuid, String)>,
    transcribe: Uuid,
    said: Vec<String>,
}

#[derive(Debug)]
struct Room {
    id: Uuid,
    began: String,
    seats: Vec<Uuid>,
}

impl Floor {
    fn around_caller(&mut self, caller: &str) -> Option<(OfCaller, String)> {
        let at = now_of(self).to_string();
        let call = self.callers.get(caller)?.call.as_ref()?.id;
        let new = || OfCaller {
            call,
            flow: Uuid::new_v4(),
            began: at.clone(),
            done: Vec::new(),
            recording: None,
            transcribe: Uuid::new_v4(),
            said: Vec::new(),
        };
        let known = self.around.of_callers.entry(caller.to_owned()).or_insert_with(new);
        if known.call != call {
            *known = new();
        }
        Some((known.clone(), at))
    }

    fn tell(&self, event: &'static str, resource: &Resource, id: Uuid, data: Value) -> Vec<Publication> {
        vec![self.publication(event, resource, &id.to_string(), &[], data)]
    }

    /// The flow of a caller's call does something.
    pub(super) fn does(&mut self, caller: &str, kind: &str, name: &str) -> Vec<Publication> {
        let Some((around, at)) = self.around_caller(caller) else { return Vec::new() };
        let action = json!({"id": Uuid::new_v4(), "type": kind, "name": name, "tm_execute": at});
        let data = json!({
            "id": around.flow, "customer_id": self.customer, "flow_id": self.customer, "status": "executing",
            "reference_type": "call", "reference_id": around.call, "current_action": action, "tm_update": at,
        });
        let whole = self.whole_flow(&around, "running", &action, &at);
        if let Some(known) = self.around.of_callers.get_mut(caller) {
            known.done.push(action);
        }
        let documented = self.tell("activeflow.updated", &Resource::Activeflow, around.flow, data);
        let event = if around.done.is_empty() { "activeflow_created" } else { "activeflow_updated" };
        let live = vec![self.tell_live(Some(List::Flows), event, whole)];
        self.tells(documented, live)
    }

    pub(super) fn flow_ends(&mut self, caller: &str, result: &str) -> Vec<Publication> {
        let Some((around, at)) = self.around_caller(caller) else { return Vec::new() };
        let data = json!({
            "id": around.flow, "customer_id": self.customer, "flow_id": self.customer, "status": "completed",
            "result": result, "tm_end": at,
        });
        let whole = self.whole_flow(&around, "ended", &json!({"id": Uuid::nil(), "type": ""}), &at);
        let documented = self.tell("activeflow.completed", &Resource::Activeflow, around.flow, data);
        let live = vec![self.tell_live(Some(List::Flows), "activeflow_updated", whole)];
        self.tells(documented, live)
    }

    fn whole_flow(&self, around: &OfCaller, status: &str, current: &Value, at: &str) -> Value {
        json!({
            "id": around.flow, "customer_id": self.customer, "flow_id": self.customer, "status": status,
            "reference_type": "call", "reference_id": around.call, "reference_activeflow_id": Uuid::nil(),
            "on_complete_flow_id": Uuid::nil(), "forward_action_id": Uuid::nil(), "current_action": current,
            "executed_actions": around.done, "tm_create": around.began, "tm_update": at, "tm_delete": Value::Null,
        })
    }

    /// A caller comes into a conference, or goes.
    pub(super) fn sits(&mut self, caller: &str, room: &str, comes: bool) -> Vec<Publication> {
        let Some((around, at)) = self.around_caller(caller) else { return Vec::new() };
        let new = || Room { id: Uuid::new_v4(), began: at.clone(), seats: Vec::new() };
        let known = self.around.rooms.entry(room.to_owned()).or_insert_with(new);
        known.seats.retain(|seat| *seat != around.call);
        if comes {
            known.seats.push(around.call);
        }
        let (id, count) = (known.id, known.seats.len());
        let whole = json!({
            "id": id, "customer_id": self.customer, "type": "conference", "status": "progressing", "name": room,
            "detail": "", "timeout": 0, "pre_flow_id": Uuid::nil(), "post_flow_id": Uuid::nil(),
            "conferencecall_ids": known.seats, "recording_id": Uuid::nil(), "transcribe_id": Uuid::nil(),
            "tm_create": known.began, "tm_update": at, "tm_delete": Value::Null,
        });
        let mut data = json!({"conference_id": id, "call_id": around.call, "participant_count": count, "name": room});
        let event = if comes {
            data["tm_join"] = json!(at);
            "conference.joined"
        } else {
            (data["tm_leave"], data["reason"]) = (json!(at), json!("hangup"));
            "conference.left"
        };
        let documented = self.tell(event, &Resource::Conference, id, data);
        let live = vec![self.tell_live(Some(List::Conferences), "conference_updated", whole)];
        self.tells(documented, live)
    }

    pub(super) fn room_ends(&mut self, room: &str) -> Vec<Publication> {
        let at = now_of(self).to_string();
        let Some(known) = self.around.rooms.remove(room) else { return Vec::new() };
        let data = json!({"conference_id": known.id, "name": room, "tm_end": at});
        let whole = json!({
            "id": known.id, "customer_id": self.customer, "type": "conference", "status": "terminated", "name": room,
            "detail": "", "timeout": 0, "pre_flow_id": Uuid::nil(), "post_flow_id": Uuid::nil(),
            "conferencecall_ids": [], "recording_id": Uuid::nil(), "transcribe_id": Uuid::nil(), "tm_end": at,
            "tm_create": known.began, "tm_update": at, "tm_delete": Value::Null,
        });
        let documented = self.tell("conference.ended", &Resource::Conference, known.id, data);
        let live = vec![self.tell_live(Some(List::Conferences), "conference_updated", whole)];
        self.tells(documented, live)
    }

    /// A caller's call is recorded from now on.
    pub(super) fn records(&mut self, caller: &str) -> Vec<Publication> {
        let Some((around, at)) = self.around_caller(caller) else { return Vec::new() };
        let id = Uuid::new_v4();
        if let Some(known) = self.around.of_callers.get_mut(caller) {
            known.recording = Some((id, at.clone()));
        }
        let data =
            json!({"id": id, "customer_id": self.customer, "call_id": around.call, "format": "wav", "tm_start": at});
        let documented = self.tell("recording.started", &Resource::Recording, id, data);
        let whole = self.whole_recording(&around, id, &at, None);
        let live = vec![self.tell_live(Some(List::Recordings), "recording_started", whole)];
        self.tells(documented, live)
    }

    pub(super) fn is_recorded(&self, caller: &str) -> bool {
        let call = self.callers.get(caller).and_then(|caller| caller.call.as_ref()).map(|call| call.id);
        self.around.of_callers.get(caller).is_some_and(|around| Some(around.call) == call && around.recording.is_some())
    }

    pub(super) fn recording_ends(&mut self, caller: &str) -> Vec<Publication> {
        let Some((around, at)) = self.around_caller(caller) else { return Vec::new() };
        let Some((id, began)) = around.recording.clone() else { return Vec::new() };
        self.around.files.push(id);
        if let Some(known) = self.around.of_callers.get_mut(caller) {
            known.recording = None;
        }
        let data = json!({
            "id": id, "customer_id": self.customer, "call_id": around.call, "duration": 300, "format": "wav",
            "size": RECORDED.len(), "reference_url": format!("https://storage.voipbin.net/recordings/{id}.wav"),
            "tm_start": began, "tm_complete": at,
        });
        let documented = self.tell("recording.completed", &Resource::Recording, id, data);
        let whole = self.whole_recording(&around, id, &began, Some(&at));
        let live = vec![self.tell_live(Some(List::Recordings), "recording_finished", whole)];
        self.tells(documented, live)
    }

    fn whole_recording(&self, around: &OfCaller, id: Uuid, began: &str, ended: Option<&str>) -> Value {
        let mut value = json!({
            "id": id, "customer_id": self.customer, "owner_type": "", "owner_id": Uuid::nil(),
            "activeflow_id": around.flow, "reference_type": "call", "reference_id": around.call,
            "status": if ended.is_some() { "ended" } else { "recording" }, "format": "wav",
            "on_end_flow_id": Uuid::nil(), "tm_start": began, "tm_create": began,
        });
        if let Some(ended) = ended {
            value["tm_end"] = json!(ended);
        }
        value
    }

    /// A caller says something, and it is written down.
    pub(super) fn says(&mut self, caller: &str, words: &str) -> Vec<Publication> {
        let Some((around, at)) = self.around_caller(caller) else { return Vec::new() };
        let Some(known) = self.around.of_callers.get_mut(caller) else { return Vec::new() };
        known.said.push(words.to_owned());
        let data = json!({
            "id": around.transcribe, "customer_id": self.customer, "call_id": around.call, "language": "en-US",
            "text": known.said.join(" "), "tm_complete": at,
        });
        let documented = self.tell("transcription.completed", &Resource::Transcription, around.transcribe, data);
        let whole = json!({
            "id": around.transcribe, "customer_id": self.customer, "activeflow_id": around.flow,
            "on_end_flow_id": Uuid::nil(), "reference_type": "call", "reference_id": around.call,
            "status": "progressing", "language": "en-US", "direction": "both", "provider": "", "tm_create": around.began,
            "tm_update": at, "tm_delete": Value::Null,
        });
        let spoken = json!({
            "id": Uuid::new_v4(), "customer_id": self.customer, "transcribe_id": around.transcribe,
            "streaming_id": around.transcribe, "direction": "in", "message": words, "tm_event": at, "tm_create": at,
        });
        let written = json!({
            "id": Uuid::new_v4(), "customer_id": self.customer, "transcribe_id": around.transcribe, "direction": "in",
            "message": words, "tm_transcript": "0001-01-01T00:00:04Z", "tm_create": at,
        });
        let live = vec![
            self.tell_live(None, "transcribe_progressing", whole),
            self.tell_live(None, "transcribe_speech_interim", spoken),
            self.tell_live(None, "transcript_created", written),
        ];
        self.tells(documented, live)
    }
}

/// What every recording holds: the head of a WAV file without a sound in it.
pub(crate) const RECORDED: &[u8] =
    b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\0\0\0";
