//! Every event of the live service, as its text arrives, and what the desk makes of it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ringside_desk::{
    BoardState, CallStage, DeliveryView, Desk, DeskView, LinkNotice, LinkStage, MeView, OutcomeView, Rights, Screen,
    SessionView, StatusView,
};
use voipbin_wire::{BARE_KINDS, BareKind, Frame, Kind, Timestamp, Told, Topic};

/// The agent at the desk.
const ME: &str = "5e27b5fd-167e-57d5-a3e6-2b732a1f774b";
const CUSTOMER: &str = "5e4a0680-804e-11ec-8477-2fea5968d85b";

/// What becomes of an event.
enum Fate {
    /// It happens before, and is looked at in another story.
    Before,
    /// This is so when it came, and was not so before.
    Shown(fn(&DeskView) -> bool),
    /// Nothing on the desk changes, and why.
    Unused(&'static str),
}

use Fate::{Before, Shown, Unused};

/// An event by its name inside the service, which is not on the wire.
type Row = (&'static str, BareKind, Fate);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/live")
}

fn told(event: &str) -> Told {
    let file = folder().join(format!("{event}.json"));
    let text = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{event} has no fixture at {}: {error}", file.display()));
    match Frame::decode(&text) {
        Frame::Told(told) => *told,
        other => panic!("{event} is not understood: {other:?}"),
    }
}

/// A manager's desk with a live link.
fn desk() -> Desk {
    let mut desk = Desk::new(SessionView::on(Screen::Desk));
    desk.me(MeView { id: ME.to_owned(), status: StatusView::Available, ..MeView::default() });
    desk.rights(Rights { is_manager: true, is_agent: true });
    let notice = LinkNotice {
        stage: LinkStage::Subscribed,
        retry_at: None,
        round_trip_ms: None,
        confirmed: vec![Topic::parse(&format!("customer_id:{CUSTOMER}:call:*")).unwrap()],
        refused: Vec::new(),
        why: None,
        proven_at: None,
        instead: None,
    };
    desk.link(notice, 0);
    desk
}

fn calls() -> Vec<Row> {
    use BareKind::Call;
    vec![
        ("call_created", Call, Shown(|desk| on_board(desk, BoardState::Ringing))),
        ("call_updated", Call, Shown(|desk| desk.board.iter().any(|call| call.flow.as_deref() == Some("answer")))),
        ("call_progressing", Call, Shown(|desk| on_board(desk, BoardState::Talking))),
        ("call_hangup", Call, Shown(|desk| on_board(desk, BoardState::Ended))),
        ("call_deleted", Call, Unused("it is over already")),
    ]
}

fn calls_hung_up_by_the_platform() -> Vec<Row> {
    use BareKind::Call;
    vec![
        ("call_progressing", Call, Before),
        ("call_terminating", Call, Shown(|desk| on_board(desk, BoardState::Ended))),
    ]
}

fn on_board(desk: &DeskView, state: BoardState) -> bool {
    desk.board.iter().any(|call| call.state == state && call.number == "+14155559867")
}

fn calls_out() -> Vec<Row> {
    use BareKind::Call;
    vec![
        ("call_dialing", Call, Shown(|desk| desk.board.iter().any(|call| !call.inbound))),
        ("call_ringing", Call, Unused("it is shown as ringing while it is dialled")),
        ("call_canceling", Call, Shown(|desk| on_board(desk, BoardState::Ended))),
    ]
}

fn rings() -> Vec<Row> {
    use BareKind::Ring;
    let rings = |desk: &DeskView| desk.calls.iter().any(|call| call.stage == CallStage::Ringing);
    let talks = |desk: &DeskView| desk.calls.iter().any(|call| call.stage == CallStage::Talking);
    vec![
        ("groupcall_created", Ring, Shown(rings)),
        ("groupcall_progressing", Ring, Shown(talks)),
        ("groupcall_hangup", Ring, Shown(|desk| desk.calls.is_empty() && in_history(desk, OutcomeView::Answered))),
        ("groupcall_deleted", Ring, Unused("it is over already")),
    ]
}

fn in_history(desk: &DeskView, outcome: OutcomeView) -> bool {
    desk.past.iter().any(|past| past.outcome == outcome)
}

fn queue() -> Vec<Row> {
    use BareKind::Queuecall;
    vec![
        ("queuecall_created", Queuecall, Shown(|desk| !desk.waits.is_empty())),
        ("queuecall_waiting", Queuecall, Unused("the caller is shown as waiting since the place was made")),
        ("queuecall_connecting", Queuecall, Unused("the caller waits until an agent has answered")),
        ("queuecall_serviced", Queuecall, Shown(|desk| desk.waits.is_empty() && desk.floor.talking == 1)),
        ("queuecall_done", Queuecall, Unused("the call tells its end")),
        ("queuecall_deleted", Queuecall, Unused("the caller waits no longer")),
    ]
}

fn queue_left() -> Vec<Row> {
    vec![("queuecall_abandoned", BareKind::Queuecall, Shown(|desk| in_history(desk, OutcomeView::GaveUp)))]
}

fn agents() -> Vec<Row> {
    use BareKind::Agent;
    vec![
        ("agent_created", Agent, Shown(|desk| a_colleague_is(desk, StatusView::Offline))),
        ("agent_status_updated", Agent, Shown(|desk| a_colleague_is(desk, StatusView::Busy))),
        ("agent_updated", Agent, Unused("a colleague's rights are nobody else's business")),
        ("agent_deleted", Agent, Unused("who is gone is missing from the next list")),
    ]
}

fn a_colleague_is(desk: &DeskView, status: StatusView) -> bool {
    desk.colleagues.iter().any(|colleague| colleague.name == "Leo Colleague" && colleague.status == status)
}

fn conversations() -> Vec<Row> {
    use BareKind::{Conversation, ConversationMessage};
    let failed = |desk: &DeskView| desk.messages.iter().any(|text| text.delivery == Some(DeliveryView::Failed));
    vec![
        ("conversation_created", Conversation, Unused("it is nobody's yet, and no text is in it")),
        ("conversation_updated", Conversation, Shown(|desk| desk.chats.iter().any(|chat| chat.channel == "sms"))),
        (
            "conversation_message_created",
            ConversationMessage,
            Shown(|desk| desk.chats.iter().any(|chat| chat.unread == 1) && desk.messages.len() == 1),
        ),
        ("conversation_message_updated", ConversationMessage, Shown(failed)),
        ("conversation_message_deleted", ConversationMessage, Unused("what was read stays readable")),
    ]
}

fn texts() -> Vec<Row> {
    use BareKind::Message;
    let delivered = |desk: &DeskView| desk.messages.iter().any(|text| text.delivery == Some(DeliveryView::Delivered));
    vec![
        ("message_created", Message, Shown(|desk| desk.messages.iter().any(|text| text.text == "We are on it."))),
        ("message_updated", Message, Shown(delivered)),
        ("message_deleted", Message, Unused("what was read stays readable")),
    ]
}

fn team_chat() -> Vec<Row> {
    use BareKind::{Talk, TalkMessage, TalkSeat};
    vec![
        ("chat_created", Talk, Shown(|desk| is_chat(desk, "Floor"))),
        ("chatparticipant_added", TalkSeat, Unused("who sits in a chat is read from its list")),
        ("chatmessage_created", TalkMessage, Shown(|desk| desk.talk_lines.len() == 1 && desk.talks[0].unread == 1)),
        (
            "chatmessage_reaction_updated",
            TalkMessage,
            Shown(|desk| desk.talk_lines.iter().any(|line| line.reactions.iter().any(|reaction| reaction.mine))),
        ),
        ("chatmessage_deleted", TalkMessage, Shown(|desk| desk.talk_lines.is_empty())),
        ("chatparticipant_removed", TalkSeat, Unused("who sits in a chat is read from its list")),
        ("chat_updated", Talk, Shown(|desk| is_chat(desk, "Floor and Sales"))),
        ("chat_deleted", Talk, Shown(|desk| desk.talks.is_empty())),
    ]
}

fn is_chat(desk: &DeskView, name: &str) -> bool {
    desk.talks.iter().any(|talk| talk.name.as_deref() == Some(name))
}

fn flows() -> Vec<Row> {
    use BareKind::Activeflow;
    vec![
        ("activeflow_created", Activeflow, Shown(|desk| desk.flows.iter().any(|flow| flow.running))),
        (
            "activeflow_updated",
            Activeflow,
            Shown(|desk| desk.flows.iter().any(|flow| flow.steps.iter().any(|step| step.kind == "queue_join"))),
        ),
        ("activeflow_deleted", Activeflow, Shown(|desk| desk.flows.iter().any(|flow| !flow.running))),
    ]
}

fn conferences() -> Vec<Row> {
    use BareKind::Conference;
    vec![
        ("conference_created", Conference, Shown(|desk| in_conference(desk, 1))),
        ("conference_updated", Conference, Shown(|desk| in_conference(desk, 3))),
        ("conference_deleted", Conference, Shown(|desk| desk.conferences.iter().any(|room| !room.running))),
    ]
}

fn in_conference(desk: &DeskView, count: u32) -> bool {
    desk.conferences.iter().any(|room| room.running && room.count == count)
}

fn recordings() -> Vec<Row> {
    use BareKind::Recording;
    let done = |desk: &DeskView| desk.recordings.iter().any(|one| !one.running && one.duration_s.is_some());
    vec![
        ("recording_started", Recording, Shown(|desk| desk.recordings.iter().any(|one| one.running))),
        ("recording_finished", Recording, Shown(done)),
    ]
}

fn transcripts() -> Vec<Row> {
    use BareKind::{Speech, Transcribe, Transcript};
    vec![
        (
            "transcribe_created",
            Transcribe,
            Shown(|desk| desk.transcripts.iter().any(|one| one.language.as_deref() == Some("en-US"))),
        ),
        ("transcribe_progressing", Transcribe, Unused("it was being written down already")),
        ("transcribe_speech_started", Speech, Unused("nothing was said yet")),
        ("transcribe_speech_interim", Speech, Shown(|desk| says(desk, "my order", true))),
        ("transcribe_speech_ended", Speech, Shown(|desk| says(desk, "My order arrived open.", true))),
        ("transcript_created", Transcript, Shown(|desk| says(desk, "My order arrived open.", false))),
        ("transcribe_done", Transcribe, Shown(|desk| desk.transcripts.iter().any(|one| one.done))),
    ]
}

fn says(desk: &DeskView, words: &str, speaking: bool) -> bool {
    let mut lines = desk.transcripts.iter().flat_map(|one| &one.lines);
    lines.any(|line| line.text == words && line.speaking == speaking)
}

fn web_chat() -> Vec<Row> {
    use BareKind::{WebchatMessage, WebchatSession};
    let is_over =
        |desk: &DeskView| desk.chats.iter().any(|chat| chat.visit.as_ref().is_some_and(|visit| visit.is_over));
    vec![
        ("webchat_message_created", WebchatMessage, Shown(|desk| desk.messages.len() == 1)),
        ("webchat_session_ended", WebchatSession, Shown(is_over)),
    ]
}

/// What happens one after the other on the same desk.
fn stories() -> Vec<Vec<Row>> {
    let of_calls = [calls(), calls_hung_up_by_the_platform(), calls_out(), rings(), queue(), queue_left()];
    let written = [conversations(), texts(), team_chat(), web_chat()];
    let around = [agents(), flows(), conferences(), recordings(), transcripts()];
    of_calls.into_iter().chain(written).chain(around).collect()
}

#[test]
fn every_live_event_has_a_fixture_and_is_read_whole() {
    let mut names = BTreeSet::new();
    for (event, kind, fate) in stories().into_iter().flatten() {
        if matches!(fate, Before) {
            continue;
        }
        let told = told(event);
        assert_eq!(told.kind, Kind::Bare(kind), "{event}");
        assert!(told.drift.is_none(), "{event}: every field is known: {:?}", told.drift);
        assert!(told.at.is_some(), "{event}: it says when");
        assert!(names.insert(format!("{event}.json")), "{event} is told twice");
    }
    let files = std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = files.filter(|file| file.ends_with(".json")).collect();
    assert_eq!(files, names, "a fixture without a row, or a row without a fixture");
}

#[test]
fn every_kind_of_live_object_has_a_fixture() {
    let told: BTreeSet<BareKind> = stories().into_iter().flatten().map(|(_, kind, _)| kind).collect();
    let without: Vec<_> = BARE_KINDS.iter().filter(|kind| !told.contains(kind)).collect();
    assert!(without.is_empty(), "these kinds have no fixture: {without:?}");
}

#[test]
fn every_live_event_is_shown_or_changes_nothing_for_a_reason() {
    let mut wrong = Vec::new();
    for story in stories() {
        let mut desk = desk();
        let mut clock = 0;
        for (event, _, fate) in story {
            let told = told(event);
            clock = clock.max(told.at.map_or(0, Timestamp::as_millis));
            desk.tick(clock);
            desk.take_changes();
            let before = desk.view();
            desk.learn(&told, clock);
            desk.take_changes();
            let after = desk.view();
            match fate {
                Shown(is_shown) if is_shown(&before) => wrong.push(format!("{event}: it is so before it is told")),
                Shown(is_shown) if !is_shown(&after) => wrong.push(format!("{event} is not shown")),
                Unused(why) if before != after => wrong.push(format!("{event} changes the desk, although {why}")),
                Before | Shown(_) | Unused(_) => {}
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
