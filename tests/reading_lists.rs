//! What no event tells is read from lists: texts of a plain agent, and what a gap left out.

use ringside_words::{Message, say};
use std::time::Duration;

use ringside_desk::{AlertKind, AwayKind, AwayView, Patch};
use tokio::time::Instant;
use voipbin_client::Dialect;
use voipbin_simulator::Setup;

use crate::stage::Stage;

/// The second of the service's agents.
const PLAIN_AGENT: usize = 1;
/// With one conversation a text is read after this long at the latest (see `turns` in the shift).
const TURN: Duration = Duration::from_secs(22);

fn live(wanted: bool) -> impl Fn(&Patch) -> bool {
    move |patch| matches!(patch, Patch::PutLink { link } if link.live == wanted)
}

fn text(words: &str) -> impl Fn(&Patch) -> bool {
    move |patch| matches!(patch, Patch::PutMessage { message } if message.text == words)
}

fn not_read(message: Message) -> impl Fn(&Patch) -> bool {
    let is_it = move |words: &Message| {
        words.has(&message.id) && message.args.iter().all(|(name, value)| words.given(name) == Some(value))
    };
    move |patch| matches!(patch, Patch::PutLink { link } if link.not_read.as_ref().is_some_and(|not| is_it(&not.words)))
}

async fn at(dialect: Dialect, who: usize) -> Stage {
    let speaks = match dialect {
        Dialect::Documented => voipbin_simulator::Dialect::Documented,
        Dialect::Live => voipbin_simulator::Dialect::Live,
    };
    Stage::at(Setup { dialect: speaks, ..Setup::default() }, who, Some(dialect)).await
}

async fn away_and_back(stage: &Stage, meanwhile: &str) {
    stage.play("drop the link for 300ms");
    stage.sees("the loss", live(false)).await;
    stage.play(meanwhile);
    stage.shift.retry_now().await.unwrap();
    stage.sees("the link again", live(true)).await;
}

async fn away_with(stage: &Stage, is_it: impl Fn(&AwayView) -> bool) -> AwayView {
    let told = |patch: &Patch| matches!(patch, Patch::PutAway { away: Some(away) } if is_it(away));
    stage
        .sees("what happened", |patch| match patch {
            Patch::PutAway { away: Some(away) } if told(patch) => Some(away.clone()),
            _ => None,
        })
        .await
}

