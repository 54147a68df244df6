//! Every event of the documentation changes something an agent can see, and the
//! live service's way to say it changes the same.

use ringside_desk::{
    BoardState, CallStage, ConferenceView, DeliveryView, FlowView, OutcomeView, Patch, RecordingView, StatusView,
};
use ringside_shift::Place;
use ringside_words::say;
use voipbin_simulator::{Dialect, Setup};

use crate::stage::Stage;

const BOTH: [Dialect; 2] = [Dialect::Documented, Dialect::Live];

/// The manager sits at the desk of a service that speaks so.
async fn at(dialect: Dialect) -> Stage {
    Stage::at(Setup { dialect, ..Setup::default() }, 0, None).await
}

fn on_board(state: BoardState) -> impl Fn(&Patch) -> bool {
    move |patch| matches!(patch, Patch::PutBoardCall { call } if call.state == state && call.number == "+15551234567")
}

async fn flow(stage: &Stage, what: &str, is_it: impl Fn(&FlowView) -> bool) -> FlowView {
    let is_it = |patch: &Patch| matches!(patch, Patch::PutFlow { flow } if is_it(flow));
    stage
        .sees(what, |patch| match patch {
            Patch::PutFlow { flow } if is_it(patch) => Some(flow.clone()),
            _ => None,
        })
        .await
}

async fn conference(stage: &Stage, what: &str, is_it: impl Fn(&ConferenceView) -> bool) -> ConferenceView {
    let is_it = |patch: &Patch| matches!(patch, Patch::PutConference { conference } if is_it(conference));
    stage
        .sees(what, |patch| match patch {
            Patch::PutConference { conference } if is_it(patch) => Some(conference.clone()),
            _ => None,
        })
        .await
}

