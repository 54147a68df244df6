//! Texts come and are answered.

use ringside_words::Message;
use std::time::Duration;

use ringside_desk::{AlertKind, DeliveryView, MessageView, Patch};
use tempfile::TempDir;
use voipbin_simulator::{Seen, Setup};

use crate::stage::{CAST, Drawer, Stage};

async fn chat(stage: &Stage) -> String {
    let chat = stage
        .sees("the conversation", |patch| match patch {
            Patch::PutChat { chat } => Some(chat.clone()),
            _ => None,
        })
        .await;
    chat.id
}

fn reply_with(delivery: DeliveryView) -> impl Fn(&Patch) -> bool {
    move |patch| matches!(patch, Patch::PutMessage { message } if message.ours && message.delivery == Some(delivery))
}

fn replies(stage: &Stage) -> Vec<MessageView> {
    let ours = |patch| match patch {
        Patch::PutMessage { message } if message.ours => Some(message),
        _ => None,
    };
    stage.held().into_iter().filter_map(ours).collect()
}

#[tokio::test]
async fn a_text_is_answered_and_the_answer_shows_that_it_arrived() {
    let mut stage = Stage::at_work().await;
    stage.play("john texts \"Hello\"");
    assert_eq!(
        stage.hears(AlertKind::Message).await,
        Message::verbatim("+1 555 123 4567"),
        "the toast does not wait for the address book"
    );
    let chat = chat(&stage).await;
    stage.shift.reply(chat, "One moment".into()).await.unwrap();
    let text = |seen: &Seen| matches!(seen, Seen::Text { from, to, text } if from == "+15559876543" && to == "+15551234567" && text == "One moment");
    stage.service_sees("the answer", text).await;
    stage.sees("the receipt", reply_with(DeliveryView::Delivered)).await;
    assert_eq!(replies(&stage).len(), 1, "answer, event and receipt are one text");
}

#[tokio::test]
async fn what_is_looked_at_is_read_and_makes_no_noise() {
    let stage = Stage::at_work().await;
    stage.play("john texts \"Hello\"");
    let chat = chat(&stage).await;
    stage.shift.look_at(Some(chat)).await.unwrap();
    stage.sees("it being read", |patch| matches!(patch, Patch::PutChat { chat } if chat.unread == 0)).await;
    stage.play("john texts \"Still there?\"");
    stage
        .sees(
            "the second text",
            |patch| matches!(patch, Patch::PutMessage { message } if message.text == "Still there?"),
        )
        .await;
    assert_eq!(stage.heard(AlertKind::Message), 1);
}

#[tokio::test]
async fn an_answer_the_service_refuses_stays_and_can_be_sent_again() {
    let mut stage = Stage::at_work().await;
    stage.play("john texts \"Hello\"");
    let chat = chat(&stage).await;
    stage.play("answer 402 to the next 1 texts");
    stage.shift.reply(chat, "One moment".into()).await.unwrap();
    let message = stage
        .sees("the refusal", |patch| match patch {
            Patch::PutMessage { message } if reply_with(DeliveryView::NotSent)(patch) => Some(message.clone()),
            _ => None,
        })
        .await;
    assert!(message.problem.unwrap().has("texts-balance"));
    stage.shift.reply_again(message.id).await.unwrap();
    stage.service_sees("the answer", |seen| matches!(seen, Seen::Text { .. })).await;
    stage.sees("the receipt", reply_with(DeliveryView::Delivered)).await;
}

#[tokio::test]
async fn an_answer_that_arrived_without_a_word_is_found_and_not_sent_twice() {
    let mut stage = Stage::at_work().await;
    stage.play("john texts \"Hello\"\nswallow the answers to the next 1 texts");
    let chat = chat(&stage).await;
    stage.shift.reply(chat.clone(), "One moment".into()).await.unwrap();
    stage.sees("the receipt", reply_with(DeliveryView::Delivered)).await;
    stage.shift.reply(chat, "Here it is".into()).await.unwrap();
    stage.service_sees("the first", |seen| matches!(seen, Seen::Text { text, .. } if text == "One moment")).await;
    let text = stage
        .service_sees("the next", |seen| match seen {
            Seen::Text { text, .. } => Some(text.clone()),
            _ => None,
        })
        .await;
    assert_eq!(text, "Here it is");
    stage.sees("both", |patch| matches!(patch, Patch::PutMessage { message } if message.text == "Here it is")).await;
    assert_eq!(replies(&stage).len(), 2);
}