/// So many customers write.
fn customers_text(count: usize) -> String {
    let lines = (0..count).map(|id| format!("caller c{id} +1556{id:07}\nc{id} texts \"Hello from {id}\""));
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn nine_customers_who_text_a_plain_agent_in_a_gap_are_all_read() {
    for dialect in [Dialect::Documented, Dialect::Live] {
        let setup = match dialect {
            Dialect::Documented => Setup::default(),
            Dialect::Live => Setup { dialect: voipbin_simulator::Dialect::Live, ..Setup::default() },
        };
        let stage = Stage::before(setup).await;
        stage.play("john texts \"Before\"");
        stage.sign_in(PLAIN_AGENT).await.unwrap();
        stage.sees("a conversation from before", text("Before")).await;
        stage.sees("the link", live(true)).await;
        away_and_back(&stage, &format!("john texts \"Hello?\"\n{}", customers_text(8))).await;
        let away = away_with(&stage, |away| away.items.len() == 9).await;
        assert!(away.items.iter().all(|item| item.kind == AwayKind::Text), "{dialect:?}: {away:?}");
    }
}

#[tokio::test]
async fn conversations_beyond_the_first_page_of_their_list_are_read_too() {
    let stage = at(Dialect::Documented, PLAIN_AGENT).await;
    away_and_back(&stage, &customers_text(104)).await;
    let away = away_with(&stage, |away| away.items.len() == 104).await;
    assert!(away.items.iter().any(|item| item.text == "Hello from 0"), "the one that is listed last");
}

#[tokio::test]
async fn a_mass_sending_of_one_moment_loses_nobody() {
    let stage = at(Dialect::Documented, 0).await;
    away_and_back(&stage, &format!("the clock stands still\n{}\nthe clock goes on", customers_text(90))).await;
    away_with(&stage, |away| away.items.len() == 90).await;
    let meanwhile = (90..240).map(|id| format!("caller c{id} +1556{id:07}\nc{id} texts \"Hello from {id}\""));
    away_and_back(&stage, &meanwhile.collect::<Vec<_>>().join("\n")).await;
    away_with(&stage, |away| away.items.len() == 240).await;
}

#[tokio::test]
async fn texts_of_a_gap_are_all_read_although_lists_were_last_read_by_a_clock_an_hour_ahead() {
    for dialect in [Dialect::Documented, Dialect::Live] {
        let stage = at(dialect, 0).await;
        let texts = |ids: std::ops::Range<usize>| {
            let lines = ids.map(|id| format!("caller c{id} +1556{id:07}\nc{id} texts \"Hello from {id}\""));
            lines.collect::<Vec<_>>().join("\n")
        };
        stage.play(&format!("the clock is 3600s ahead\n{}\nthe clock is 3610s ahead\n{}", texts(0..1), texts(1..2)));
        stage.sees("the last of them", text("Hello from 1")).await;
        away_and_back(&stage, "").await;
        // More than a page of them: the first page comes whatever the clock says.
        away_and_back(&stage, &format!("the clock is 0s ahead\n{}", texts(2..152))).await;
        stage.sees("the first text of the gap", text("Hello from 2")).await;
        away_with(&stage, |away| away.items.len() == 150).await;
    }
}

#[tokio::test]
async fn one_text_after_another_reaches_a_plain_agent_though_nothing_tells_of_them() {
    let stage = at(Dialect::Live, PLAIN_AGENT).await;
    stage.play("john texts \"One\"");
    stage.sees("the first text", text("One")).await;
    for words in ["Two", "Three"] {
        let sent = Instant::now();
        stage.play(&format!("john texts \"{words}\""));
        stage.sees(words, text(words)).await;
        assert!(sent.elapsed() <= TURN, "{words} came after {:?}", sent.elapsed());
    }
    stage.hears_times(AlertKind::Message, 3).await;
    stage.sees("them unread", |patch| matches!(patch, Patch::PutChat { chat } if chat.unread == 3)).await;
}

#[tokio::test]
async fn a_conversation_from_before_signing_in_is_on_the_desk_and_no_news() {
    let setup = Setup { dialect: voipbin_simulator::Dialect::Live, ..Setup::default() };
    let stage = Stage::before(setup).await;
    stage.play("john texts \"Yesterday\"");
    stage.sign_in(PLAIN_AGENT).await.unwrap();
    stage
        .sees("the conversation", |patch| matches!(patch, Patch::PutChat { chat } if chat.number == "+15551234567"))
        .await;
    stage.sees("its text", text("Yesterday")).await;
    stage.sees("the link", live(true)).await;
    stage.play("john texts \"Today\"");
    stage.sees("the next text", text("Today")).await;
    stage.hears_times(AlertKind::Message, 1).await;
    stage.sees("one unread", |patch| matches!(patch, Patch::PutChat { chat } if chat.unread == 1)).await;
}

#[tokio::test]
async fn what_came_by_another_channel_in_a_gap_is_read_by_a_manager() {
    let stage = at(Dialect::Live, 0).await;
    stage.play("john writes \"Before\" by whatsapp");
    stage.sees("a text by WhatsApp", text("Before")).await;
    away_and_back(&stage, "john writes \"Hello?\" by whatsapp").await;
    let away = away_with(&stage, |away| !away.items.is_empty()).await;
    assert_eq!(away.items[0].text, "Hello?");
}

#[tokio::test]
async fn a_manager_is_live_again_although_the_service_asks_for_fewer_requests() {
    let stage = at(Dialect::Live, 0).await;
    stage.play("drop the link for 300ms");
    stage.sees("the loss", live(false)).await;
    stage.play("answer 429 to the next 3 lists\njohn texts \"Hello?\"");
    stage.shift.retry_now().await.unwrap();
    stage.sees("the link again", live(true)).await;
    away_with(&stage, |away| away.items.len() == 1).await;
}

#[tokio::test]
async fn a_conversation_that_cannot_be_read_is_named_and_holds_up_nothing() {
    let stage = at(Dialect::Live, PLAIN_AGENT).await;
    stage.play("john texts \"Before\"");
    stage.sees("the text", text("Before")).await;
    stage.play("drop the link for 300ms");
    stage.sees("the loss", live(false)).await;
    stage.play("answer 500 to the next 1000 conversations");
    stage.shift.retry_now().await.unwrap();
    stage
        .sees(
            "that it is still to be read",
            not_read(say!("problems-still-unread", what = say!("problems-texts-of", count = 1))),
        )
        .await;
    stage.sees("the link again", live(true)).await;
    let what = || say!("problems-texts-of", count = 1);
    let with = |name: &str| not_read(say!("problems-not-all-read-with", what = what(), names = name));
    let named = |patch: &Patch| with("John Delgado")(patch) || with("+15551234567")(patch);
    stage.sees("with whom", named).await;
    stage.play("nothing goes wrong\njohn texts \"After\"");
    stage.sees("the text all the same", text("After")).await;
    stage.sees("nothing missing", |patch| matches!(patch, Patch::PutLink { link } if link.not_read.is_none())).await;
}

#[tokio::test]
async fn a_plain_agent_hears_that_texts_are_not_being_read() {
    let stage = at(Dialect::Live, PLAIN_AGENT).await;
    stage.play("john texts \"Before\"");
    let chat = stage
        .sees("it", |patch| match patch {
            Patch::PutChat { chat } if chat.unread == 1 => Some(chat.clone()),
            _ => None,
        })
        .await;
    stage.play("answer 503 to the next 1000 requests");
    stage.shift.look_at(Some(chat.id)).await.unwrap();
    stage.sees("that texts are not read", not_read(say!("problems-texts-unread"))).await;
    stage.sees("the link up all the same", live(true)).await;
    stage.play("nothing goes wrong");
    stage.sees("that they are", |patch| matches!(patch, Patch::PutLink { link } if link.not_read.is_none())).await;
}

#[tokio::test]
async fn what_ran_around_a_call_and_ended_in_a_gap_does_not_run_under_live() {
    for dialect in [Dialect::Documented, Dialect::Live] {
        let stage = at(dialect, 0).await;
        stage.play(
            "john calls dana\njohn is taken through play \"welcome\"\njohn enters daily\njohn is recorded\n\
             stranger calls dana\nstranger is taken through play \"welcome\"",
        );
        let running = |flows: usize| {
            move |held: &[Patch]| {
                let runs = held.iter().filter(|patch| matches!(patch, Patch::PutFlow { flow } if flow.running)).count();
                let goes_on =
                    held.iter().any(|patch| matches!(patch, Patch::PutConference { conference } if conference.running));
                let records =
                    held.iter().any(|patch| matches!(patch, Patch::PutRecording { recording } if recording.running));
                (runs, goes_on, records) == (flows, flows == 2, flows == 2)
            }
        };
        stage
            .sees("the recording", |patch| matches!(patch, Patch::PutRecording { recording } if recording.running))
            .await;
        stage.sees_all("all of it", running(2)).await;
        stage.play("drop the link for 300ms");
        stage.sees("the flow in doubt", |patch| matches!(patch, Patch::PutFlow { flow } if flow.stale)).await;
        stage
            .sees("the room in doubt", |patch| matches!(patch, Patch::PutConference { conference } if conference.stale))
            .await;
        stage
            .sees(
                "the recording in doubt",
                |patch| matches!(patch, Patch::PutRecording { recording } if recording.stale),
            )
            .await;
        stage.play("john is through with success\nroom daily ends\njohn is recorded no longer");
        stage.shift.retry_now().await.unwrap();
        stage.sees("the link again", live(true)).await;
        stage.sees_all("only the stranger's flow", running(1)).await;
        stage.sees_no("anything in doubt", |patch| matches!(patch, Patch::PutFlow { flow } if flow.stale)).await;
    }
}

#[tokio::test]
async fn texts_come_by_lists_where_the_topics_of_texts_are_refused() {
    for dialect in [voipbin_simulator::Dialect::Documented, voipbin_simulator::Dialect::Live] {
        let stage = Stage::before(Setup { dialect, ..Setup::default() }).await;
        stage.play("john texts \"Before\"\nrefuse message with PERMISSION_DENIED");
        stage.sign_in(0).await.unwrap();
        stage.sees("the link", live(true)).await;
        let told = |patch: &Patch| matches!(patch, Patch::PutLink { link } if !link.not_visible.is_empty());
        stage.sees("what is not visible", told).await;
        stage.play("john texts \"Hello?\"");
        stage.sees("the text", text("Hello?")).await;
        stage.hears_times(AlertKind::Message, 1).await;
    }
}
