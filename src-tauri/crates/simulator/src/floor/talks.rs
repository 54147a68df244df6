//! What the team writes to each other (live-service.md, sections 3.10 and 4.9).

use hyper::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;
use voipbin_wire::Timestamp;

use super::Floor;
use super::acting::Refused;
use super::live::{List, now_of};
use crate::Publication;

/// What the routes of the team's chats answer where something is gone
/// (live-service.md, section 4.9).
const GONE: Refused = (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL");

/// A chat of the team.
#[derive(Debug)]
pub(crate) struct Room {
    id: Uuid,
    /// A channel that anybody can join has a name; else it is a chat of two.
    channel: Option<(String, String)>,
    members: Vec<Uuid>,
    /// How often somebody came: whoever joins again is counted again.
    came: usize,
    began: String,
    is_over: bool,
}

/// A file that was handed in.
#[derive(Debug)]
pub(crate) struct SharedFile {
    id: Uuid,
    name: String,
    bytes: Vec<u8>,
}

impl Floor {
    /// A page of the chats that an agent is in.
    pub(crate) fn talks_json(&self, agent: Uuid, size: usize, token: Option<&str>) -> Value {
        self.rooms_json(agent, size, token, |room| room.members.contains(&agent))
    }

    /// A page of the channels that anybody can join.
    pub(crate) fn channels_json(&self, agent: Uuid, size: usize, token: Option<&str>) -> Value {
        self.rooms_json(agent, size, token, |room| room.channel.is_some())
    }

    fn rooms_json(&self, agent: Uuid, size: usize, token: Option<&str>, is_on_it: impl Fn(&Room) -> bool) -> Value {
        let began = |room: &&Room| Timestamp::parse(&room.began);
        let before = token.and_then(Timestamp::parse);
        let mut rooms: Vec<&Room> = self.talks.iter().rev().filter(|room| !room.is_over && is_on_it(room)).collect();
        rooms.retain(|room| before.is_none_or(|before| began(room).is_some_and(|at| at < before)));
        rooms.sort_by_key(|room| std::cmp::Reverse(began(room)));
        rooms.truncate(size);
        let next = rooms.last().map(|room| room.began.clone()).unwrap_or_default();
        let rooms: Vec<Value> = rooms.into_iter().map(|room| self.talk_json(room, agent)).collect();
        json!({"result": rooms, "next_page_token": next})
    }

    /// How a chat stands.
    pub(crate) fn room_json(&self, chat: &str, agent: Uuid) -> Result<Value, Refused> {
        self.room(chat).map(|room| self.talk_json(room, agent))
    }

    fn room(&self, chat: &str) -> Result<&Room, Refused> {
        self.talks.iter().find(|room| room.id.to_string() == chat && !room.is_over).ok_or(GONE)
    }

    /// A chat is closed for everybody in it.
    pub(crate) fn close_talk(&mut self, chat: &str, agent: Uuid) -> Result<(Value, Vec<Publication>), Refused> {
        self.member(chat, agent)?;
        let mut value = self.room_json(chat, agent)?;
        value["tm_delete"] = json!(now_of(self).to_string());
        let told = self.told_in(chat, None, "chat_deleted", value.clone());
        self.talks.iter_mut().filter(|room| room.id.to_string() == chat).for_each(|room| room.is_over = true);
        Ok((value, told))
    }

    /// Somebody closes the channel of this name, as a scenario says.
    pub(crate) fn closes_channel(&mut self, name: &str) -> Vec<Publication> {
        let is_it = |room: &&Room| !room.is_over && room.channel.as_ref().is_some_and(|(known, _)| known == name);
        let found = self.talks.iter().find(is_it).map(|room| (room.id.to_string(), room.members.first().copied()));
        let Some((chat, Some(member))) = found else { return Vec::new() };
        self.close_talk(&chat, member).map(|(_, told)| told).unwrap_or_default()
    }

    fn talk_json(&self, room: &Room, for_agent: Uuid) -> Value {
        let others = self.agents.iter().filter(|agent| room.members.contains(&agent.id) && agent.id != for_agent);
        let (kind, name, detail) = match &room.channel {
            Some((name, detail)) => ("talk", name.clone(), detail.as_str()),
            None => ("direct", others.map(|agent| agent.name.clone()).collect::<Vec<_>>().join(", "), ""),
        };
        json!({
            "id": room.id, "customer_id": self.customer, "type": kind, "name": name, "detail": detail,
            "member_count": room.came, "tm_create": room.began, "tm_update": room.began, "tm_delete": Value::Null,
        })
    }

    /// Opens a channel, or the chat of two agents where they have none yet.
    pub(crate) fn open_talk(&mut self, agent: Uuid, body: &Value) -> Result<Value, Refused> {
        if body["type"] == json!("talk") {
            let word = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
            let channel = Some((word("name"), word("detail")));
            self.talks.push(Room {
                id: Uuid::new_v4(),
                channel,
                members: vec![agent],
                came: 1,
                began: now_of(self).to_string(),
                is_over: false,
            });
            return Ok(self.talks.last().map(|room| self.talk_json(room, agent)).unwrap_or_default());
        }
        let other = body["participants"][0]["owner_id"].as_str().and_then(|id| Uuid::parse_str(id).ok());
        let other = other.filter(|id| *id != agent && self.agents.iter().any(|known| known.id == *id));
        let other = other.ok_or((StatusCode::BAD_REQUEST, "INVALID_ARGUMENT"))?;
        let id = self.room_of(agent, other);
        let room = self.talks.iter().find(|room| room.id == id);
        Ok(room.map(|room| self.talk_json(room, agent)).unwrap_or_default())
    }

    /// Somebody joins a channel; a chat of two nobody can join. Who is in it
    /// already comes once more, and everybody is told so.
    pub(crate) fn join_talk(&mut self, chat: &str, agent: Uuid) -> Result<(Value, Vec<Publication>), Refused> {
        let room = self.talks.iter_mut().find(|room| room.id.to_string() == chat && !room.is_over).ok_or(GONE)?;
        if room.channel.is_none() {
            return Err((StatusCode::FORBIDDEN, "PERMISSION_DENIED"));
        }
        room.came += 1;
        if !room.members.contains(&agent) {
            room.members.push(agent);
        }
        let seat = json!({
            "id": Uuid::new_v4(), "customer_id": self.customer, "owner_type": "agent", "owner_id": agent, "chat_id": chat,
            "tm_joined": now_of(self).to_string(),
        });
        Ok((seat.clone(), self.told_in(chat, None, "chatparticipant_added", seat)))
    }

    /// Somebody takes an own message back.
    pub(crate) fn take_back_in_talk(
        &mut self,
        message: &str,
        agent: Uuid,
    ) -> Result<(Value, Vec<Publication>), Refused> {
        let known = self.records.get(List::TalkMessages, message).cloned();
        let mut value = known.filter(|known| known["tm_delete"].is_null()).ok_or(GONE)?;
        if value["owner_id"] != json!(agent) {
            return Err((StatusCode::FORBIDDEN, "PERMISSION_DENIED"));
        }
        value["tm_delete"] = json!(now_of(self).to_string());
        Ok((value.clone(), self.talk_told("chatmessage_deleted", value)))
    }

    /// The messages of a chat, for those who are in it.
    pub(crate) fn talk_page(
        &self,
        chat: &str,
        agent: Uuid,
        size: usize,
        token: Option<&str>,
    ) -> Result<Value, Refused> {
        self.member(chat, agent)?;
        let is_there = |item: &Value| item["chat_id"] == json!(chat) && item["tm_delete"].is_null();
        Ok(self.records.page(List::TalkMessages, size, token, is_there))
    }

    /// Somebody writes in a chat.
    pub(crate) fn say_in_talk(
        &mut self,
        chat: &str,
        text: &str,
        medias: &Value,
        agent: Uuid,
    ) -> Result<(Value, Vec<Publication>), Refused> {
        self.member(chat, agent)?;
        let value = json!({
            "id": Uuid::new_v4(), "customer_id": self.customer, "owner_type": "agent", "owner_id": agent, "chat_id": chat,
            "parent_id": Value::Null, "type": "normal", "text": text, "medias": medias, "metadata": {"reactions": []},
            "tm_create": now_of(self).to_string(), "tm_update": Value::Null, "tm_delete": Value::Null,
        });
        Ok((value.clone(), self.talk_told("chatmessage_created", value)))
    }

    pub(crate) fn react(
        &mut self,
        message: &str,
        emoji: &str,
        agent: Uuid,
    ) -> Result<(Value, Vec<Publication>), Refused> {
        let known = self.records.get(List::TalkMessages, message).cloned();
        let mut value = known.filter(|known| known["tm_delete"].is_null()).ok_or(GONE)?;
        self.member(value["chat_id"].as_str().unwrap_or_default(), agent)?;
        let reaction =
            json!({"emoji": emoji, "owner_type": "agent", "owner_id": agent, "tm_create": now_of(self).to_string()});
        if let Some(reactions) = value["metadata"]["reactions"].as_array_mut() {
            reactions.retain(|known| known["owner_id"] != reaction["owner_id"] || known["emoji"] != reaction["emoji"]);
            reactions.push(reaction);
        }
        Ok((value.clone(), self.talk_told("chatmessage_updated", value)))
    }

    /// Keeps a file that is to be shared.
    pub(crate) fn keep_file(&mut self, name: String, bytes: Vec<u8>) -> Value {
        let id = Uuid::new_v4();
        let file = SharedFile { id, name, bytes };
        let value = self.file_json(&file);
        self.shared.push(file);
        value
    }

    pub(crate) fn file(&self, id: &str) -> Option<Value> {
        self.shared.iter().find(|file| file.id.to_string() == id).map(|file| self.file_json(file))
    }

    pub(crate) fn file_bytes(&self, id: &str) -> Option<Vec<u8>> {
        self.shared.iter().find(|file| file.id.to_string() == id).map(|file| file.bytes.clone())
    }

    fn file_json(&self, file: &SharedFile) -> Value {
        json!({
            "id": file.id, "customer_id": self.customer, "type": "talk", "name": file.name, "filename": file.name,
            "filesize": file.bytes.len(), "tm_create": now_of(self).to_string(),
        })
    }

    /// A colleague writes to another one, as a scenario says.
    pub(crate) fn writes_to(&mut self, from: &str, to: &str, text: &str) -> Vec<Publication> {
        let id = |word: &str| self.agents.iter().find(|agent| agent.word == word).map(|agent| agent.id);
        let (Some(from), Some(to)) = (id(from), id(to)) else { return Vec::new() };
        let chat = self.room_of(from, to).to_string();
        self.say_in_talk(&chat, text, &json!([]), from).map(|(_, told)| told).unwrap_or_default()
    }

    fn room_of(&mut self, one: Uuid, other: Uuid) -> Uuid {
        let is_theirs =
            |room: &&Room| room.channel.is_none() && room.members.contains(&one) && room.members.contains(&other);
        if let Some(room) = self.talks.iter().find(is_theirs) {
            return room.id;
        }
        let room = Room {
            id: Uuid::new_v4(),
            channel: None,
            members: vec![one, other],
            came: 2,
            began: now_of(self).to_string(),
            is_over: false,
        };
        let id = room.id;
        self.talks.push(room);
        id
    }

    fn member(&self, chat: &str, agent: Uuid) -> Result<(), Refused> {
        let room = self.room(chat)?;
        if room.members.contains(&agent) { Ok(()) } else { Err((StatusCode::FORBIDDEN, "PERMISSION_DENIED")) }
    }

    fn talk_told(&mut self, event: &'static str, value: Value) -> Vec<Publication> {
        let chat = value["chat_id"].as_str().unwrap_or_default().to_owned();
        self.told_in(&chat, Some(List::TalkMessages), event, value)
    }

    /// Everybody in the chat hears of it on a topic of their own; the documented
    /// service has no word for it.
    fn told_in(&mut self, chat: &str, list: Option<List>, event: &'static str, value: Value) -> Vec<Publication> {
        let members: Vec<Uuid> = self
            .talks
            .iter()
            .filter(|room| room.id.to_string() == chat)
            .flat_map(|room| room.members.clone())
            .collect();
        let resource = event.split('_').next().unwrap_or(event);
        let mut told = self.tell_live(list, event, value);
        let of = |agent: Uuid| {
            [
                format!("agent_id:{agent}:{resource}:{}", told.id),
                format!("agent_id:{agent}:{resource}:{event}:{}", told.id),
            ]
        };
        told.topics = members.into_iter().flat_map(of).collect();
        self.tells(Vec::new(), vec![told])
    }
}