#[tokio::test]
async fn an_answer_that_cannot_be_found_is_the_agents_to_decide() {
    let mut stage = Stage::at_work().await;
    stage.play("john texts \"Hello\"\nlose the next 1 texts");
    let chat = chat(&stage).await;
    stage.shift.reply(chat, "One moment".into()).await.unwrap();
    let message = stage
        .sees("the doubt", |patch| match patch {
            Patch::PutMessage { message } if reply_with(DeliveryView::Checking)(patch) => Some(message.clone()),
            _ => None,
        })
        .await;
    stage.shift.reply_again(message.id.clone()).await.unwrap_err();
    stage.passes(Duration::from_secs(30));
    stage.sees("the question", reply_with(DeliveryView::Unclear)).await;
    stage.shift.reply_again(message.id).await.unwrap();
    stage.service_sees("the answer", |seen| matches!(seen, Seen::Text { .. })).await;
    stage.sees("the receipt", reply_with(DeliveryView::Delivered)).await;
    assert_eq!(replies(&stage).len(), 1);
}

#[tokio::test]
async fn an_answer_that_could_not_leave_goes_by_itself() {
    let mut stage = Stage::at_work().await;
    stage.play("john texts \"Hello\"");
    let chat = chat(&stage).await;
    stage.play("answer 429 to the next 2 texts");
    stage.shift.reply(chat, "One moment".into()).await.unwrap();
    stage.sees("it waiting", reply_with(DeliveryView::Waiting)).await;
    stage.service_sees("the answer", |seen| matches!(seen, Seen::Text { .. })).await;
    stage.sees("the receipt", reply_with(DeliveryView::Delivered)).await;
}

#[tokio::test]
async fn an_answer_that_could_not_leave_does_not_wait_for_a_clock_that_was_set_back() {
    let mut stage = Stage::at_work().await;
    stage.play("john texts \"Hello\"");
    let chat = chat(&stage).await;
    stage.play("answer 429 to the next 2 texts");
    stage.shift.reply(chat.clone(), "One moment".into()).await.unwrap();
    stage.sees("it waiting", reply_with(DeliveryView::Waiting)).await;
    stage.clock_is_set(-3600);
    stage.shift.reply(chat, "Here it is".into()).await.unwrap();
    for words in ["One moment", "Here it is"] {
        let sent = stage.service_sees("the texts", |seen| matches!(seen, Seen::Text { .. })).await;
        assert!(matches!(sent, Seen::Text { text, .. } if text == words), "in the order written");
    }
}

#[tokio::test]
async fn an_answer_that_is_let_go_of_is_a_draft_again() {
    let stage = Stage::at_work().await;
    stage.play("john texts \"Hello\"\nanswer 409 to the next 1 texts");
    let chat = chat(&stage).await;
    stage.shift.reply(chat, "One moment".into()).await.unwrap();
    let message = stage
        .sees("the refusal", |patch| match patch {
            Patch::PutMessage { message } if reply_with(DeliveryView::NotSent)(patch) => Some(message.clone()),
            _ => None,
        })
        .await;
    stage.shift.drop_reply(message.id).await.unwrap();
    stage.sees("the draft", |patch| matches!(patch, Patch::PutChat { chat } if chat.draft == "One moment")).await;
    assert_eq!(replies(&stage), []);
}

#[tokio::test]
async fn answers_drafts_and_texts_are_there_after_a_restart() {
    let home = TempDir::new().unwrap();
    let stage = Stage::keeping(&home).await;
    stage.play("john texts \"Hello\"\nstranger texts \"Who are you?\"");
    let john = "+15551234567 +15559876543".to_owned();
    stage.sees("John", |patch| matches!(patch, Patch::PutChat { chat } if chat.id == john)).await;
    stage.sees("the stranger", |patch| matches!(patch, Patch::PutChat { chat } if chat.number == "+15550142233")).await;
    stage.shift.keep_draft("+15550142233 +15559876543".into(), "We are".into()).await.unwrap();
    stage.play("answer 429 to the next 1000 texts");
    stage.shift.reply(john, "One moment".into()).await.unwrap();
    stage.sees("it waiting", reply_with(DeliveryView::Waiting)).await;
    let stage = stage.started_again().await;
    stage.sees("it waiting still", reply_with(DeliveryView::Waiting)).await;
    let is_there = |text: &str| {
        stage.held().iter().any(|patch| matches!(patch, Patch::PutMessage { message } if message.text == text))
    };
    assert!(is_there("Hello") && is_there("Who are you?"));
    stage.sees("the draft", |patch| matches!(patch, Patch::PutChat { chat } if chat.draft == "We are")).await;
    stage.play("nothing goes wrong");
    stage.sees("the receipt", reply_with(DeliveryView::Delivered)).await;
    assert_eq!(replies(&stage).len(), 1);
}

#[tokio::test]
async fn a_ledger_that_cannot_be_read_is_put_aside_and_the_agent_is_told() {
    let home = TempDir::new().unwrap();
    std::fs::write(home.path().join("ledger.db"), "no database, however long it is ".repeat(300)).unwrap();
    let stage = Stage::keeping(&home).await;
    let session = stage
        .sees("the notice", |patch| match patch {
            Patch::PutSession { session } if session.problem.is_some() => Some(session.clone()),
            _ => None,
        })
        .await;
    assert!(session.problem.unwrap().to_string().contains("ledger.unreadable-1"));
    assert!(home.path().join("ledger.unreadable-1").exists());
}

