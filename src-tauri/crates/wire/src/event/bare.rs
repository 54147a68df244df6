//! Frames that are a resource and nothing else.
//!
//! The live service does not name its events: a frame is the whole object, and
//! what it is shows in the fields it has (live-service.md, sections 2.8 and 2.9).

use crate::address::AddressKind;
use crate::event::call::{CallFact, CallState, Direction};
use crate::event::conversation::{ConversationFact, VisitFact, WebchatFact};
use crate::event::message::MessageFact;
use crate::event::queue::{QueueFact, QueuePlace};
use crate::event::recording::{RecordingFact, RecordingStage};
use crate::event::ring::{RingFact, RingState};
use crate::event::talk::{TalkFact, TalkMessageFact, TalkSeatFact};
use crate::event::transcription::{SpeechFact, TranscriptionFact};
use crate::event::{AgentFact, ConferenceFact, Fact, FlowFact};
use crate::soft::{Drift, Read, read_payload};

macro_rules! field_names {
    ($($name:literal => $flag:ident),+ $(,)?) => {
        /// Which of the telling fields an object has.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub(crate) struct Has(u32);

        #[derive(Clone, Copy)]
        #[repr(u8)]
        enum Field { $($flag),+ }

        impl Has {
            /// Notes that the object has this field.
            pub(crate) fn note(&mut self, name: &str) {
                let field = match name {
                    $($name => Field::$flag,)+
                    _ => return,
                };
                self.0 |= 1 << field as u8;
            }

            fn all(self, fields: &[Field]) -> bool {
                fields.iter().all(|field| self.0 & (1 << *field as u8) != 0)
            }
        }
    };
}

field_names! {
    "id" => Id, "answer_call_id" => AnswerCall, "master_groupcall_id" => MasterGroupcall, "direction" => Direction,
    "destination" => Destination, "action" => Action, "conversation_id" => Conversation, "targets" => Targets,
    "peer" => Peer, "self" => Ours, "service_agent_id" => ServiceAgent, "username" => Username,
    "permission" => Permission, "chat_id" => Chat, "tm_joined" => Joined, "text" => Text, "streaming_id" => Streaming,
    "transcribe_id" => Transcribe, "language" => Language, "reference_type" => ReferenceType,
    "on_end_flow_id" => OnEndFlow, "format" => Format, "tm_start" => Start, "current_action" => CurrentAction,
    "session_id" => Session, "widget_id" => Widget, "pre_flow_id" => PreFlow, "post_flow_id" => PostFlow,
}

impl Has {
    /// Whether the object is one of its own, not an envelope around one.
    pub(crate) fn id(self) -> bool {
        self.all(&[Field::Id])
    }
}

