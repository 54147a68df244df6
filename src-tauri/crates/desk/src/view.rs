//! The desk as a window draws it. Nothing here holds a secret.

mod patch;

use ringside_words::Message;
use serde::Serialize;

use crate::Millis;

pub use patch::{DeskView, Patch};
pub(crate) use patch::{Shown, drawn};
pub use responder::{
    HeldView, LimitsView, OptOutView, RehearsalView, ResponderState, ResponderView, RuleCountView, TraceFate, TraceView,
};

macro_rules! views {
    ($( $(#[$meta:meta])* pub struct $name:ident { $( $(#[$field_meta:meta])* pub $field:ident : $kind:ty, )+ } )+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
            #[cfg_attr(test, derive(ts_rs::TS), ts(export))]
            #[serde(rename_all = "camelCase")]
            pub struct $name { $( $(#[$field_meta])* pub $field: $kind, )+ }
        )+
    };
}

macro_rules! words {
    ($( $(#[$meta:meta])* pub enum $name:ident { $( $(#[$variant_meta:meta])* $variant:ident, )+ } )+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
            #[cfg_attr(test, derive(ts_rs::TS), ts(export))]
            #[serde(rename_all = "camelCase")]
            pub enum $name { $( $(#[$variant_meta])* $variant, )+ }
        )+
    };
}

mod responder;

views! {
    /// How a phone number is written, where that is not as it is told.
    pub struct NumberView {
        /// The number in E.164.
        pub number: String,
        /// In the groups of its country.
        pub written: String,
    }

    /// A chat of the team.
    pub struct TalkView {
        /// Identifier.
        pub id: String,
        /// What it is called, or who is in it, where known.
        pub name: Option<String>,
        /// `direct`, `group`, `talk`.
        pub kind: String,
        /// Messages the agent has not seen.
        pub unread: u32,
        /// The last message.
        pub last_text: String,
        /// What the row says where it has no words.
        pub last_instead: Option<Message>,
        /// When it came.
        pub last_at: Millis,
    }

    /// A message of the team.
    pub struct TalkLineView {
        /// Identifier.
        pub id: String,
        /// The chat.
        pub talk: String,
        /// Who wrote it.
        pub author: String,
        /// Whether this agent did.
        pub mine: bool,
        /// The words.
        pub text: String,
        /// What is attached that is no file.
        pub attached: Vec<Message>,
        /// When.
        pub at: Millis,
        /// Files that came with it, by identifier.
        pub files: Vec<String>,
        /// Reactions.
        pub reactions: Vec<ReactionView>,
    }

    /// A reaction, and how many had it.
    pub struct ReactionView {
        /// The sign.
        pub emoji: String,
        /// How many.
        pub count: u32,
        /// Whether this agent is one of them.
        pub mine: bool,
    }

    /// What the agent has set up.
    #[derive(Default)]
    pub struct ToolsView {
        /// Texts that are written often.
        pub quick_replies: Vec<QuickReplyView>,
        /// Why the agent takes no calls.
        pub reasons: Vec<ReasonView>,
        /// Whom calls are often handed to.
        pub favourites: Vec<FavouriteView>,
        /// Where voicemail goes, if anywhere: a number, a SIP address or the hash of a flow.
        pub voicemail: Option<String>,
        /// The page of a customer in another system; `{number}` and others stand for what is known.
        pub crm: Option<String>,
        /// Seconds of work after a call before the agent is reminded, if any.
        pub wrap_up_s: Option<i64>,
        /// What this desk does not listen to: `flows`, `conferences`,
        /// `recordings`, `transcripts`, `teamTexts`.
        pub left_out: Vec<String>,
    }

    /// Somebody calls are often handed to.
    pub struct FavouriteView {
        /// A number, a SIP address or an extension.
        pub target: String,
        /// What to call them.
        pub name: String,
    }

    /// A text that is written often.
    pub struct QuickReplyView {
        /// What finds it.
        pub shortcut: String,
        /// The words, with `{name}`, `{number}`, `{agent}` and `{cursor}` in them.
        pub text: String,
    }

    /// Why the agent takes no calls.
    pub struct ReasonView {
        /// What it is called here.
        pub name: String,
        /// The state that the service knows for it.
        pub status: StatusView,
    }

    /// What this account can do; a sentence says why not.
    pub struct CanView {
        /// Hold, mute, record, hang up, transfer.
        pub steer: Option<WhyOff>,
        /// Send a call to voicemail.
        pub voicemail: Option<WhyOff>,
    }

    /// What is done to a call.
    #[derive(Default)]
    pub struct ControlsView {
        /// The customer is on hold. The service does not report it back: it was asked for.
        pub hold: DeedView,
        /// The customer hears music; asked for, too.
        pub music: DeedView,
        /// The agent is not heard.
        pub mute: DeedView,
        /// The call is recorded.
        pub recording: DeedView,
        /// The agent leaves the call, or it stops ringing here.
        pub hang_up: DeedView,
        /// Somebody else is to take the call.
        pub transfer: Option<TransferView>,
        /// What went wrong last.
        pub problem: Option<Message>,
    }

    /// Why each control of a call cannot be used at this moment; nothing where it can.
    pub struct OffView {
        /// Hold, music, mute, recording.
        pub switches: Option<WhyOff>,
        /// Hand the call to somebody else.
        pub transfer: Option<WhyOff>,
        /// Send the caller to voicemail.
        pub voicemail: Option<WhyOff>,
        /// Leave the call.
        pub hang_up: Option<WhyOff>,
        /// Decline it.
        pub end_ring: Option<WhyOff>,
    }

    /// Somebody else is to take a call.
    pub struct TransferView {
        /// Who.
        pub to: Message,
        /// Without talking to them first.
        pub blind: bool,
        /// Where it stands.
        pub stage: TransferStage,
    }

    /// Which screen the agent sees.
    pub struct SessionView {
        /// Which.
        pub screen: Screen,
        /// Host of the service.
        pub service: String,
        /// The e-mail last used, to fill the form.
        pub email: String,
        /// Whether this is the built-in demo desk.
        pub demo: bool,
        /// What went wrong, and what to do next.
        pub problem: Option<Message>,
        /// When the sign-in ends, once that is near.
        pub ends_at: Option<Millis>,
        /// Why the agent has to sign in again at this very desk, if so.
        pub ask_again: Option<Message>,
        /// The keyring holds a sign-in that could not be read, and can be asked again.
        pub ask_keyring: bool,
        /// Why this computer shows no notifications, if so.
        pub no_toasts: Option<Message>,
    }

    /// The agent at this desk.
    pub struct MeView {
        /// Identifier; empty for an access key, which belongs to no agent.
        pub id: String,
        /// What colleagues call the agent.
        pub name: String,
        /// The sign-in name.
        pub email: String,
        /// What the agent is doing, as the service has confirmed it.
        pub status: StatusView,
        /// Since when.
        pub since: Millis,
        /// The status that was asked for and is not confirmed yet.
        pub asked: Option<StatusView>,
        /// Why the status cannot be changed, if so.
        pub fixed_because: Option<Message>,
        /// Why the last change did not work, if so.
        pub problem: Option<Message>,
        /// Why the agent takes no calls, in own words.
        pub reason: Option<String>,
        /// What the agent will be once the call is over.
        pub next: Option<StatusView>,
        /// Since when there is work after a call.
        pub wrap_up: Option<Millis>,
        /// What the agent chose last, where the service says something else.
        pub differs: Option<StatusView>,
    }

    /// Where the connection stands.
    pub struct LinkView {
        /// Whether events arrive at this moment.
        pub live: bool,
        /// Whether a call for this agent would be shown at this moment.
        pub hears_calls: bool,
        /// Where the link stands, in a word or two.
        pub words: Message,
        /// What that means for the next call.
        pub promise: Message,
        /// Milliseconds there and back, when measured.
        pub round_trip_ms: Option<i64>,
        /// When the next attempt starts, when one is planned.
        pub retry_at: Option<Millis>,
        /// Since when events have not arrived.
        pub lost_at: Option<Millis>,
        /// Why the link was lost.
        pub why: Option<Message>,
        /// What is wrong although the service is reached, a sentence each.
        pub troubles: Vec<Message>,
        /// The service does not speak as this account is set to: detecting it
        /// automatically would help.
        pub wrong_dialect: bool,
        /// What this agent cannot see and why, a sentence each.
        pub not_visible: Vec<Message>,
        /// Whether callers in queues are told.
        pub sees_queues: bool,
        /// Whether the calls of everybody are told.
        pub sees_floor: bool,
        /// Frames this version could not use, since signing in.
        pub not_understood: u32,
        /// Fields that were unknown or of another type than documented.
        pub strange_fields: u32,
        /// What cannot be read over REST, though events may arrive.
        pub not_read: Option<NotReadView>,
    }

    /// Something that is not read over REST.
    pub struct NotReadView {
        /// What, and why: a sentence or two.
        pub words: Message,
        /// Since when.
        pub since: Millis,
    }

    /// A call at this desk.
    pub struct CallView {
        /// Identifier.
        pub id: String,
        /// Whether it rings or is talked on.
        pub stage: CallStage,
        /// Whether the customer called us.
        pub inbound: bool,
        /// That it rings is all that is known.
        pub unseen: bool,
        /// The customer's name, where known.
        pub name: Option<String>,
        /// The customer's number.
        pub number: String,
        /// Our number.
        pub our_number: String,
        /// The queue it came through.
        pub queue: Option<String>,
        /// Seconds the customer waited before it rang here.
        pub waited_s: Option<i64>,
        /// When this stage began.
        pub since: Millis,
        /// Told before the link was lost and not since: may be over.
        pub stale: bool,
        /// Why a control cannot be used at this moment.
        pub off: OffView,
        /// What is done to it.
        pub controls: ControlsView,
    }

    /// A caller in a queue.
    pub struct WaitView {
        /// The call's identifier.
        pub id: String,
        /// The queue.
        pub queue: String,
        /// The caller's name, where known.
        pub name: Option<String>,
        /// The caller's number, where told.
        pub number: Option<String>,
        /// Place in the queue, where told.
        pub position: Option<i64>,
        /// Seconds the service expects, where told.
        pub estimated_s: Option<i64>,
        /// Seconds that callers of this queue waited lately, where the service expects nothing.
        pub likely_s: Option<i64>,
        /// Whether it is one of this agent's queues, where known.
        pub mine: Option<bool>,
        /// Since when.
        pub since: Millis,
        /// Told before the link was lost and not since: may be over.
        pub stale: bool,
    }

    /// A conversation with one number over one of ours.
    pub struct ChatView {
        /// Identifier.
        pub id: String,
        /// The customer's name, where known.
        pub name: Option<String>,
        /// The customer's number.
        pub number: String,
        /// Our number.
        pub our_number: String,
        /// Texts the agent has not seen.
        pub unread: u32,
        /// The last text.
        pub last_text: String,
        /// What the row says where it has no words.
        pub last_instead: Option<Message>,
        /// Whether the last text is ours.
        pub last_is_ours: bool,
        /// When it came.
        pub last_at: Millis,
        /// `sms`, `whatsapp`, `line`, `email`, `webchat`, …
        pub channel: String,
        /// What the agent has begun to write.
        pub draft: String,
        /// How often a text that was not sent came back into the draft.
        pub given_back: u32,
        /// Whether it can be answered here.
        pub can_reply: bool,
        /// Since when they want no texts from us, if they said so.
        pub silent_since: Option<Millis>,
        /// The visit on a web page that it belongs to, where told.
        pub visit: Option<VisitView>,
    }

    /// A visit on a page with a web chat.
    pub struct VisitView {
        /// The page. Text from outside: never a link by itself.
        pub page: Option<String>,
        /// Where the visitor came from.
        pub from: Option<String>,
        /// Whether it has ended.
        pub is_over: bool,
    }

    /// One text.
    pub struct MessageView {
        /// Identifier.
        pub id: String,
        /// The conversation.
        pub chat: String,
        /// Whether it is ours.
        pub ours: bool,
        /// The words; may be none.
        pub text: String,
        /// Pictures and files that came with it.
        pub medias: Vec<Message>,
        /// When.
        pub at: Millis,
        /// How far it got; none for the customer's.
        pub delivery: Option<DeliveryView>,
        /// What went wrong.
        pub problem: Option<Message>,
        /// The rule that wrote it by itself, if one did.
        pub auto: Option<String>,
    }

    /// Another agent.
    pub struct ColleagueView {
        /// Identifier.
        pub id: String,
        /// What colleagues call the agent.
        pub name: String,
        /// What the agent is doing.
        pub status: StatusView,
        /// Since when, if we saw it change.
        pub since: Option<Millis>,
    }

    /// What became of a call.
    pub struct PastView {
        /// The call's identifier.
        pub id: String,
        /// What.
        pub outcome: OutcomeView,
        /// The customer's name, where known.
        pub name: Option<String>,
        /// The customer's number.
        pub number: String,
        /// The queue it came through.
        pub queue: Option<String>,
        /// When it rang here or began to wait.
        pub at: Millis,
        /// Why it ended so, where told.
        pub why: Option<Message>,
        /// Whether the agent has seen it in the history.
        pub seen: bool,
    }

    /// What happened while the link was away.
    pub struct AwayView {
        /// Since when events did not arrive.
        pub from: Millis,
        /// When they did again.
        pub to: Millis,
        /// What, oldest first.
        pub items: Vec<AwayItemView>,
    }

    /// One thing that happened while the link was away.
    pub struct AwayItemView {
        /// What kind.
        pub kind: AwayKind,
        /// The call or the conversation.
        pub id: String,
        /// The customer's name, where known.
        pub name: Option<String>,
        /// The customer's number.
        pub number: String,
        /// The text, or the queue.
        pub text: String,
        /// What stands there where a text has no words.
        pub instead: Option<Message>,
        /// When.
        pub at: Millis,
    }

    /// The floor in figures: all calls that the link tells of.
    pub struct FloorView {
        /// Calls that ring.
        pub ringing: u32,
        /// Calls that are talked on.
        pub talking: u32,
        /// Callers who wait in queues.
        pub waiting: u32,
        /// Since when the one waits who has waited longest.
        pub longest_since: Option<Millis>,
        /// Seconds within which a call should be answered.
        pub level_s: i64,
        /// Seconds after which a wait needs attention.
        pub amber_s: i64,
        /// Seconds after which a wait is too long.
        pub red_s: i64,
        /// Since when today's figures count: midnight, or signing in.
        pub counts_from: Millis,
        /// Today.
        pub today: FiguresView,
        /// The last hour.
        pub hour: FiguresView,
        /// The last hour in steps of five minutes, oldest first.
        pub chart: Vec<PointView>,
        /// Whether somebody waits in this agent's queues and nobody has said
        /// that it was heard: a tone repeats until then.
        pub calls_for_attention: bool,
    }

    /// Calls counted over a time.
    pub struct FiguresView {
        /// Answered by an agent.
        pub answered: u32,
        /// Of those, within the service level.
        pub in_time: u32,
        /// Hung up by the caller before anybody answered.
        pub abandoned: u32,
        /// The service level: answered within it, of all answered and abandoned, in percent.
        pub level_percent: Option<u32>,
        /// How long callers waited for an answer, on average.
        pub average_wait_s: Option<i64>,
        /// How long agents were busy with a call, on average.
        pub average_handle_s: Option<i64>,
    }

    /// One point of the chart.
    pub struct PointView {
        /// When its five minutes begin.
        pub at: Millis,
        /// Answered within the service level, of all answered and abandoned, in percent.
        pub percent: Option<u32>,
        /// All answered and abandoned.
        pub calls: u32,
    }

    /// A call on the live board.
    pub struct BoardCallView {
        /// Identifier.
        pub id: String,
        /// Where it stands.
        pub state: BoardState,
        /// Whether the customer called us.
        pub inbound: bool,
        /// The customer's name, where known.
        pub name: Option<String>,
        /// The customer's number.
        pub number: String,
        /// Our number.
        pub our_number: String,
        /// The queue it is in or came through.
        pub queue: Option<String>,
        /// What its flow does with it at this moment.
        pub flow: Option<String>,
        /// The agent who is on it.
        pub agent: Option<String>,
        /// When it began.
        pub began: Millis,
        /// When this state began.
        pub since: Millis,
        /// Why it ended, where told.
        pub why: Option<Message>,
        /// Told before the link was lost and not since: may be over.
        pub stale: bool,
    }

    /// A queue.
    pub struct QueueView {
        /// Identifier.
        pub id: String,
        /// What it is called.
        pub name: String,
        /// Whether it is one of this agent's, where known.
        pub mine: Option<bool>,
        /// How many wait in it.
        pub waiting: u32,
        /// Since when the one waits who has waited longest.
        pub longest_since: Option<Millis>,
        /// Seconds that its callers waited lately, where enough were seen.
        pub likely_s: Option<i64>,
        /// Answered since the figures count.
        pub answered: u32,
        /// Given up since the figures count.
        pub abandoned: u32,
    }

    /// A flow that runs or ran.
    pub struct FlowView {
        /// Identifier of the run.
        pub id: String,
        /// The flow it is a run of.
        pub flow: String,
        /// Whether it still runs.
        pub running: bool,
        /// How it ended, where told.
        pub result: Option<String>,
        /// What it runs for: `call`, `conversation`, …; where told.
        pub about: Option<String>,
        /// Which, where told.
        pub about_id: Option<String>,
        /// What it did, in order; the last one is what it does now.
        pub steps: Vec<StepView>,
        /// When it was first heard of.
        pub began: Millis,
        /// When it ended.
        pub ended: Option<Millis>,
        /// Told before the link was lost and not since: may be over.
        pub stale: bool,
    }

    /// One action of a flow.
    pub struct StepView {
        /// Identifier of the action.
        pub id: String,
        /// `play`, `queue_join`, …
        pub kind: String,
        /// What its author called it.
        pub name: Option<String>,
        /// When it began.
        pub began: Millis,
        /// When the next one began or the flow ended.
        pub ended: Option<Millis>,
    }

    /// A conference.
    pub struct ConferenceView {
        /// Identifier.
        pub id: String,
        /// What it is called, where told.
        pub name: Option<String>,
        /// Whether it goes on.
        pub running: bool,
        /// How many are in it.
        pub count: u32,
        /// Who is or was in it, in order of joining.
        pub seats: Vec<SeatView>,
        /// When it was first heard of.
        pub began: Millis,
        /// When it ended.
        pub ended: Option<Millis>,
        /// Told before the link was lost and not since: may be over.
        pub stale: bool,
    }

    /// Somebody in a conference.
    pub struct SeatView {
        /// The call, or its place in the conference.
        pub id: String,
        /// When they joined.
        pub joined: Option<Millis>,
        /// When they left.
        pub left: Option<Millis>,
        /// Why they left, where told.
        pub why: Option<Message>,
    }

    /// A recording.
    pub struct RecordingView {
        /// Identifier.
        pub id: String,
        /// The call that is recorded.
        pub call: Option<String>,
        /// Whether it still runs.
        pub running: bool,
        /// Seconds.
        pub duration_s: Option<i64>,
        /// `wav`, …
        pub format: Option<String>,
        /// Bytes, where told.
        pub size: Option<i64>,
        /// When it began, where that is known.
        pub began: Option<Millis>,
        /// When it was complete.
        pub ended: Option<Millis>,
        /// How far fetching its file got; none before somebody asks.
        pub fetched: Option<FetchView>,
        /// Told before the link was lost and not since: may be over.
        pub stale: bool,
    }

    /// How far fetching a file got.
    pub struct FetchView {
        /// Bytes so far.
        pub bytes: i64,
        /// Where the file lies, once it is whole.
        pub path: Option<String>,
        /// What went wrong.
        pub problem: Option<Message>,
    }

    /// What was said in a call.
    pub struct TranscriptView {
        /// Identifier of the transcription.
        pub id: String,
        /// The call, where told.
        pub call: Option<String>,
        /// Its language, as in `en-US`.
        pub language: Option<String>,
        /// Whether nothing more comes.
        pub done: bool,
        /// What was said, in order.
        pub lines: Vec<LineView>,
        /// When it was first heard of.
        pub began: Millis,
    }

    /// Something that was said.
    pub struct LineView {
        /// Identifier.
        pub id: String,
        /// `in` for the customer, `out` for us; empty where nobody tells.
        pub side: String,
        /// The words. Text from outside.
        pub text: String,
        /// Whether they are still being spoken.
        pub speaking: bool,
        /// When.
        pub at: Millis,
    }

    /// What is known about a number.
    pub struct CardView {
        /// The number.
        pub number: String,
        /// How much we know.
        pub state: CardState,
        /// Their name.
        pub name: Option<String>,
        /// Where they work.
        pub company: Option<String>,
        /// What they do there.
        pub job_title: Option<String>,
        /// What colleagues wrote down.
        pub notes: Option<String>,
        /// Calls seen since signing in.
        pub calls: u32,
        /// Texts seen since signing in.
        pub texts: u32,
        /// Identifier in the address book.
        pub contact: Option<String>,
        /// Their number in the customer's own system.
        pub external: Option<String>,
        /// What else the address book carries: a last purchase, a tariff.
        pub others: Vec<FieldView>,
        /// Labels they have, by identifier.
        pub tag_ids: Vec<String>,
        /// All labels there are, once they were read.
        pub tags: Vec<TagView>,
        /// How much is known of what happened with them; none before anybody looks.
        pub history: Option<CardState>,
        /// What happened with them, newest first.
        pub touches: Vec<TouchView>,
        /// Whether there is more of that, which is read on request.
        pub has_more: bool,
        /// What is to be done for them, open cases first.
        pub cases: Vec<CaseView>,
        /// What went wrong last.
        pub problem: Option<Message>,
    }

    /// A field of the address book.
    pub struct FieldView {
        /// What it is called.
        pub name: String,
        /// What it says. Text from outside.
        pub value: String,
    }

    /// A label.
    pub struct TagView {
        /// Identifier.
        pub id: String,
        /// What it says.
        pub name: String,
        /// Whether the customer has it.
        pub on: bool,
    }

    /// Something that happened with a customer.
    pub struct TouchView {
        /// The call or message.
        pub id: String,
        /// When.
        pub at: Millis,
        /// What it was.
        pub words: Message,
        /// Whether it was a call.
        pub is_call: bool,
    }

    /// A case of a customer.
    pub struct CaseView {
        /// Identifier.
        pub id: String,
        /// What it is about.
        pub name: String,
        /// Whether there is something left to do.
        pub open: bool,
        /// Whether this agent has it.
        pub mine: bool,
        /// When it was opened.
        pub opened: Millis,
        /// What colleagues wrote down, oldest first.
        pub notes: Vec<NoteView>,
    }

    /// What a colleague wrote down.
    pub struct NoteView {
        /// The words.
        pub text: String,
        /// Who, where known.
        pub author: Option<String>,
        /// When.
        pub at: Millis,
    }
}

words! {
    /// A screen of the app.
    pub enum Screen {
        /// It is starting and looks whether somebody is signed in.
        Starting,
        /// The sign-in form.
        SignedOut,
        /// Signing in.
        SigningIn,
        /// The desk.
        Desk,
    }

    /// Why something cannot be done to a call.
    pub enum WhyOff {
        /// The account may see its calls, not steer them.
        NoRight,
        /// It rings: it is answered on the phone first.
        AnswerFirst,
        /// It is answered already.
        Answered,
        /// The service has no ring that could be ended.
        NoRing,
        /// A transfer is under way.
        UnderWay,
        /// It is not set where voicemail goes.
        NoVoicemail,
    }

    /// How far something that is done to a call got.
    #[derive(Default)]
    pub enum DeedView {
        /// It is not done.
        #[default]
        Off,
        /// It is asked for.
        Asking,
        /// It is done.
        On,
        /// Its end is asked for.
        Ending,
    }

    /// How far a transfer got.
    pub enum TransferStage {
        /// It is asked for.
        Starting,
        /// Whoever is to take the call is rung.
        Ringing,
        /// They answered: the call is theirs once the agent hangs up.
        Answered,
    }

    /// Where a call at this desk stands.
    pub enum CallStage {
        /// It rings.
        Ringing,
        /// The agent talks.
        Talking,
    }

    /// What became of a call, from worst told to best.
    pub enum OutcomeView {
        /// It rang here, and how it ended was told to nobody here.
        Unknown,
        /// The caller left the queue without an agent, and did not hang up.
        Left,
        /// The caller hung up in the queue.
        GaveUp,
        /// It rang here and nobody answered.
        Missed,
        /// It rang here and the agent did not want it.
        Declined,
        /// It rang here and a colleague took it.
        Elsewhere,
        /// It was answered here.
        Answered,
    }

    /// Where a call on the live board stands.
    pub enum BoardState {
        /// It rings somewhere, or is being dialled.
        Ringing,
        /// The caller waits in a queue.
        Waiting,
        /// It is talked on.
        Talking,
        /// It is over.
        Ended,
    }

    /// What can happen while the link is away.
    pub enum AwayKind {
        /// A call rang here.
        Rang,
        /// A call rang here, and nobody can say how it ended.
        Unknown,
        /// A caller gave up in a queue.
        GaveUp,
        /// A text came in.
        Text,
    }

    /// How far a text of ours got.
    pub enum DeliveryView {
        /// On its way to the service.
        Sending,
        /// It could not leave yet, and goes by itself as soon as it can.
        Waiting,
        /// It left and no answer came: it is being looked for.
        Checking,
        /// The service has it.
        Sent,
        /// The phone has it.
        Delivered,
        /// The service has it and it will not arrive.
        Failed,
        /// The service has it and nobody told whether it arrived.
        Unknown,
        /// The service would not take it: it can be sent again.
        NotSent,
        /// It left, no answer came and it was not found: it may have arrived.
        Unclear,
    }

    /// How much is known about a number.
    pub enum CardState {
        /// The service is being asked.
        Looking,
        /// It is in the address book.
        Known,
        /// It is not.
        Unknown,
        /// The service did not say.
        Failed,
    }

    /// What an agent is doing.
    pub enum StatusView {
        /// Not told yet.
        Unknown,
        /// Takes calls.
        Available,
        /// Not at the desk.
        Away,
        /// Working, takes no calls.
        Busy,
        /// Not at work.
        Offline,
        /// Being rung.
        Ringing,
    }
}

impl SessionView {
    /// This screen, and nothing else to say.
    pub fn on(screen: Screen) -> Self {
        Self {
            screen,
            service: String::new(),
            email: String::new(),
            demo: false,
            problem: None,
            ends_at: None,
            ask_again: None,
            ask_keyring: false,
            no_toasts: None,
        }
    }
}

impl Default for MeView {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            email: String::new(),
            status: StatusView::Unknown,
            since: 0,
            asked: None,
            fixed_because: None,
            problem: None,
            reason: None,
            next: None,
            wrap_up: None,
            differs: None,
        }
    }
}
