//! What the link's state means for the agent.

use ringside_words::{Message, say};
use voipbin_wire::{ErrorCode, Resource, Scope, Topic};

use crate::around::Around;
use crate::shelf::set;
use crate::view::{LinkView, NotReadView};
use crate::{Desk, Millis};

/// The link as the desk needs to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkNotice {
    /// Where it stands.
    pub stage: LinkStage,
    /// When the next attempt starts, when one is planned.
    pub retry_at: Option<Millis>,
    /// Milliseconds there and back.
    pub round_trip_ms: Option<i64>,
    /// Topics that deliver.
    pub confirmed: Vec<Topic>,
    /// Topics the service refused, its code for why, and its own words, if any.
    pub refused: Vec<(Topic, ErrorCode, String)>,
    /// Why the link was last lost.
    pub why: Option<Message>,
    /// When it was last proven that nothing was missed; none where nobody knows.
    pub proven_at: Option<Millis>,
    /// How the service speaks, where the account is set to the other way.
    pub instead: Option<SpokenAs>,
}

/// The ways in which a service may speak (live-service.md, section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpokenAs {
    /// As published.
    Documented,
    /// As the live service.
    Live,
}

/// What is wrong although the service is reached.
#[derive(Debug, Default)]
pub(crate) struct Troubles {
    instead: Option<SpokenAs>,
    frozen: Option<Message>,
}

/// An event may be under way for so long before it arrives.
const UNDER_WAY: Millis = 5_000;

/// Where the link stands (seed, "Connection Lifecycle").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkStage {
    /// Nothing is wanted of it.
    Disconnected,
    /// The first socket is being opened.
    Connecting,
    /// The socket is open, nothing is confirmed.
    Connected,
    /// Events arrive; what was missed is being read.
    CatchingUp,
    /// Events arrive, and nothing is missing.
    Subscribed,
    /// Being made again.
    Reconnecting {
        /// Attempts that failed.
        attempt: u32,
    },
    /// The token was refused.
    Refused,
}

impl Default for LinkView {
    fn default() -> Self {
        Self {
            live: false,
            hears_calls: false,
            words: words(LinkStage::Disconnected),
            promise: promise(LinkStage::Disconnected, false),
            round_trip_ms: None,
            retry_at: None,
            lost_at: None,
            why: None,
            troubles: Vec::new(),
            wrong_dialect: false,
            not_visible: Vec::new(),
            sees_queues: false,
            sees_floor: false,
            not_understood: 0,
            strange_fields: 0,
            not_read: None,
        }
    }
}

impl Desk {
    /// Takes in where the link stands.
    pub fn link(&mut self, notice: LinkNotice, now: Millis) {
        let was_live = self.link.live;
        let live = notice.stage == LinkStage::Subscribed;
        let hears = live || notice.stage == LinkStage::CatchingUp;
        let was_hearing = std::mem::replace(&mut self.hears_events, hears);
        // The loss is noticed later than it happened.
        let proven_at = notice.proven_at.map_or(now, |at| at.min(now));
        self.troubles.instead = notice.instead;
        let hears_calls = hears && notice.confirmed.iter().any(|topic| self.brings_own_calls(topic));
        let link = LinkView {
            live,
            hears_calls,
            words: words(notice.stage),
            promise: promise(notice.stage, hears_calls),
            round_trip_ms: notice.round_trip_ms,
            retry_at: notice.retry_at,
            lost_at: if live { None } else { self.link.lost_at.or(was_live.then_some(proven_at)) },
            why: notice.why,
            troubles: self.troubles.messages(),
            wrong_dialect: notice.instead.is_some(),
            not_visible: all_not_visible(&notice.refused),
            sees_queues: notice.confirmed.iter().any(tells_of_queues),
            sees_floor: notice.confirmed.iter().any(tells_of_all_calls),
            ..self.link.clone()
        };
        let is_lost =
            matches!(notice.stage, LinkStage::Reconnecting { .. } | LinkStage::Disconnected | LinkStage::Refused);
        if is_lost || (was_hearing && !hears) {
            self.everything_may_be_over(now);
            // The next connection may lead to a service with another clock.
            self.clock.begin_anew();
        }
        if hears {
            self.texts.hearing_goes_on(live, now);
        }
        if was_hearing && !hears {
            self.gap_opens(proven_at.saturating_sub(UNDER_WAY));
        }
        if live && !was_live {
            self.texts.replies_go_again();
        }
        if self.link != link {
            self.link = link;
            self.redraw.link = true;
        }
    }

    /// The customer's account is frozen, with its dates, or is no more.
    pub fn account_frozen(&mut self, why: Option<Message>) {
        if self.troubles.frozen != why {
            self.troubles.frozen = why;
            self.redraw.link |= set(&mut self.link.troubles, self.troubles.messages());
        }
    }

    /// The lists are looked through for what the link may have lost in silence.
    pub fn looks_back(&mut self, since: Millis) {
        self.gap_opens(since);
    }

    /// What cannot be read over REST, though events may arrive; none when all can.
    pub fn not_read(&mut self, not_read: Option<NotReadView>) {
        if set(&mut self.link.not_read, not_read) {
            self.redraw.link = true;
        }
    }

    /// A frame came that this version could not use.
    pub fn not_understood(&mut self) {
        self.link.not_understood += 1;
        self.redraw.link = true;
    }

