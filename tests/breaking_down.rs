//! A session that breaks down in the middle of its work.

use ringside_desk::{Patch, Screen, SessionView};
use tempfile::TempDir;

use crate::stage::Stage;
use ringside_words::text;

async fn sees_session(stage: &Stage, what: &str, is_it: impl Fn(&SessionView) -> bool) {
    stage.sees(what, |patch| matches!(patch, Patch::PutSession { session } if is_it(session))).await;
}

fn is_live(patch: &Patch) -> bool {
    matches!(patch, Patch::PutLink { link } if link.live)
}

fn says(session: &SessionView, id: &str) -> bool {
    session.problem.as_ref().is_some_and(|problem| problem.has(id))
}

#[tokio::test]
async fn a_session_that_breaks_down_says_so_and_goes_on_with_what_was_kept() {
    let home = TempDir::new().unwrap();
    let stage = Stage::keeping(&home).await;
    stage.play("john texts \"One\"");
    let text = |words: &'static str| move |patch: &Patch| matches!(patch, Patch::PutMessage { message } if message.text == words);
    let message = stage
        .sees("the first text", |patch| match patch {
            Patch::PutMessage { message } if text("One")(patch) => Some(message.clone()),
            _ => None,
        })
        .await;
    stage.shift.keep_draft(message.chat.clone(), "I was about".into()).await.unwrap();
    stage.breaks_down(1);
    stage.play("stranger texts \"Two\"");
    sees_session(&stage, "that it broke down", |session| {
        session.screen == Screen::Desk && says(session, "problems-started-again")
    })
    .await;
    stage.sees("a live link again", is_live).await;
    stage.sees("the text from before", text("One")).await;
    stage.sees("the text that broke it", text("Two")).await;
    stage.sees("the draft", |patch| matches!(patch, Patch::PutChat { chat } if chat.draft == "I was about")).await;
    // And it works as before.
    stage.play("john texts \"Three\"");
    stage.sees("the next text", text("Three")).await;
    stage.shift.reply(message.chat, "Still here".into()).await.unwrap();
    stage.sees("the reply", text("Still here")).await;
}

#[tokio::test]
async fn a_session_that_breaks_down_again_and_again_promises_nothing_any_more() {
    let stage = Stage::at_work().await;
    stage.breaks_down(usize::MAX);
    for number in 0..5 {
        stage.sees("a live link", is_live).await;
        stage.play(&format!("john texts \"{number}\""));
        stage.sees_no("a live link", is_live).await;
    }
    sees_session(&stage, "that it stopped", |session| {
        session.screen == Screen::SignedOut && says(session, "problems-stopped")
    })
    .await;
    let problem = stage.sign_in(0).await.unwrap_err();
    assert!(problem.to_string().contains(&text!("problems-stopped")), "{problem}");
    stage.shift.end().await;
}
