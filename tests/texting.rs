//! Texts come and are answered.

use ringside_desk::{AlertKind, DeliveryView, MessageView, Patch};
use voipbin_simulator::Seen;

use crate::stage::Stage;

async fn chat(stage: &Stage) -> String {
    let Patch::PutChat { chat } = stage.sees("the conversation", |patch| matches!(patch, Patch::PutChat { .. })).await
    else {
        unreachable!()
    };
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
    assert_eq!(stage.hears(AlertKind::Message).await, "+15551234567", "the toast does not wait for the address book");
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
    stage
        .sees("the address book's answer", |patch| matches!(patch, Patch::PutCard { card } if card.name.is_some()))
        .await;
    stage.play("answer 402 to the next 1 requests");
    stage.shift.reply(chat, "One moment".into()).await.unwrap();
    let Patch::PutMessage { message } = stage.sees("the refusal", reply_with(DeliveryView::NotSent)).await else {
        unreachable!()
    };
    assert!(message.problem.unwrap().contains("balance"));
    stage.shift.reply_again(message.id).await.unwrap();
    stage.service_sees("the answer", |seen| matches!(seen, Seen::Text { .. })).await;
    stage.sees("the receipt", reply_with(DeliveryView::Delivered)).await;
}

#[tokio::test]
async fn an_answer_that_may_have_left_is_not_sent_twice() {
    let stage = Stage::at_work().await;
    stage.play("john texts \"Hello\"");
    let chat = chat(&stage).await;
    stage
        .sees("the address book's answer", |patch| matches!(patch, Patch::PutCard { card } if card.name.is_some()))
        .await;
    stage.play("answer 500 to the next 1 requests");
    stage.shift.reply(chat, "One moment".into()).await.unwrap();
    let Patch::PutMessage { message } = stage.sees("the doubt", reply_with(DeliveryView::Unclear)).await else {
        unreachable!()
    };
    stage.shift.reply_again(message.id).await.unwrap_err();
}