async fn recording(stage: &Stage, what: &str, is_it: impl Fn(&RecordingView) -> bool) -> RecordingView {
    let is_it = |patch: &Patch| matches!(patch, Patch::PutRecording { recording } if is_it(recording));
    stage
        .sees(what, |patch| match patch {
            Patch::PutRecording { recording } if is_it(patch) => Some(recording.clone()),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn call_created_status_and_ended_move_the_board_the_desk_and_the_history() {
    for dialect in BOTH {
        let stage = at(dialect).await;
        stage.play("john calls dana");
        stage.sees("it ringing on the board", on_board(BoardState::Ringing)).await;
        stage
            .sees(
                "it ringing here",
                |patch| matches!(patch, Patch::PutCall { call } if call.stage == CallStage::Ringing),
            )
            .await;
        stage.sees("the count", |patch| matches!(patch, Patch::PutFloor { floor } if floor.ringing == 1)).await;
        stage.play("john is answered");
        stage.sees("it talked on", on_board(BoardState::Talking)).await;
        stage.sees("the count", |patch| matches!(patch, Patch::PutFloor { floor } if floor.talking == 1)).await;
        stage.play("john hangs up");
        stage.sees("its end", on_board(BoardState::Ended)).await;
        let answered =
            |patch: &Patch| matches!(patch, Patch::PutPast { past } if past.outcome == OutcomeView::Answered);
        stage.sees("the history", answered).await;
        stage.sees("the handle time", |patch| {
            matches!(patch, Patch::PutFloor { floor } if floor.talking == 0 && floor.today.average_handle_s.is_some())
        })
        .await;
    }
}

#[tokio::test]
async fn call_assigned_rings_here_with_its_queue() {
    let stage = at(Dialect::Documented).await;
    stage.play("john joins sales\njohn is offered to dana");
    let rings = |patch: &Patch| matches!(patch, Patch::PutCall { call } if call.queue.as_deref() == Some("Sales"));
    stage.sees("the ring", rings).await;
}

#[tokio::test]
async fn queue_joined_connected_and_left_move_the_queue_and_its_figures() {
    for dialect in BOTH {
        let stage = at(dialect).await;
        stage.play("john joins sales");
        stage.sees("the caller", |patch| matches!(patch, Patch::PutWait { .. })).await;
        stage.sees("it waiting", on_board(BoardState::Waiting)).await;
        let deep = |depth| move |patch: &Patch| matches!(patch, Patch::PutQueue { queue } if queue.waiting == depth);
        if dialect == Dialect::Documented {
            stage.sees("the depth", deep(1)).await;
        }
        let calls = |patch: &Patch| matches!(patch, Patch::PutFloor { floor } if floor.waiting == 1 && floor.calls_for_attention);
        stage.sees("the tone", calls).await;
        stage.shift.waits_heard().await.unwrap();
        stage.sees("silence", |patch| matches!(patch, Patch::PutFloor { floor } if !floor.calls_for_attention)).await;
        stage.play("john is offered to dana\njohn is answered");
        stage
            .sees(
                "the answer counted",
                |patch| matches!(patch, Patch::PutFloor { floor } if floor.waiting == 0 && floor.today.in_time == 1),
            )
            .await;
        stage.play("stranger joins sales");
        stage.sees("the next one", |patch| matches!(patch, Patch::PutWait { .. })).await;
        stage.play("stranger leaves sales");
        stage
            .sees("the loss counted", |patch| matches!(patch, Patch::PutFloor { floor } if floor.today.abandoned == 1))
            .await;
        let gave_up = |patch: &Patch| matches!(patch, Patch::PutPast { past } if past.outcome == OutcomeView::GaveUp);
        stage.sees("the history", gave_up).await;
    }
}

#[tokio::test]
async fn message_received_sent_and_delivery_move_the_conversation() {
    let stage = at(Dialect::Documented).await;
    stage.play("john texts \"Hello\"");
    let chat = stage
        .sees("the text", |patch| match patch {
            Patch::PutChat { chat } if chat.unread == 1 => Some(chat.clone()),
            _ => None,
        })
        .await;
    stage.shift.reply(chat.id, "Hello John".to_owned()).await.unwrap();
    let delivered = |patch: &Patch| matches!(patch, Patch::PutMessage { message } if message.delivery == Some(DeliveryView::Delivered));
    stage.sees("the receipt", delivered).await;
}

#[tokio::test]
async fn activeflow_updated_and_completed_draw_a_path() {
    for dialect in BOTH {
        let stage = at(dialect).await;
        stage.play("john calls dana\njohn is taken through play welcome_message");
        let path = flow(&stage, "the first step", |flow| flow.steps.len() == 1).await;
        assert_eq!((path.running, path.steps[0].kind.as_str(), path.steps[0].ended), (true, "play", None));
        stage.play("john is taken through queue_join Sales");
        let path = flow(&stage, "the second step", |flow| flow.steps.len() == 2).await;
        assert!(path.steps[0].ended.is_some(), "the first is over");
        let call = |patch: &Patch| matches!(patch, Patch::PutCall { call } if Some(&call.id) == path.about_id.as_ref());
        stage.sees("its call", call).await;
        stage.play("john is through with success");
        let path = flow(&stage, "the end", |flow| !flow.running).await;
        let result = (dialect == Dialect::Documented).then_some("success");
        assert_eq!(path.result.as_deref(), result, "the live service tells no result");
        assert!(path.steps.iter().all(|step| step.ended.is_some()));
    }
}

#[tokio::test]
async fn conference_joined_left_and_ended_are_told_with_the_count() {
    for dialect in BOTH {
        let stage = at(dialect).await;
        stage.play("john calls dana\nstranger calls dana\njohn enters daily\nstranger enters daily");
        conference(&stage, "two in it", |conference| conference.count == 2).await;
        stage.play("john exits daily");
        let one_left = conference(&stage, "one in it", |conference| conference.count == 1).await;
        let gone = one_left.seats.iter().find(|seat| seat.left.is_some()).unwrap();
        let why = (dialect == Dialect::Documented).then(|| say!("calls-why-hung-up"));
        assert_eq!(gone.why, why, "the live service tells no reason");
        stage.play("room daily ends");
        let over = conference(&stage, "its end", |conference| !conference.running).await;
        assert_eq!((over.count, over.ended.is_some()), (0, true));
    }
}

#[tokio::test]
async fn agent_status_moves_the_team() {
    for dialect in BOTH {
        let stage = at(dialect).await;
        stage.play("leo is busy");
        let busy = |patch: &Patch| matches!(patch, Patch::PutColleague { colleague } if colleague.status == StatusView::Busy && colleague.since.is_some());
        stage.sees("leo busy", busy).await;
    }
}

#[tokio::test]
async fn recording_started_and_completed_can_be_saved_without_showing_the_token_elsewhere() {
    for dialect in BOTH {
        let stage = at(dialect).await;
        stage.play("john calls dana\njohn is recorded");
        recording(&stage, "the recording", |recording| recording.running).await;
        stage.play("john is recorded no longer");
        let done = recording(&stage, "its end", |recording| !recording.running).await;
        assert!(done.duration_s.is_some() && done.format.as_deref() == Some("wav"));
        let folder = std::env::temp_dir().join(format!("ringside-{}", done.id));
        stage.shift.fetch_recording(done.id.clone(), folder.clone()).await.unwrap();
        let fetched = recording(&stage, "its file", |recording| {
            recording.fetched.as_ref().is_some_and(|fetched| fetched.path.is_some() || fetched.problem.is_some())
        })
        .await
        .fetched
        .unwrap();
        assert_eq!(fetched.problem, None, "the storage takes no credential");
        let file = std::fs::read(fetched.path.unwrap()).unwrap();
        assert!(file.starts_with(b"RIFF"));
        std::fs::remove_dir_all(folder).unwrap();
    }
}

#[tokio::test]
async fn a_recording_without_a_file_says_so() {
    let stage = at(Dialect::Documented).await;
    stage.play("john calls dana\njohn is recorded");
    let running = recording(&stage, "the recording", |recording| recording.running).await;
    stage.shift.fetch_recording(running.id, std::env::temp_dir()).await.unwrap();
    let told = recording(&stage, "the problem", |recording| {
        recording.fetched.as_ref().is_some_and(|fetched| fetched.problem.is_some())
    })
    .await;
    let problem = told.fetched.and_then(|fetched| fetched.problem);
    assert_eq!(problem, Some(say!("recordings-no-file")));
}

#[tokio::test]
async fn transcription_completed_and_live_words_are_shown_as_text() {
    for dialect in BOTH {
        let stage = at(dialect).await;
        stage.play("john calls dana\njohn says \"<b>My order</b> arrived open.\"");
        let said = |patch: &Patch| {
            matches!(patch, Patch::PutTranscript { transcript }
                if transcript.call.is_some() && transcript.lines.iter().any(|line| line.text.starts_with("<b>My order") && !line.speaking))
        };
        stage.sees("the words", said).await;
    }
}

#[tokio::test]
async fn the_event_log_names_what_came_in_and_starts_anew_with_each_sign_in() {
    let stage = at(Dialect::Documented).await;
    stage.play("john calls dana\nsend garbage");
    stage.sees("the call", |patch| matches!(patch, Patch::PutCall { .. })).await;
    stage
        .sees("the frame that was no use", |patch| matches!(patch, Patch::PutLink { link } if link.not_understood > 0))
        .await;
    let entries = stage.shift.journal(0).await.unwrap();
    assert!(entries.iter().any(|entry| entry.kind == "call.created" && !entry.id.is_empty()));
    assert!(entries.iter().any(|entry| entry.object == "unknown"));
    assert!(entries.iter().zip(0..).all(|(entry, seq)| entry.seq == seq));
    stage.shift.sign_out().await.unwrap();
    stage.sign_in_to(Place::from(stage.service.address()), 0).await.unwrap();
    assert!(stage.shift.journal(0).await.unwrap().iter().all(|entry| entry.object != "unknown"));
}

#[tokio::test]
async fn a_threshold_that_makes_no_sense_is_refused_with_words() {
    let stage = at(Dialect::Documented).await;
    assert_eq!(stage.shift.set_thresholds(20, 120, 20).await.unwrap_err().message, say!("problems-thresholds"));
    stage.shift.set_thresholds(5, 20, 120).await.unwrap();
    stage.sees("the threshold", |patch| matches!(patch, Patch::PutFloor { floor } if floor.level_s == 5)).await;
}