#[tokio::test]
async fn without_a_key_for_the_ledger_answers_still_go() {
    let home = TempDir::new().unwrap();
    let service = voipbin_simulator::Simulator::start().await.unwrap();
    service.play_line(CAST).unwrap();
    let drawer = Drawer::keeping(home.path().join("ledger.db"));
    *drawer.is_locked.lock().unwrap() = true;
    let stage = Stage::with(service, std::sync::Arc::new(drawer)).await;
    stage.sign_in(0).await.unwrap();
    let told = |patch: &Patch| matches!(patch, Patch::PutSession { session } if session.problem.as_ref().is_some_and(|problem| problem.has("problems-keyring-locked")));
    stage.sees("the notice", told).await;
    stage.sees("a live link", |patch| matches!(patch, Patch::PutLink { link } if link.live)).await;
    stage.play("john texts \"Hello\"");
    let chat = chat(&stage).await;
    stage.shift.reply(chat, "One moment".into()).await.unwrap();
    stage.sees("the receipt", reply_with(DeliveryView::Delivered)).await;
}

#[tokio::test]
async fn a_plain_agent_answers_in_the_conversation() {
    let setup = Setup { dialect: voipbin_simulator::Dialect::Live, unlimited: true, ..Setup::default() };
    let mut stage = Stage::at(setup, 1, None).await;
    stage.play("john texts \"Hello\"");
    let answerable = |patch: &Patch| matches!(patch, Patch::PutChat { chat } if chat.can_reply);
    let chat = stage
        .sees("the conversation", |patch| match patch {
            Patch::PutChat { chat } if answerable(patch) => Some(chat.clone()),
            _ => None,
        })
        .await;
    stage.shift.reply(chat.id, "One moment".into()).await.unwrap();
    let asked = |seen: &Seen| matches!(seen, Seen::Asked { path, .. } if path.contains("/conversations/"));
    stage.service_sees("the answer", asked).await;
    stage.sees("it being sent", reply_with(DeliveryView::Sent)).await;
}

#[tokio::test]
async fn whatever_goes_wrong_with_an_answer_is_said_and_the_answer_is_kept() {
    let stage = Stage::at_work().await;
    stage.play("john texts \"Hello\"");
    let chat = chat(&stage).await;
    let wrongs = [
        ("answer 400 to", DeliveryView::NotSent, "problems-refused-said"),
        ("answer 402 to", DeliveryView::NotSent, "texts-balance"),
        ("answer 403 to", DeliveryView::NotSent, "link-frozen-since-until"),
        ("answer 404 to", DeliveryView::NotSent, "problems-no-service"),
        ("answer 409 to", DeliveryView::NotSent, "problems-refused-said"),
        ("answer 401 to", DeliveryView::Waiting, "problems-sign-in-over"),
        ("answer 429 to", DeliveryView::Waiting, "texts-slowed-down"),
        ("answer 500 to", DeliveryView::Checking, "texts-may-be-sent"),
        ("answer 503 to", DeliveryView::Checking, "texts-may-be-sent"),
        ("lose", DeliveryView::Checking, "texts-may-be-sent"),
    ];
    for (at, (wrong, delivery, id)) in wrongs.into_iter().enumerate() {
        let text = format!("Answer number {at}.");
        stage.play(&format!("{wrong} the next 1000 texts"));
        stage.shift.reply(chat.clone(), text.clone()).await.unwrap();
        let shown = |patch: &Patch| matches!(patch, Patch::PutMessage { message } if message.text == text && message.delivery == Some(delivery));
        let message = stage
            .sees(wrong, |patch| match patch {
                Patch::PutMessage { message } if shown(patch) => Some(message.clone()),
                _ => None,
            })
            .await;
        assert!(message.problem.as_ref().is_some_and(|problem| problem.has(id)), "{wrong}: {message:?}");
        stage.play("nothing goes wrong");
        if delivery == DeliveryView::NotSent {
            stage.shift.reply_again(message.id).await.unwrap();
        } else if delivery == DeliveryView::Checking {
            stage.passes(Duration::from_secs(30));
            let asks = |patch: &Patch| matches!(patch, Patch::PutMessage { message } if message.text == text && message.delivery == Some(DeliveryView::Unclear));
            stage.sees("the question", asks).await;
            stage.shift.reply_again(message.id).await.unwrap();
        }
        let arrived = |patch: &Patch| matches!(patch, Patch::PutMessage { message } if message.text == text && message.delivery == Some(DeliveryView::Delivered));
        stage.sees("it arrived in the end", arrived).await;
    }
    assert_eq!(replies(&stage).len(), 10);
}
