//! Somebody else answers in the service's place, or tells of somebody else's
//! calls: nothing of that is taken for the service's word.

use futures_util::future::join_all;
use ringside_desk::{DeliveryView, Patch, Screen};
use ringside_shift::{Code, Place};
use tokio::time::{Duration, Instant, sleep};
use voipbin_simulator::{Dialect, Seen, Setup};

use crate::stage::Stage;

fn live(is: bool) -> impl Fn(&Patch) -> bool {
    move |patch| matches!(patch, Patch::PutLink { link } if link.live == is)
}

fn is_call(patch: &Patch) -> bool {
    matches!(patch, Patch::PutCall { .. })
}

fn says_so(patch: &Patch) -> bool {
    matches!(patch, Patch::PutLink { link } if link.why.as_ref().is_some_and(|why| why.has("link-foreign")))
}

async fn at(dialect: Dialect, who: usize) -> Stage {
    Stage::at(Setup { dialect, unlimited: true, ..Setup::default() }, who, None).await
}

/// Waits until the lists could not be read.
async fn could_not_read(stage: &Stage) {
    let deadline = Instant::now() + Duration::from_secs(40);
    while stage.shift.diagnostics().await.unwrap().unwrap().rereads_failed == 0 {
        assert!(Instant::now() < deadline, "the lists were read in vain");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_sign_in_page_of_the_network_takes_no_call_off_the_desk_and_signs_nobody_out() {
    let answers = ["200 json", "200 html", "401 html", "403 html", "404 json", "302 html"];
    let dialects = [Dialect::Documented, Dialect::Live];
    join_all(answers.iter().flat_map(|answer| dialects.map(|dialect| (answer, dialect))).map(
        async |(answer, dialect)| {
            let stage = at(dialect, 0).await;
            stage.play("john calls dana");
            stage.sees("the call", is_call).await;
            stage.play(&format!("a portal answers {answer} to the next 100000 requests\nclose the link"));
            could_not_read(&stage).await;
            stage.sees("that it is not live", live(false)).await;
            stage.sees("the call as it was", is_call).await;
            stage.sees_screen(Screen::Desk).await;
            let asked = |patch: &Patch| matches!(patch, Patch::PutSession { session } if session.ask_again.is_some());
            assert!(!stage.held().iter().any(asked), "{answer}: a portal knows nothing of the sign-in");
            stage.play("nothing goes wrong");
            stage.sees("a live link", live(true)).await;
            stage.sees("the call still", is_call).await;
        },
    ))
    .await;
}

#[tokio::test]
async fn a_handshake_answered_by_a_sign_in_page_says_so_and_refuses_no_sign_in() {
    for answer in ["200 html", "401 html", "403 json", "404 html", "302 html"] {
        let status = answer[..3].parse().unwrap();
        let mut stage = at(Dialect::Live, 0).await;
        stage.play(&format!("a portal answers {answer} to the next 1 handshakes\nclose the link"));
        stage.service_sees("the portal", |seen| *seen == Seen::TurnedAway { status }).await;
        stage.sees("what is in between", says_so).await;
        stage.sees_screen(Screen::Desk).await;
        stage.shift.retry_now().await.unwrap();
        stage.sees("the link again", live(true)).await;
    }
}

#[tokio::test]
async fn a_text_that_a_sign_in_page_took_is_never_called_sent() {
    for answer in ["200 json", "200 html", "302 html", "401 html", "403 html", "404 html"] {
        let stage = at(Dialect::Documented, 0).await;
        stage.play("john texts \"Hello\"");
        let chat = stage
            .sees("the chat", |patch| match patch {
                Patch::PutChat { chat } => Some(chat.clone()),
                _ => None,
            })
            .await;
        stage.play(&format!("a portal answers {answer} to the next 1 texts"));
        stage.shift.reply(chat.id, "One moment".into()).await.unwrap();
        let checked = |patch: &Patch| {
            matches!(patch, Patch::PutMessage { message } if message.text == "One moment"
                && message.delivery == Some(DeliveryView::Checking)
                && message.problem.as_ref().is_some_and(|problem| problem.has("link-foreign")))
        };
        stage.sees("that it is looked for", checked).await;
    }
}

#[tokio::test]
async fn signing_in_behind_a_sign_in_page_blames_neither_password_nor_token() {
    let stage = Stage::before(Setup::default()).await;
    for answer in ["200 json", "401 html", "403 html", "302 html"] {
        stage.play(&format!("a portal answers {answer} to the next 1 requests"));
        let problem = stage.sign_in_to(Place::from(stage.service.address()), 0).await.unwrap_err();
        assert!(problem.code == Code::Other && problem.to_string().contains("sign-in page"), "{answer}: {problem:?}");
    }
}

#[tokio::test]
async fn an_event_of_another_customer_is_counted_and_shown_nowhere() {
    for dialect in [Dialect::Documented, Dialect::Live] {
        let stage = at(dialect, 0).await;
        // Its name makes the live dialect publish it where a manager listens.
        stage.play(
            r#"tell call.created {"id":"call_theirs","customer_id":"11110680-804e-11ec-8477-2fea5968d85b","status":"ringing","direction":"incoming","source":{"type":"tel","target":"+15550009999"},"destination":{},"action":{}}"#,
        );
        stage.play("john calls dana");
        stage.sees("the own call", is_call).await;
        let deadline = Instant::now() + Duration::from_secs(40);
        while stage.shift.diagnostics().await.unwrap().unwrap().not_ours == 0 {
            assert!(Instant::now() < deadline, "{dialect:?}: the foreign event was not counted");
            sleep(Duration::from_millis(20)).await;
        }
        assert!(!stage.crossed().contains("15550009999"), "{dialect:?}: nothing of it crossed to the window");
    }
}
