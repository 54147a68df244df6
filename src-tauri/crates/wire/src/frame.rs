//! One text from the service.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed as _, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::clean::one_line;
use crate::event::bare::{BareKind, Has};
use crate::event::{EventKind, Told};
use crate::repair::repaired;
use crate::reply::{Ack, ErrorCode, Refusal};
use crate::soft::{Key, REPAIRED, Word};
use crate::time::Timestamp;
use crate::topic::TopicParts;

/// What one text from the service says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// Something happened.
    Told(Box<Told>),
    /// A subscription, or its end, was taken.
    Ack(Ack),
    /// A subscription, or its end, was refused.
    Refusal(Refusal),
    /// Nothing this version can use.
    Unknown(Unknown),
}

/// A text this version cannot use, kept whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What it called itself, where it did.
    pub kind: Option<String>,
    /// What is missing.
    pub why: WhyUnknown,
    /// The text as received. May hold a customer's words: not for the log.
    pub text: String,
}

/// Why a text could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WhyUnknown {
    /// It is no JSON object.
    NotAnObject,
    /// It has neither `event_type` nor `type`, nor the fields of a known object.
    NoKind,
    /// Its kind is not known.
    Kind,
    /// Its kind is known, but the payload is missing or does not say what it is about.
    Payload,
}

impl Frame {
    /// Reads a text from the service. Never fails.
    pub fn decode(text: &str) -> Self {
        let unknown = match Self::read(text) {
            Self::Unknown(unknown) => unknown,
            known => return known,
        };
        let Some(repaired) = repaired(text) else { return Self::Unknown(unknown) };
        match Self::read(&repaired) {
            Self::Unknown(after) => Self::Unknown(Unknown { text: unknown.text, ..after }),
            Self::Told(mut told) => {
                told.drift.misfit.push(REPAIRED);
                Self::Told(told)
            }
            answer => answer,
        }
    }

    fn read(text: &str) -> Self {
        match serde_json::from_str::<Envelope<'_>>(text) {
            Ok(envelope) => envelope.open(text).unwrap_or_else(|(kind, why)| Self::unknown(text, kind, why)),
            Err(_) => Self::unknown(text, None, WhyUnknown::NotAnObject),
        }
    }

    fn unknown(text: &str, kind: Option<String>, why: WhyUnknown) -> Self {
        Self::Unknown(Unknown { kind, why, text: text.to_owned() })
    }
}

/// The outer object of a message, its values still as text: the documented
/// envelope, the older wrapped form, or the object itself.
#[derive(Default)]
struct Envelope<'a> {
    has: Has,
    event_type: Word<'a>,
    r#type: Word<'a>,
    timestamp: Word<'a>,
    topic: Word<'a>,
    data: Option<Data<'a>>,
    action: Word<'a>,
    topics: Option<&'a RawValue>,
    code: Word<'a>,
    message: Word<'a>,
    status: Word<'a>,
}

/// The payload: read at once where the event was named before it, else as text.
enum Data<'a> {
    Read(EventKind, Option<Box<Told>>),
    Text(&'a RawValue),
}

impl Data<'_> {
    fn says_something(&self) -> bool {
        match self {
            Self::Read(_, read) => read.is_some(),
            Self::Text(text) => text.get().starts_with('{'),
        }
    }
}