    /// An event came with fields that are unknown or of another type than documented.
    pub(crate) fn drifted(&mut self, fields: usize) {
        self.link.strange_fields += u32::try_from(fields).unwrap_or(u32::MAX);
        self.redraw.link = true;
    }

    fn brings_own_calls(&self, topic: &Topic) -> bool {
        let is_for_all = *topic.scope() == Scope::Customer;
        // A call of the live service names its owner, so the customer's topic
        // brings the own ones; as documented, whose it is shows in the topic only.
        let names_owner = topic.to_string().ends_with('_');
        let whose =
            topic.scope_id() == self.people.me.id || (is_for_all && (self.people.me.id.is_empty() || names_owner));
        whose && matches!(topic.resource(), Resource::Call | Resource::Groupcall | Resource::Any)
    }

    fn everything_may_be_over(&mut self, now: Millis) {
        self.callers.are_doubted(now);
        self.tell_of_callers(&self.moment(now));
        Around::ALL.into_iter().for_each(|what| self.doubt(what));
    }
}

impl Troubles {
    fn messages(&self) -> Vec<Message> {
        let instead = self.instead.map(|spoken| match spoken {
            SpokenAs::Documented => say!("link-speaks-documented"),
            SpokenAs::Live => say!("link-speaks-live"),
        });
        let frozen = self.frozen.as_ref().map(|why| why.clone().then(say!("link-frozen-what")));
        instead.into_iter().chain(frozen).collect()
    }
}

fn tells_of_queues(topic: &Topic) -> bool {
    matches!(topic.resource(), Resource::Queue | Resource::Queuecall | Resource::Any)
}

fn tells_of_all_calls(topic: &Topic) -> bool {
    *topic.scope() == Scope::Customer && matches!(topic.resource(), Resource::Call | Resource::Any)
}

/// One sentence for each thing that is not visible, however many topics it has.
fn all_not_visible(refused: &[(Topic, ErrorCode, String)]) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for (topic, code, said) in refused {
        let mut message = not_visible(topic, code);
        // A missing right has a sentence that says what to do; the other codes explain little.
        if *code != ErrorCode::PermissionDenied && !said.is_empty() {
            message = message.then(say!("link-service-said", said = said));
        }
        if !messages.contains(&message) {
            messages.push(message);
        }
    }
    messages
}

fn words(stage: LinkStage) -> Message {
    match stage {
        LinkStage::Disconnected => say!("link-stage-disconnected"),
        LinkStage::Connecting => say!("link-stage-connecting"),
        LinkStage::Connected => say!("link-stage-connected"),
        LinkStage::CatchingUp => say!("link-stage-catching-up"),
        LinkStage::Subscribed => say!("link-stage-live"),
        LinkStage::Reconnecting { attempt } => say!("link-stage-reconnecting", attempt = attempt),
        LinkStage::Refused => say!("link-stage-refused"),
    }
}

fn promise(stage: LinkStage, hears_calls: bool) -> Message {
    match stage {
        LinkStage::Subscribed if hears_calls => say!("link-promise-hears"),
        LinkStage::Subscribed => say!("link-promise-hidden"),
        LinkStage::CatchingUp if hears_calls => say!("link-promise-hears-catching-up"),
        LinkStage::CatchingUp => say!("link-promise-hidden-catching-up"),
        LinkStage::Connecting | LinkStage::Connected => say!("link-promise-not-yet"),
        LinkStage::Disconnected | LinkStage::Reconnecting { .. } => say!("link-promise-none"),
        LinkStage::Refused => say!("link-promise-refused"),
    }
}

fn not_visible(topic: &Topic, code: &ErrorCode) -> Message {
    let what = match topic.resource() {
        Resource::Call => say!("link-topic-calls"),
        Resource::Message => say!("link-topic-texts"),
        Resource::Activeflow => say!("link-topic-flows"),
        Resource::Conference => say!("link-topic-conferences"),
        Resource::Queue | Resource::Queuecall => say!("link-topic-queues"),
        Resource::Agent => say!("link-topic-status"),
        Resource::Recording => say!("link-topic-recordings"),
        Resource::Transcription | Resource::Transcribe | Resource::Transcript => say!("link-topic-transcriptions"),
        Resource::Groupcall => say!("link-topic-rings"),
        Resource::Conversation => say!("link-topic-conversations"),
        Resource::Chat | Resource::Chatmessage | Resource::Chatparticipant => say!("link-topic-team-chats"),
        Resource::Webchat => say!("link-topic-webchats"),
        Resource::Any | Resource::Other(_) => say!("link-topic-events"),
    };
    let what = match topic.scope() {
        Scope::Agent => say!("link-topic-yours", what = what),
        Scope::Customer | Scope::Other(_) => say!("link-topic-of-team", what = what),
    };
    match code {
        ErrorCode::PermissionDenied => say!("link-hidden-permission", what = what),
        ErrorCode::InvalidTopic | ErrorCode::InvalidMessage => {
            say!("link-hidden-not-understood", what = what, code = code.to_string())
        }
        ErrorCode::Other(code) if code == ErrorCode::DROPPED => say!("link-hidden-dropped", what = what),
        ErrorCode::RateLimited => say!("link-hidden-slow-down", what = what),
        ErrorCode::Other(code) => say!("link-hidden-other", what = what, code = code),
    }
}