macro_rules! bare_kinds {
    ($( $(#[$meta:meta])* $word:literal => $kind:ident: $fact:ident($payload:ty); )+) => {
        /// What a bare object is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum BareKind {
            $( $(#[$meta])* $kind, )+
        }

        /// Every kind of bare object this version knows.
        pub const BARE_KINDS: &[BareKind] = &[$(BareKind::$kind),+];

        impl BareKind {
            /// A word for counting.
            pub const fn as_word(self) -> &'static str {
                match self {
                    $( Self::$kind => $word, )+
                }
            }

            fn read_as_told(self, object: &str) -> Option<(Fact, Drift)> {
                match self {
                    $( Self::$kind => {
                        let Read { value, drift } = read_payload::<$payload>(object)?;
                        Some((Fact::$fact(value), drift))
                    } )+
                }
            }
        }
    };
}

bare_kinds! {
    /// A ring.
    "groupcall" => Ring: Ring(RingFact);
    /// A call.
    "call" => Call: Call(CallFact);
    /// A text inside a conversation.
    "conversation message" => ConversationMessage: Message(MessageFact);
    /// An SMS.
    "message" => Message: Message(MessageFact);
    /// A conversation.
    "conversation" => Conversation: Conversation(ConversationFact);
    /// A caller in a queue.
    "queuecall" => Queuecall: Queue(QueueFact);
    /// An agent.
    "agent" => Agent: Agent(AgentFact);
    /// A seat in a chat of the team.
    "chat participant" => TalkSeat: TalkSeat(TalkSeatFact);
    /// A message of the team.
    "chat message" => TalkMessage: TalkMessage(TalkMessageFact);
    /// Words as they are spoken.
    "speech" => Speech: Speech(SpeechFact);
    /// Words that were spoken.
    "transcript" => Transcript: Speech(SpeechFact);
    /// A transcription.
    "transcribe" => Transcribe: Transcription(TranscriptionFact);
    /// A recording.
    "recording" => Recording: Recording(RecordingFact);
    /// A running flow.
    "activeflow" => Activeflow: Flow(FlowFact);
    /// A text of a web chat.
    "webchat message" => WebchatMessage: Webchat(WebchatFact);
    /// A visit on a page with a web chat.
    "webchat session" => WebchatSession: Visit(VisitFact);
    /// A conference.
    "conference" => Conference: Conference(ConferenceFact);
    /// A chat of the team.
    "chat" => Talk: Talk(TalkFact);
}

impl BareKind {
    /// What an object is, by the fields it has; the first match wins (section 2.9).
    pub(crate) fn of(has: Has, kind: Option<&str>) -> Option<Self> {
        use Field::{
            Action, AnswerCall, Chat, Conversation, CurrentAction, Destination, Direction, Format, Joined, Language,
            MasterGroupcall, OnEndFlow, Ours, Peer, Permission, PostFlow, PreFlow, ReferenceType, ServiceAgent,
            Session, Start, Streaming, Targets, Text, Transcribe, Username, Widget,
        };
        let order: &[(Self, &[Field])] = &[
            (Self::Ring, &[AnswerCall, MasterGroupcall]),
            (Self::Call, &[Direction, Destination, Action]),
            (Self::ConversationMessage, &[Conversation]),
            (Self::Message, &[Targets]),
            (Self::Conversation, &[Peer, Ours]),
            (Self::Queuecall, &[ServiceAgent]),
            (Self::Agent, &[Username, Permission]),
            (Self::TalkSeat, &[Chat, Joined]),
            (Self::TalkMessage, &[Chat, Text]),
            // A conference has a `transcribe_id` too, so it is looked for before the
            // transcript, other than the section lists them.
            (Self::Conference, &[PreFlow, PostFlow]),
            (Self::Speech, &[Streaming, Transcribe]),
            (Self::Transcript, &[Transcribe]),
            (Self::Transcribe, &[Language, ReferenceType]),
            (Self::Recording, &[OnEndFlow, ReferenceType, Format]),
            (Self::Recording, &[OnEndFlow, ReferenceType, Start]),
            (Self::Activeflow, &[CurrentAction]),
            (Self::WebchatMessage, &[Session, Widget]),
            (Self::WebchatSession, &[Widget, Peer]),
        ];
        let found = order.iter().find(|(_, fields)| has.all(fields)).map(|(kind, _)| *kind);
        found.or_else(|| (has.id() && matches!(kind, Some("direct" | "group" | "talk"))).then_some(Self::Talk))
    }

    /// Reads the object; none when it is not one.
    pub(crate) fn read(self, object: &str) -> Option<(Fact, Drift)> {
        let (fact, drift) = self.read_as_told(object)?;
        Some((fact.settled(), drift))
    }
}

impl Fact {
    /// Says what the live service says in other fields, or not at all, in the
    /// words that the rest of the program knows.
    pub(crate) fn settled(self) -> Self {
        match self {
            Self::Call(call) => settled_call(call),
            Self::Queue(queue) => Self::Queue(settled_queue(queue)),
            Self::Message(message) => Self::Message(settled_message(message)),
            Self::Recording(mut recording) => {
                let ended = recording.status.as_deref() == Some("ended") || recording.tm_complete.is_some();
                recording.stage = Some(if ended { RecordingStage::Completed } else { RecordingStage::Started });
                Self::Recording(recording)
            }
            other => other,
        }
    }
}

/// A direction is that of one leg (section 3.4): what an agent dials comes into
/// the platform from the agent's phone, and what rings at the agent's phone
/// goes out to it. Here a call's direction is the customer's, and a leg that
/// rings at an agent's phone is a ring.
fn settled_call(mut call: CallFact) -> Fact {
    let from_a_phone_of_ours = call.agent_id.is_some()
        && matches!(
            call.source.as_ref().and_then(|end| end.kind.as_ref()),
            Some(AddressKind::Extension | AddressKind::Agent | AddressKind::Sip)
        );
    if call.direction == Some(Direction::Inbound) && from_a_phone_of_ours {
        call.direction = Some(Direction::Outbound);
        return Fact::Call(call);
    }
    let rings_at_a_phone_of_ours =
        call.direction == Some(Direction::Outbound) && call.agent_id.is_some() && call.master_call_id.is_some();
    if !rings_at_a_phone_of_ours {
        return Fact::Call(call);
    }
    let was_answered = call.status == Some(CallState::Answered) || call.tm_progressing.is_some();
    let is_over = call.status == Some(CallState::Hangup);
    Fact::Ring(RingFact {
        answer_call_id: call.id.clone().filter(|_| was_answered),
        id: call.id,
        customer_id: call.customer_id,
        agent_id: call.agent_id,
        call_id: call.master_call_id,
        status: Some(if is_over { RingState::Hangup } else { RingState::Progressing }),
        source: call.source,
        tm_create: call.tm_create,
        tm_update: call.tm_end.filter(|_| is_over).max(call.tm_update),
        ..RingFact::default()
    })
}

fn settled_queue(mut queue: QueueFact) -> QueueFact {
    let (place, reason) = match queue.status.as_deref() {
        Some("service") => (QueuePlace::Connected, None),
        Some(reason @ ("done" | "abandoned" | "kicking")) => (QueuePlace::Left, Some(reason)),
        _ => (QueuePlace::Waiting, None),
    };
    queue.reason = queue.reason.or(reason.map(str::to_owned));
    queue.wait_time = queue.wait_time.or(queue.duration_waiting.map(|millis| millis / 1000));
    queue.place = Some(place);
    queue
}

fn settled_message(mut message: MessageFact) -> MessageFact {
    if message.reference_type.as_deref() == Some("message")
        && let Some(sms) = message.reference_id.take()
    {
        message.id = Some(sms);
    }
    if let Some(target) = message.targets.as_ref().and_then(|targets| targets.first()) {
        message.status = message.status.or_else(|| target.status.clone());
        message.destination = message.destination.or_else(|| target.destination.clone());
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Frame, Kind, Told, WhyUnknown};

    const RING: &str = r#"{"id":"5b1d0000-0000-4000-8000-000000000010","customer_id":"c0ff","owner_type":"agent","owner_id":"7a0e","status":"progressing",
        "source":{"type":"tel","target":"+14155550123"},"destinations":[{"type":"agent","target":"7a0e","target_name":"Dana"}],
        "master_call_id":"ca11","master_groupcall_id":"00000000-0000-0000-0000-000000000000","ring_method":"ring_all",
        "answer_call_id":"00000000-0000-0000-0000-000000000000","answer_groupcall_id":"00000000-0000-0000-0000-000000000000",
        "groupcall_ids":["5b1d11"],"groupcall_count":1,"tm_create":"2026-08-22T10:28:27.41Z"}"#;

    fn told(text: &str) -> Told {
        match Frame::decode(text) {
            Frame::Told(told) => *told,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_frame_of_the_live_service_is_known_for_what_it_is_and_has_nothing_strange() {
        let frames = include_str!("../../../../../tests/fixtures/live/five-callers.jsonl");
        let mut kinds = std::collections::BTreeSet::new();
        for line in frames.lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let event = line["event"].as_str().unwrap();
            let told = told(&line["frame"].to_string());
            let Kind::Bare(kind) = told.kind else { panic!("{event} is not bare") };
            let expected = match event {
                event if event.starts_with("conversation_message_") => "conversation message",
                event if event.starts_with("transcribe_speech_") => "speech",
                event if event.starts_with("webchat_message_") => "webchat message",
                event if event.starts_with("webchat_session_") => "webchat session",
                event if event.starts_with("chatmessage_") => "chat message",
                event if event.starts_with("chatparticipant_") => "chat participant",
                event => event.split('_').next().unwrap(),
            };
            assert_eq!(kind.as_word(), expected, "{event}");
            assert!(told.drift.is_none(), "{event}: {:?}", told.drift);
            assert!(told.at.is_some(), "{event} says when");
            kinds.insert(kind);
        }
        assert!(kinds.len() >= 13, "{kinds:?}");
    }

    #[test]
    fn an_identifier_of_zeros_is_none() {
        let Fact::Ring(ring) = told(RING).fact else { panic!("not a ring") };
        assert_eq!((ring.is_answered(), ring.inside_of.as_deref(), ring.key()), (false, None, Some("ca11")));
    }

    #[test]
    fn the_older_wrapped_form_says_the_same_as_the_bare_one() {
        let wrapped = format!(r#"{{"type":"groupcall_created","data":{RING}}}"#);
        assert_eq!(told(&wrapped), told(RING));
        let strange = r#"{"type":"fax_created","data":{"id":"x","pages":3}}"#;
        let Frame::Unknown(unknown) = Frame::decode(strange) else { panic!("not unknown") };
        assert_eq!((unknown.kind.as_deref(), unknown.why), (Some("fax_created"), WhyUnknown::Kind));
    }

    #[test]
    fn an_object_with_a_type_and_data_of_its_own_is_not_taken_for_an_envelope() {
        let conference = r#"{"id":"f1","type":"conference","status":"progressing","data":{"a":1},"pre_flow_id":"x","post_flow_id":"y"}"#;
        assert_eq!(told(conference).kind, Kind::Bare(BareKind::Conference));
        let chat = r#"{"id":"t1","type":"direct","name":"","tm_create":null}"#;
        assert_eq!(told(chat).kind, Kind::Bare(BareKind::Talk));
    }

    #[test]
    fn a_leg_towards_the_agents_phone_is_a_ring_and_one_from_it_is_an_outgoing_call() {
        let leg = |direction: &str, source: &str, master: &str, status: &str| {
            format!(
                r#"{{"id":"leg","owner_type":"agent","owner_id":"me","direction":"{direction}","source":{{"type":"{source}","target":"+1"}},
                "destination":{{"type":"tel","target":"+2"}},"action":{{}},"master_call_id":"{master}","status":"{status}"}}"#
            )
        };
        let Fact::Ring(ring) = told(&leg("outgoing", "tel", "ca11", "progressing")).fact else { panic!("not a ring") };
        assert_eq!((ring.key(), ring.is_answered(), ring.is_over()), (Some("ca11"), true, false));
        let Fact::Call(call) = told(&leg("incoming", "extension", "", "ringing")).fact else { panic!("not a call") };
        assert_eq!(call.direction, Some(Direction::Outbound));
        let Fact::Call(call) = told(&leg("incoming", "tel", "", "ringing")).fact else { panic!("not a call") };
        assert_eq!(call.direction, Some(Direction::Inbound));
    }

    #[test]
    fn a_text_told_as_sms_and_as_conversation_is_one_text() {
        let sms = r#"{"id":"s1","type":"sms","source":{"type":"tel","target":"+1"},"text":"Hi","direction":"inbound",
            "targets":[{"destination":{"type":"tel","target":"+2"},"status":"received","parts":1}]}"#;
        let part = r#"{"id":"p1","conversation_id":"v1","reference_id":"s1","reference_type":"message","direction":"incoming","status":"done",
            "source":{"type":"tel","target":"+1"},"destination":{"type":"tel","target":"+2"},"text":"Hi","medias":null}"#;
        assert_eq!(told(sms).fact.object(), ("message", "s1"));
        assert_eq!(told(part).fact.object(), ("message", "s1"));
        let Fact::Message(message) = told(sms).fact else { panic!("not a text") };
        assert_eq!(message.destination.and_then(|end| end.target).as_deref(), Some("+2"));
    }

    #[test]
    fn only_what_says_nothing_new_is_needless() {
        let first = told(RING);
        let later = told(&RING.replace("10:28:27.41Z", "10:28:28Z"));
        assert!(later.makes_needless(&first) && !first.makes_needless(&later) && first.makes_needless(&first));
        let answered = told(
            &RING.replace(r#""answer_call_id":"00000000-0000-0000-0000-000000000000""#, r#""answer_call_id":"l""#),
        );
        assert!(!answered.makes_needless(&first), "an answer is a transition");
    }
}