impl Envelope<'_> {
    fn open(mut self, whole: &str) -> Result<Frame, (Option<String>, WhyUnknown)> {
        if self.event_type.as_str().is_none()
            && let Some(told) = self.bare(whole)
        {
            return Ok(Frame::Told(Box::new(told)));
        }
        let kind = match (self.event_type.as_str(), self.r#type.as_str()) {
            (None, Some("ack")) => return Ok(Frame::Ack(self.ack())),
            (None, Some("error")) => return Ok(Frame::Refusal(self.refusal())),
            (Some(kind), _) | (None, Some(kind)) => kind,
            (None, None) => {
                let told = self.wrapped().map(|told| Frame::Told(Box::new(told)));
                return told.ok_or((None, WhyUnknown::NoKind));
            }
        };
        let Some(known) = EventKind::from_word(kind) else {
            let unknown = (Some(kind.to_owned()), WhyUnknown::Kind);
            let told = self.wrapped().map(|told| Frame::Told(Box::new(told)));
            return told.filter(|_| self.event_type.as_str().is_none()).ok_or(unknown);
        };
        let read = match self.data.take() {
            Some(Data::Read(kind, read)) if kind == known => read,
            Some(Data::Text(data)) => {
                known.deserialize(&mut serde_json::Deserializer::from_str(data.get())).ok().flatten()
            }
            Some(Data::Read(..)) | None => None,
        };
        let topic = self.topic.as_str().and_then(|topic| TopicParts::of(topic).ok());
        let told_at = || Timestamp::parse(self.timestamp.as_str()?);
        read.and_then(|told| told.complete(topic, told_at))
            .map(Frame::Told)
            .ok_or_else(|| (Some(known.as_word().to_owned()), WhyUnknown::Payload))
    }

    /// The object itself (live-service.md, section 2.8): only an object has an `id`.
    fn bare(&self, whole: &str) -> Option<Told> {
        if !self.has.id() {
            return None;
        }
        Told::read_bare(BareKind::of(self.has, self.r#type.as_str())?, whole)
    }

    /// `{"type":"<event>","data":{…}}` without an `id` of its own: what the
    /// object is shows in its fields, as ever.
    fn wrapped(&self) -> Option<Told> {
        if self.has.id() {
            return None;
        }
        let Some(Data::Text(data)) = self.data else { return None };
        let data = data.get();
        serde_json::from_str::<Envelope<'_>>(data).ok()?.bare(data)
    }

    fn ack(self) -> Ack {
        let success = self.status.as_str().is_none_or(|status| status == "success");
        Ack { topics: self.topics(), action: self.action.into_owned(), success }
    }

    fn refusal(self) -> Refusal {
        Refusal {
            topics: self.topics(),
            code: ErrorCode::from_word(self.code.as_str().unwrap_or_default()),
            action: self.action.into_owned(),
            message: one_line(self.message.as_str().unwrap_or_default()).into_owned(),
        }
    }

    /// The strings among `topics`; anything else is passed over.
    fn topics(&self) -> Vec<String> {
        let text = self.topics.map(RawValue::get).unwrap_or_default();
        let read = |text| serde_json::from_str::<Vec<Word<'_>>>(text).ok();
        let repaired = read(text).is_none().then(|| repaired(text)).flatten();
        let items = read(repaired.as_deref().unwrap_or(text)).unwrap_or_default();
        items.into_iter().filter_map(Word::into_owned).collect()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Envelope<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct EnvelopeVisitor;

        impl<'de> Visitor<'de> for EnvelopeVisitor {
            type Value = Envelope<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut envelope = Envelope::default();
                while let Some(Key(key)) = map.next_key()? {
                    envelope.has.note(&key);
                    let slot = match key.as_ref() {
                        "event_type" => &mut envelope.event_type,
                        "type" => &mut envelope.r#type,
                        "timestamp" => &mut envelope.timestamp,
                        "topic" => &mut envelope.topic,
                        "action" => &mut envelope.action,
                        "code" => &mut envelope.code,
                        "message" => &mut envelope.message,
                        "status" => &mut envelope.status,
                        "topics" => {
                            envelope.topics = Some(map.next_value()?);
                            continue;
                        }
                        "data" => {
                            let data = match envelope.event_type.as_str().and_then(EventKind::from_word) {
                                Some(kind) => Data::Read(kind, map.next_value_seed(kind)?),
                                None => Data::Text(map.next_value()?),
                            };
                            if data.says_something() || envelope.data.is_none() {
                                envelope.data = Some(data);
                            }
                            continue;
                        }
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                            continue;
                        }
                    };
                    let mut word: Word<'_> = map.next_value()?;
                    if matches!(key.as_ref(), "event_type" | "type" | "action" | "status") {
                        word = word.folded();
                    }
                    if word.as_str().is_some_and(|word| !word.is_empty()) {
                        *slot = word;
                    }
                }
                Ok(envelope)
            }
        }

        from.deserialize_map(EnvelopeVisitor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::event::{Fact, Kind};
    use crate::{CallState, EVENTS};

    fn told(text: &str) -> Told {
        match Frame::decode(text) {
            Frame::Told(told) => *told,
            other => panic!("expected an event, got {other:?}"),
        }
    }

    fn why(text: &str) -> WhyUnknown {
        match Frame::decode(text) {
            Frame::Unknown(unknown) => {
                assert_eq!(unknown.text, text, "what is not understood is kept");
                unknown.why
            }
            other => panic!("expected nothing usable, got {other:?}"),
        }
    }

    const ANSWERED: &str = r#"{"event_type":"call.status","timestamp":"2024-01-15T10:30:05.000000Z",
        "topic":"agent_id:agent1:call:xyz789","data":{"id":"xyz789","status":"answered","previous_status":"ringing",
        "tm_update":"2024-01-15T10:30:05.000000Z"}}"#;

    #[test]
    fn an_event_says_what_when_and_for_whom() {
        let told = told(ANSWERED);
        assert_eq!(told.kind, Kind::Named(EventKind::CallStatus));
        assert_eq!(told.at, Timestamp::parse("2024-01-15T10:30:05Z"));
        assert_eq!(told.for_agent.as_deref(), Some("agent1"));
        let Fact::Call(call) = told.fact else { panic!("not a call") };
        assert_eq!(call.status, Some(CallState::Answered));
        assert!(told.drift.is_none(), "the documented payload has nothing strange");
    }

    #[test]
    fn the_kind_is_found_under_type_as_well() {
        assert_eq!(told(&ANSWERED.replace("event_type", "type")).kind, Kind::Named(EventKind::CallStatus));
    }

    #[test]
    fn strange_fields_are_named_and_cost_nothing_else() {
        let told = told(
            r#"{"event_type":"queue.joined","topic":"agent_id:a:queue:q1","data":
            {"call_id":"c1","position":"third","estimated_wait":{"s":1},"mood":[1,{"x":2}],"tm_join":null}}"#,
        );
        let Fact::Queue(queue) = &told.fact else { panic!("not a queue") };
        assert_eq!(queue.queue_id.as_deref(), Some("q1"), "the topic says which queue");
        assert_eq!((queue.position, queue.estimated_wait), (None, None));
        assert_eq!(told.drift.misfit, ["position", "estimated_wait"]);
        assert_eq!(told.drift.unknown, ["mood"]);
    }

    #[test]
    fn an_event_named_ended_ends_the_call_whatever_its_payload_forgets() {
        let Fact::Call(call) = told(r#"{"event_type":"call.ended","data":{"id":"c1"}}"#).fact else {
            panic!("not a call")
        };
        assert_eq!(call.status, Some(CallState::Hangup));
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        assert_eq!(why("hello"), WhyUnknown::NotAnObject);
        assert_eq!(why("[1,2]"), WhyUnknown::NotAnObject);
        assert_eq!(why(r#"{"event_type":"call.status","data":{"id":"x"}"#), WhyUnknown::NotAnObject);
        assert_eq!(why("{}"), WhyUnknown::NoKind);
        assert_eq!(why(r#"{"event_type":7}"#), WhyUnknown::NoKind);
        assert_eq!(why(r#"{"event_type":"fax.received","data":{}}"#), WhyUnknown::Kind);
        assert_eq!(why(r#"{"event_type":"call.status"}"#), WhyUnknown::Payload);
        assert_eq!(why(r#"{"event_type":"call.status","data":"x"}"#), WhyUnknown::Payload);
        assert_eq!(why(r#"{"event_type":"call.status","data":{"status":"ringing"}}"#), WhyUnknown::Payload);
        assert_eq!(why(r#"{"event_type":"queue.joined","data":{"queue_id":"q"}}"#), WhyUnknown::Payload);
    }

    #[test]
    fn acknowledgments_and_refusals_are_read_as_documented() {
        let ack = Frame::decode(
            r#"{"type":"ack","action":"subscribe","topics":["customer_id:abc123:call:*"],"status":"success"}"#,
        );
        assert_eq!(
            ack,
            Frame::Ack(Ack {
                action: Some("subscribe".into()),
                topics: vec!["customer_id:abc123:call:*".into()],
                success: true
            })
        );
        for (word, code) in [
            ("PERMISSION_DENIED", ErrorCode::PermissionDenied),
            ("INVALID_TOPIC", ErrorCode::InvalidTopic),
            ("INVALID_MESSAGE", ErrorCode::InvalidMessage),
            ("RATE_LIMITED", ErrorCode::RateLimited),
            ("TEAPOT", ErrorCode::Other("TEAPOT".into())),
        ] {
            let text =
                format!(r#"{{"type":"error","action":"subscribe","topics":["t",5],"code":"{word}","message":"no"}}"#);
            let Frame::Refusal(refusal) = Frame::decode(&text) else { panic!("not a refusal") };
            assert_eq!((refusal.code, refusal.topics), (code, vec!["t".to_owned()]));
        }
    }

    #[test]
    fn an_event_with_nothing_but_its_identifiers_is_still_an_event() {
        for kind in EVENTS {
            let text = format!(
                r#"{{"event_type":"{}","data":{{"id":"i","call_id":"c","queue_id":"q","agent_id":"a","conference_id":"f"}}}}"#,
                kind.as_word()
            );
            assert_eq!(told(&text).kind, Kind::Named(*kind));
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        use serde_json::Value;
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "\\PC{0,12}".prop_map(Value::from),
            Just(Value::from("2024-01-15T10:30:00Z")),
        ];
        let key = prop_oneof![
            "[a-z_]{1,8}",
            proptest::sample::select(vec![
                "id",
                "call_id",
                "queue_id",
                "status",
                "source",
                "position",
                "type",
                "tm_update"
            ])
            .prop_map(str::to_owned),
        ];
        leaf.prop_recursive(3, 24, 6, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::hash_map(key.clone(), inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_decoder(text in "\\PC{0,80}") {
            let _ = Frame::decode(&text);
        }

        #[test]
        fn no_payload_breaks_the_decoder_and_the_kind_is_never_lost(at in 0..EVENTS.len(), data in json()) {
            let kind = EVENTS[at];
            let text = serde_json::json!({"event_type": kind.as_word(), "data": data}).to_string();
            match Frame::decode(&text) {
                Frame::Told(told) => prop_assert_eq!(told.kind, Kind::Named(kind)),
                Frame::Unknown(unknown) => prop_assert_eq!(unknown.kind.as_deref(), Some(kind.as_word())),
                other => prop_assert!(false, "neither event nor unknown: {:?}", other),
            }
        }
    }
}
