//! What the team writes to each other.

use ringside_desk::{Patch, TalkLineView};
use ringside_shift::TalkDeed;
use voipbin_simulator::{Dialect, Setup};

use crate::stage::Stage;

fn line(patch: &Patch) -> Option<&TalkLineView> {
    match patch {
        Patch::PutTalkLine { line } => Some(line),
        _ => None,
    }
}

async fn leo(stage: &Stage) -> String {
    let colleague = stage
        .sees("Leo", |patch| match patch {
            Patch::PutColleague { colleague } => Some(colleague.clone()),
            _ => None,
        })
        .await;
    colleague.id
}

#[tokio::test]
async fn a_colleague_is_written_to_answers_and_reacts() {
    let setup = Setup { dialect: Dialect::Live, unlimited: true, ..Setup::default() };
    let stage = Stage::at(setup, 0, None).await;
    let leo = leo(&stage).await;
    let talk = stage.shift.speak(TalkDeed::Open { agent: leo.clone() }).await.unwrap();
    assert_eq!(stage.shift.speak(TalkDeed::Open { agent: leo }).await.unwrap(), talk, "one chat of two stays one");
    stage.shift.speak(TalkDeed::Say { talk: talk.clone(), text: "Can you take line two?".into() }).await.unwrap();
    let mine = |patch: &Patch| line(patch).is_some_and(|line| line.mine && line.text == "Can you take line two?");
    stage.sees("the message", mine).await;
    stage.play("leo writes to dana \"On it.\"");
    let seen = stage.sees("the answer", |patch| line(patch).is_some_and(|line| line.text == "On it.")).await;
    assert_eq!(line(&seen).unwrap().author, "Leo Marsh");
    let unread = |patch: &Patch| matches!(patch, Patch::PutTalk { talk } if talk.unread == 1);
    stage.sees("it unread", unread).await;
    stage.shift.talk_in(Some(talk)).await.unwrap();
    stage.sees("it read", |patch| matches!(patch, Patch::PutTalk { talk } if talk.unread == 0)).await;
    let message = line(&seen).unwrap().id.clone();
    stage.shift.speak(TalkDeed::React { message, emoji: "👍".into() }).await.unwrap();
    stage
        .sees("the reaction", |patch| line(patch).is_some_and(|line| line.reactions.iter().any(|each| each.mine)))
        .await;
}

#[tokio::test]
async fn what_could_not_be_said_stays_with_the_agent() {
    let setup = Setup { dialect: Dialect::Live, unlimited: true, ..Setup::default() };
    let stage = Stage::at(setup, 0, None).await;
    let leo = leo(&stage).await;
    let talk = stage.shift.speak(TalkDeed::Open { agent: leo }).await.unwrap();
    stage.play("answer 503 to the next 1 requests");
    let problem = stage.shift.speak(TalkDeed::Say { talk, text: "Hello?".into() }).await.unwrap_err();
    assert!(problem.to_string().contains("not sent") && problem.to_string().contains("Request ringside-"), "{problem}");
    assert!(stage.held().iter().all(|patch| line(patch).is_none()));
}

#[tokio::test]
async fn a_file_is_shared_and_saved_under_a_harmless_name() {
    let home = tempfile::TempDir::new().unwrap();
    let stage = Stage::at_work().await;
    let leo = leo(&stage).await;
    let talk = stage.shift.speak(TalkDeed::Open { agent: leo }).await.unwrap();
    let share = |bytes: Vec<u8>| TalkDeed::Share { talk: talk.clone(), name: "../plan.txt".into(), bytes };
    stage.shift.speak(share(Vec::new())).await.unwrap_err();
    stage.shift.speak(share(vec![0; 6 * 1024 * 1024])).await.unwrap_err();
    stage.shift.speak(share(b"north, then east".to_vec())).await.unwrap();
    let seen = stage.sees("the file", |patch| line(patch).is_some_and(|line| !line.files.is_empty())).await;
    let file = line(&seen).unwrap().files[0].clone();
    let path = stage.shift.save_shared(file.clone(), home.path().to_owned()).await.unwrap();
    assert_eq!(path, home.path().join("plan.txt").display().to_string());
    assert_eq!(std::fs::read(&path).unwrap(), b"north, then east");
    let again = stage.shift.save_shared(file, home.path().to_owned()).await.unwrap();
    assert!(again.ends_with("plan (2).txt"), "nothing is written over: {again}");
    stage.shift.save_shared("no-such-file".into(), home.path().to_owned()).await.unwrap_err();
}
