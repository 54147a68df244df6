//! The link is lost and comes back.

use ringside_desk::{AlertKind, Patch};
use ringside_words::{Argument, say};
use voipbin_simulator::Seen;

use crate::stage::Stage;

fn live(wanted: bool) -> impl Fn(&Patch) -> bool {
    move |patch| matches!(patch, Patch::PutLink { link } if link.live == wanted)
}

#[tokio::test]
async fn a_lost_link_is_said_at_once_and_heals_with_every_topic() {
    let mut stage = Stage::at_work().await;
    let before = stage.both_subscriptions().await;
    stage.play("john calls dana");
    stage.sees("the call", |patch| matches!(patch, Patch::PutCall { .. })).await;
    stage.play("drop the link for 300ms");
    let link = stage
        .sees("the loss", |patch| match patch {
            Patch::PutLink { link } if live(false)(patch) => Some(link.clone()),
            _ => None,
        })
        .await;
    assert_eq!((link.hears_calls, link.promise.id.as_ref()), (false, "link-promise-none"));
    stage.sees("the call marked as old", |patch| matches!(patch, Patch::PutCall { call } if call.stale)).await;
    stage.shift.retry_now().await.unwrap();
    assert_eq!(before, stage.both_subscriptions().await);
    stage.sees("the link again", live(true)).await;
    stage.play("stranger calls dana");
    stage.sees("the next call", |patch| matches!(patch, Patch::PutCall { call } if !call.stale)).await;
    stage.hears_times(AlertKind::Ringing, 2).await;
}

#[tokio::test]
async fn ending_the_shift_unsubscribes_and_says_goodbye() {
    let mut stage = Stage::at_work().await;
    stage.shift.end().await;
    stage
        .service_sees("the topics given back", |seen| matches!(seen, Seen::Unsubscribed { topics } if topics.len() > 3))
        .await;
    stage.service_sees("a goodbye", |seen| matches!(seen, Seen::Closed { goodbye: true })).await;
}

#[tokio::test]
async fn each_documented_refusal_is_put_into_words() {
    for (code, words) in [
        ("PERMISSION_DENIED", "link-hidden-permission"),
        ("INVALID_TOPIC", "link-hidden-not-understood"),
        ("INVALID_MESSAGE", "link-hidden-not-understood"),
        ("TEAPOT", "link-hidden-other"),
    ] {
        let stage = Stage::empty().await;
        stage.play(&format!("refuse queue with {code}"));
        stage.sign_in(0).await.unwrap();
        let queues = || Argument::from(say!("link-topic-yours", what = say!("link-topic-queues")));
        let named = |patch: &Patch| {
            matches!(patch, Patch::PutLink { link } if link.live
                && link.not_visible.iter().any(|hidden| hidden.has(words)
                    && hidden.given("what") == Some(&queues())
                    && hidden.given("code").is_none_or(|told| *told == code.into())))
        };
        stage.sees(code, named).await;
    }
}

#[tokio::test]
async fn a_subscription_refused_for_haste_is_asked_again_and_heals() {
    let mut stage = Stage::empty().await;
    stage.play("refuse queue with RATE_LIMITED");
    stage.sign_in(0).await.unwrap();
    stage.sees("not live yet", live(false)).await;
    let queues = |seen: &Seen| matches!(seen, Seen::Subscribed { topics } if topics.iter().any(|topic| topic.contains(":queue:")));
    stage.service_sees("the queues asked for again", queues).await;
    stage.sees("the link", live(true)).await;
}
