//! Texts answer themselves, and nobody regrets it.

use std::time::Duration;

use ringside_desk::{
    AlertKind, DeliveryView, Patch, ResponderDeed, ResponderState, ResponderView, RuleBook, TraceFate, Trial,
};
use ringside_shift::{Place, Problem};
use ringside_words::{Message, say, text};
use tempfile::TempDir;
use voipbin_client::{List, Rest, Service};
use voipbin_simulator::{Dialect, RULES, Seen, Setup, Simulator};
use voipbin_wire::{Fact, TalkFact, Timestamp};

use crate::stage::{CAST, Drawer, Stage};

const JOHN: &str = "+15551234567 +15559876543";

fn book(toml: &str) -> Box<RuleBook> {
    Box::new(RuleBook::from_toml(toml).unwrap())
}

async fn rules(stage: &Stage, toml: &str) {
    stage.shift.respond(ResponderDeed::Keep(book(toml))).await.unwrap();
    stage.shift.respond(ResponderDeed::Switch(true)).await.unwrap();
    stands(stage, ResponderState::Answering).await;
}

async fn stands(stage: &Stage, state: ResponderState) -> ResponderView {
    responder(stage, |responder| responder.state == state).await
}

async fn responder(stage: &Stage, is_it: impl Fn(&ResponderView) -> bool) -> ResponderView {
    let is_it = |patch: &Patch| matches!(patch, Patch::PutResponder { responder } if is_it(responder));
    let responder = stage
        .sees("the responder", |patch| match patch {
            Patch::PutResponder { responder } if is_it(patch) => Some(responder.clone()),
            _ => None,
        })
        .await;
    *responder
}

/// Waits until something was decided about a text, and says what.
async fn decided(stage: &Stage, text: &str, fate: TraceFate) -> Message {
    let is_it =
        |responder: &ResponderView| responder.traces.iter().any(|trace| trace.text == text && trace.fate == fate);
    let view = responder(stage, is_it).await;
    view.traces.into_iter().find(|trace| trace.text == text).unwrap().words
}

async fn goes_out(stage: &mut Stage) -> String {
    stage
        .service_sees("a text", |seen| match seen {
            Seen::Text { text, .. } => Some(text.clone()),
            _ => None,
        })
        .await
}

fn texts_of(stage: &Stage) -> Vec<(String, Option<String>)> {
    let ours = |patch| match patch {
        Patch::PutMessage { message } if message.ours => Some((message.text, message.auto)),
        _ => None,
    };
    stage.held().into_iter().filter_map(ours).collect()
}

#[tokio::test]
async fn the_two_examples_of_the_documentation_are_answered_word_for_word() {
    let home = TempDir::new().unwrap();
    let mut stage = Stage::keeping(&home).await;
    rules(&stage, RULES).await;
    stage.play("john texts \"What are your hours?\"");
    assert_eq!(goes_out(&mut stage).await, "We're open Mon-Fri 9-5!");
    let marked = |patch: &Patch| matches!(patch, Patch::PutMessage { message } if message.auto.as_deref() == Some("Opening hours") && message.delivery == Some(DeliveryView::Delivered));
    stage.sees("that a rule wrote it", marked).await;
    stage.passes(Duration::from_secs(70));
    stage.play("john texts \"STOP\"");
    assert_eq!(goes_out(&mut stage).await, "You've been unsubscribed");
    let silent = |patch: &Patch| matches!(patch, Patch::PutChat { chat } if chat.silent_since.is_some());
    stage.sees("that they want no texts", silent).await;
    stage.shift.reply(JOHN.into(), "Hello?".into()).await.unwrap_err();
    stage.shift.reply_despite(JOHN.into(), "Your parcel".into(), "They called for it.".into()).await.unwrap();
    assert_eq!(goes_out(&mut stage).await, "Your parcel");
}

#[tokio::test]
async fn a_text_that_the_service_tells_three_times_is_answered_once_on_the_live_service_too() {
    let setup = Setup { dialect: Dialect::Live, unlimited: true, ..Setup::default() };
    let service = Simulator::with(setup).await.unwrap();
    service.play_line(CAST).unwrap();
    let home = TempDir::new().unwrap();
    let drawer = Drawer::keeping(home.path().join("ledger.db"));
    let mut stage = Stage::with(service, std::sync::Arc::new(drawer)).await;
    stage.sign_in(0).await.unwrap();
    stage.sees("a live link", |patch| matches!(patch, Patch::PutLink { link } if link.live)).await;
    rules(&stage, RULES).await;
    stage.play("john texts \"hours?\"");
    assert_eq!(goes_out(&mut stage).await, "We're open Mon-Fri 9-5!");
    stage.play("stranger texts \"hours please\"");
    goes_out(&mut stage).await;
    let both =
        |patch: &Patch| matches!(patch, Patch::PutChat { chat } if chat.number == "+15550142233" && chat.last_is_ours);
    stage.sees("the second answer", both).await;
    assert_eq!(texts_of(&stage).len(), 2);
}

/// Texts of one service arrive at the other, as if each had the other's number.
async fn wired(one: &Stage, other: &Stage) {
    let (mut of_one, mut of_other) = (one.service.watch(), other.service.watch());
    loop {
        let (seen, to, sender) = tokio::select! {
            seen = of_one.recv() => (seen, other, "stranger"),
            seen = of_other.recv() => (seen, one, "john"),
        };
        match seen {
            Ok(Seen::Text { text, .. }) => to.play(&format!("{sender} texts \"{text}\"")),
            Ok(_) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn two_desks_that_answer_each_other_stop_and_say_why() {
    const POLITE: &str = "Thanks for your text, we will be with you soon.";
    let (one_home, other_home) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (one, other) = (Stage::keeping(&one_home).await, Stage::keeping(&other_home).await);
    let chatty = format!("[[rules]]\nname = 'Polite'\nthen.reply = '{POLITE}'");
    rules(&one, &chatty).await;
    rules(&other, &chatty).await;
    let played = async {
        one.play("john texts \"Hello\"");
        decided(&other, POLITE, TraceFate::Sent).await;
        let why = decided(&one, POLITE, TraceFate::Silent).await;
        assert!(why.has("rules-said-apart"), "{why}");
        assert_eq!((texts_of(&one).len(), texts_of(&other).len()), (1, 1));
        // Somebody pushes them on, again and again: then there is silence for good.
        for round in 1..=5 {
            for stage in [&one, &other] {
                stage.shift.respond(ResponderDeed::Switch(false)).await.unwrap();
                stands(stage, ResponderState::Off).await;
            }
            one.passes(Duration::from_secs(25 * 60));
            for stage in [&one, &other] {
                stage.play(&format!("the clock is {}s ahead", round * 25 * 60));
                stage.shift.respond(ResponderDeed::Switch(true)).await.unwrap();
                stands(stage, ResponderState::Answering).await;
            }
            let text = format!("Hello again {round}");
            one.play(&format!("john texts \"{text}\""));
            let is_decided = |responder: &ResponderView| responder.traces.iter().any(|trace| trace.text == text);
            let view = responder(&one, is_decided).await;
            if view.held.is_empty() {
                let came_back = |responder: &ResponderView| {
                    responder.traces.iter().filter(|trace| trace.text == POLITE).count() > round
                };
                responder(&one, came_back).await;
            }
        }
        let view = responder(&one, |responder| !responder.held.is_empty()).await;
        assert!(view.traces[0].words.has("rules-said-machine"), "{}", view.traces[0].words);
        assert_eq!((texts_of(&one).len(), texts_of(&other).len()), (3, 3));
    };
    tokio::select! {
        () = wired(&one, &other) => panic!("the wire between them ended"),
        () = played => {}
    }
}

#[tokio::test]
async fn of_two_desks_of_one_account_one_answers_and_the_other_takes_over() {
    let (home, other_home) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let mut stage = Stage::keeping(&home).await;
    rules(&stage, RULES).await;
    let other = stage.another(&other_home, 1).await;
    other.respond(ResponderDeed::Keep(book(RULES))).await.unwrap();
    other.respond(ResponderDeed::Switch(true)).await.unwrap();
    let there = stage.until_desk(&other, |desk| desk.responder.state == ResponderState::Elsewhere).await;
    assert!(there.responder.words.given("name") == Some(&"Dana Kim".into()), "{}", there.responder.words);
    let is_told = |desk: &ringside_desk::DeskView| {
        desk.talks.iter().any(|talk| talk.name.as_deref() == Some("Ringside auto-reply"))
    };
    stage.until_desk(&other, is_told).await;
    stage.play("john texts \"hours?\"");
    assert_eq!(goes_out(&mut stage).await, "We're open Mon-Fri 9-5!");
    stage.shift.respond(ResponderDeed::Switch(false)).await.unwrap();
    stands(&stage, ResponderState::Off).await;
    stage.passes(Duration::from_secs(90));
    stage.until_desk(&other, |desk| desk.responder.state == ResponderState::Answering).await;
    let text =
        stage.service_sees("no second answer", |seen| matches!(seen, Seen::Subscribed { .. } | Seen::Text { .. }));
    assert!(tokio::time::timeout(Duration::from_millis(300), text).await.is_err(), "what was answered is answered");
    other.end().await;
}

#[tokio::test]
async fn over_a_restart_and_a_gap_nobody_is_answered_twice_or_late() {
    let home = TempDir::new().unwrap();
    let mut stage = Stage::keeping(&home).await;
    rules(&stage, RULES).await;
    stage.play("john texts \"hours?\"");
    goes_out(&mut stage).await;
    stage
        .sees(
            "the receipt",
            |patch| matches!(patch, Patch::PutMessage { message } if message.delivery == Some(DeliveryView::Delivered)),
        )
        .await;
    let mut stage = stage.started_again().await;
    stands(&stage, ResponderState::Answering).await;
    stage.play("stranger texts \"hours?\"");
    goes_out(&mut stage).await;
    responder(&stage, |responder| responder.counts.iter().any(|count| count.sent == 2)).await;
    let to_stranger = |patch: &Patch| matches!(patch, Patch::PutMessage { message } if message.ours && message.chat.starts_with("+15550142233"));
    stage.sees("the answer to the second", to_stranger).await;
    assert_eq!(texts_of(&stage).len(), 2, "one each");
    stage.passes(Duration::from_secs(70));
    stage.play("drop the link for 1s\njohn texts \"And on Saturday, which hours?\"");
    assert_eq!(goes_out(&mut stage).await, "We're open Mon-Fri 9-5!", "what came in a gap is answered");
    let view = responder(&stage, |responder| responder.counts.iter().any(|count| count.sent == 3)).await;
    assert_eq!(view.counts[0].rule, "Opening hours");
}

#[tokio::test]
async fn a_rule_labels_notes_assigns_and_tells_the_agent() {
    let home = TempDir::new().unwrap();
    let mut stage = Stage::keeping(&home).await;
    stage.play("john has the case \"Box was open\" note \"Replacement offered.\"");
    rules(
        &stage,
        "[[rules]]\nname = 'Claims'\nwhen.word = ['damaged']\n\
         then = { tag = 'VIP', notify = 'A claim', assign = 'Leo Marsh', note = 'Says it is damaged.' }\n\
         [[rules]]\nname = 'Odd'\nwhen.word = ['odd']\nthen = { tag = 'No such label', assign = 'Nobody' }",
    )
    .await;
    stage.play("john texts \"It is damaged\"");
    for (what, place, words) in [
        ("the label", "/tags", "tag_id"),
        ("the note", "/notes", "Says it is damaged."),
        ("the conversation being handed over", "/conversations/", "owner_id"),
    ] {
        let asked =
            |seen: &Seen| matches!(seen, Seen::Asked { path, body } if path.contains(place) && body.contains(words));
        stage.service_sees(what, asked).await;
    }
    stage.hears_times(AlertKind::Message, 2).await;
    stage.play("stranger texts \"That is odd\"");
    let has_steps = |responder: &ResponderView| {
        responder.traces.iter().any(|trace| trace.steps.iter().any(|step| step.has("customer-unknown")))
    };
    responder(&stage, has_steps).await;
}

#[tokio::test]
async fn rules_are_tried_and_rehearsed_before_anything_is_sent() {
    let home = TempDir::new().unwrap();
    let stage = Stage::keeping(&home).await;
    stage.play("john texts \"What are your hours?\"\nstranger texts \"STOP\"");
    stage
        .sees("the second text", |patch| matches!(patch, Patch::PutMessage { message } if message.text == "STOP"))
        .await;
    let trial = Trial {
        text: "hours?".into(),
        channel: String::new(),
        number: String::new(),
        our_number: String::new(),
        first: true,
    };
    let tried = stage.shift.try_rules(*book(RULES), trial).await.unwrap();
    assert_eq!((tried.fate, tried.reply.as_deref()), (TraceFate::Sent, Some("We're open Mon-Fri 9-5!")));
    assert_eq!(tried.steps, [say!("rules-step-matched", rule = "Opening hours")]);
    // What came is written into the ledger within a second.
    let stage = stage.started_again().await;
    stage.sees("what was kept", |patch| matches!(patch, Patch::PutMessage { message } if message.text == "STOP")).await;
    let rehearsed = stage.shift.rehearse(*book(RULES)).await.unwrap();
    assert_eq!((rehearsed.texts, rehearsed.replies, rehearsed.people), (2, 2, 2));
    let Problem { message, .. } = stage.shift.rehearse(*book("[[rules]]\nname = 'x'")).await.unwrap_err();
    assert!(message.to_string().contains("does nothing"), "{message}");
    assert_eq!(texts_of(&stage), []);
}

#[tokio::test]
async fn where_the_brakes_could_not_hold_or_the_team_could_not_know_nothing_is_switched_on() {
    let stage = Stage::at_work().await;
    let Problem { message, .. } = stage.shift.respond(ResponderDeed::Switch(true)).await.unwrap_err();
    assert!(message.to_string().contains(&text!("rules-need-ledger")), "{message}");
    let home = TempDir::new().unwrap();
    let service = Simulator::start().await.unwrap();
    let key = service.access_key();
    let drawer = Drawer::keeping(home.path().join("ledger.db"));
    let stage = Stage::with(service, std::sync::Arc::new(drawer)).await;
    let place = Place { service: stage.service.address(), extra_ca: None, only: None };
    stage.shift.sign_in(place, ringside_shift::Credential::Token(key), false).await.unwrap();
    stage.sees("a live link", |patch| matches!(patch, Patch::PutLink { link } if link.live)).await;
    stage.shift.respond(ResponderDeed::Switch(true)).await.unwrap();
    let view = stands(&stage, ResponderState::Stuck).await;
    assert!(view.words.has("rules-access-key"), "{}", view.words);
}

#[tokio::test]
async fn a_stop_that_came_while_no_desk_was_there_and_one_that_a_colleague_heard_are_known() {
    let home = TempDir::new().unwrap();
    let stage = Stage::keeping(&home).await;
    stage.play("john texts \"Hello\"");
    stage.sees("the text", |patch| matches!(patch, Patch::PutMessage { message } if message.text == "Hello")).await;
    stage.shift.end().await;
    stage.play("john texts \"STOP\"\nthe clock is 600s ahead");
    stage.passes(Duration::from_secs(600));
    let stage = stage.started_again().await;
    let silent = |patch: &Patch| matches!(patch, Patch::PutChat { chat } if chat.silent_since.is_some());
    stage.sees("that they want no texts", silent).await;
    // The next agent at the same computer knows it, too.
    stage.shift.sign_out().await.unwrap();
    stage.sign_in(1).await.unwrap();
    responder(&stage, |responder| responder.opt_outs.len() == 1).await;
}

/// The requests side of an agent of the service, as another program has it.
async fn rest_of(stage: &Stage, who: usize) -> Rest {
    let login = stage.service.logins().swap_remove(who);
    let rest = Rest::new(Service::parse(&stage.service.address()).unwrap()).unwrap();
    let token = rest.login(&login.email, &login.password).await.unwrap();
    rest.signed_in(token)
}

/// Waits until there is a channel in which desks claim to answer.
async fn the_channel(rest: &Rest, is_it: impl Fn(&TalkFact) -> bool) -> TalkFact {
    let all = Timestamp::from_micros(i64::MIN);
    let look = async {
        loop {
            let listed = rest.list(&List::Channels, all, 100).await.unwrap();
            assert_eq!(listed.whole_since, Some(all), "the list is read to its end");
            let named = listed.told.into_iter().filter_map(|told| match told.fact {
                Fact::Talk(talk) if talk.name.as_deref() == Some("Ringside auto-reply") => Some(talk),
                _ => None,
            });
            let mut named: Vec<TalkFact> = named.collect();
            assert!(named.len() <= 1, "there is one: {named:?}");
            if let Some(channel) = named.pop().filter(&is_it) {
                return channel;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(40), look).await.unwrap()
}

/// Waits until a desk says there that it answers.
async fn claims_again(rest: &Rest) {
    let channel = the_channel(rest, |_| true).await.id.unwrap();
    let list = List::TalkMessages(channel);
    let look =
        async { while rest.list(&list, Timestamp::from_micros(i64::MIN), 100).await.unwrap().told.is_empty() {} };
    tokio::time::timeout(Duration::from_secs(40), look).await.unwrap();
}

#[tokio::test]
async fn among_more_channels_than_a_page_holds_one_desk_answers_all_the_same() {
    let (home, other_home) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let mut stage = Stage::keeping(&home).await;
    rules(&stage, RULES).await;
    let rest = rest_of(&stage, 0).await;
    for number in 0..120 {
        rest.open_channel(&format!("Lunch {number}"), "").await.unwrap();
    }
    let other = stage.another(&other_home, 1).await;
    other.respond(ResponderDeed::Keep(book(RULES))).await.unwrap();
    other.respond(ResponderDeed::Switch(true)).await.unwrap();
    stage.until_desk(&other, |desk| desk.responder.state == ResponderState::Elsewhere).await;
    stage.play("john texts \"hours?\"");
    assert_eq!(goes_out(&mut stage).await, "We're open Mon-Fri 9-5!");
    let text = stage.service_sees("no second answer", |seen| matches!(seen, Seen::Text { .. }));
    assert!(tokio::time::timeout(Duration::from_millis(300), text).await.is_err());
    // Both came once, however often they looked: coming again tells everybody.
    for _ in 0..3 {
        stage.passes(Duration::from_secs(300));
        stage.play("the clock is 900s ahead");
        stands(&stage, ResponderState::Answering).await;
    }
    assert_eq!(the_channel(&rest, |_| true).await.member_count, Some(2));
    other.end().await;
}

#[tokio::test]
async fn a_channel_that_somebody_closes_is_opened_anew_by_the_desk_that_answered() {
    let setup = Setup { dialect: Dialect::Live, unlimited: true, ..Setup::default() };
    let service = Simulator::with(setup).await.unwrap();
    service.play_line(CAST).unwrap();
    let home = TempDir::new().unwrap();
    let drawer = Drawer::keeping(home.path().join("ledger.db"));
    let mut stage = Stage::with(service, std::sync::Arc::new(drawer)).await;
    stage.sign_in(0).await.unwrap();
    stage.sees("a live link", |patch| matches!(patch, Patch::PutLink { link } if link.live)).await;
    rules(&stage, RULES).await;
    let rest = rest_of(&stage, 0).await;
    let before = the_channel(&rest, |_| true).await.id;
    stage.play("somebody closes the channel \"Ringside auto-reply\"");
    // It is noticed though no look was due: the service told of it.
    the_channel(&rest, |channel| channel.id != before).await;
    stage.play("john texts \"hours?\"");
    assert_eq!(goes_out(&mut stage).await, "We're open Mon-Fri 9-5!");
}

#[tokio::test]
async fn a_message_of_the_team_that_is_gone_is_taken_back_and_one_that_is_there_is_not() {
    let stage = Stage::at_work().await;
    let rest = rest_of(&stage, 0).await;
    let channel = rest.open_channel("Lunch", "").await.unwrap().id.unwrap();
    let said = rest.say_in_talk(&channel, "Pizza?", None).await.unwrap().id.unwrap();
    stage.play("answer 500 to the next 1 requests");
    rest.take_back_in_talk(&channel, &said).await.unwrap_err();
    rest.take_back_in_talk(&channel, &said).await.unwrap();
    rest.take_back_in_talk(&channel, &said).await.unwrap();
    rest.close_talk(&channel).await.unwrap();
    assert_eq!(rest.talk(&channel).await.unwrap(), None);
}

#[tokio::test]
async fn after_the_ledger_was_put_aside_nothing_is_answered_until_a_person_switches_it_on() {
    let home = TempDir::new().unwrap();
    let mut stage = Stage::keeping(&home).await;
    rules(&stage, RULES).await;
    stage.play("john texts \"STOP\"");
    assert_eq!(goes_out(&mut stage).await, "You've been unsubscribed");
    stage.shift.end().await;
    std::fs::write(home.path().join("ledger.db"), "this is no database, and not for want of length ".repeat(100))
        .unwrap();
    for tail in ["-wal", "-shm"] {
        std::fs::remove_file(home.path().join(format!("ledger.db{tail}"))).ok();
    }
    let stage = stage.started_again().await;
    let view = stands(&stage, ResponderState::Held).await;
    assert!(!view.on && view.words.has("rules-begun-anew"), "{}", view.words);
    stage.shift.respond(ResponderDeed::ForNow(true)).await.unwrap_err();
    // What the service's list still knows of is known again.
    let silent = |patch: &Patch| matches!(patch, Patch::PutChat { chat } if chat.silent_since.is_some());
    stage.sees("that they want no texts", silent).await;
    // At the next start the ledger is a good one, and what was lost is still lost.
    let stage = stage.started_again().await;
    stands(&stage, ResponderState::Held).await;
    rules(&stage, RULES).await;
    let stage = stage.started_again().await;
    stands(&stage, ResponderState::Answering).await;
}

#[tokio::test]
async fn a_desk_whose_sign_in_is_over_says_that_it_does_not_answer() {
    let home = TempDir::new().unwrap();
    let stage = Stage::keeping(&home).await;
    rules(&stage, RULES).await;
    stage.play("dana is signed out\njohn texts \"hours?\"");
    let view = stands(&stage, ResponderState::Stuck).await;
    assert!(view.words.has("problems-sign-in-over"), "{}", view.words);
    assert!(view.traces.iter().all(|trace| trace.fate != TraceFate::Sent), "{:?}", view.traces);
    stage.shift.renew(stage.password(0)).await.unwrap();
    stands(&stage, ResponderState::Answering).await;
    decided(&stage, "hours?", TraceFate::Sent).await;
}

#[tokio::test]
async fn two_desks_with_one_ledger_between_them_answer_one_text_once() {
    let (home, copy) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let stage = Stage::keeping(&home).await;
    rules(&stage, RULES).await;
    // Somebody copies the ledger to another computer, and starts Ringside there.
    let stage = stage.started_again().await;
    stage.shift.end().await;
    for entry in std::fs::read_dir(home.path()).unwrap() {
        let from = entry.unwrap().path();
        std::fs::copy(&from, copy.path().join(from.file_name().unwrap())).unwrap();
    }
    let mut stage = stage.started_again().await;
    stands(&stage, ResponderState::Answering).await;
    let key = stage.drawer.key.lock().unwrap().clone();
    let other = stage.another_with(&copy, 0, key).await;
    // It takes the claim for one that was left; the desk that is alive says so again.
    stage.until_desk(&other, |desk| desk.responder.words.has("rules-earlier-run")).await;
    stage.passes(Duration::from_secs(40));
    claims_again(&rest_of(&stage, 0).await).await;
    stage.passes(Duration::from_secs(61));
    stage.until_desk(&other, |desk| desk.responder.state == ResponderState::Elsewhere).await;
    stands(&stage, ResponderState::Answering).await;
    other.end().await;
    stage.play("john texts \"hours?\"");
    goes_out(&mut stage).await;
}

#[tokio::test]
async fn while_texts_from_before_the_start_cannot_be_read_nothing_is_answered() {
    let service = Simulator::start().await.unwrap();
    service.play_line(CAST).unwrap();
    let home = TempDir::new().unwrap();
    let drawer = Drawer::keeping(home.path().join("ledger.db"));
    let stage = Stage::with(service, std::sync::Arc::new(drawer)).await;
    stage.play("john texts \"Hello\"");
    // A plain agent, whose texts stand in conversations only.
    stage.sign_in(1).await.unwrap();
    stage.kept(|_| true).await;
    stage.sees("a live link", |patch| matches!(patch, Patch::PutLink { link } if link.live)).await;
    rules(&stage, RULES).await;
    stage.sees("the text", |patch| matches!(patch, Patch::PutMessage { message } if message.text == "Hello")).await;
    stage.shift.end().await;
    stage.play("john texts \"STOP\"\nanswer 500 to the next 1000 conversations");
    let stage = stage.started_again().await;
    let view = stands(&stage, ResponderState::Stuck).await;
    assert!(view.on && view.words.has("rules-texts-missing"), "{}", view.words);
    // A person may know better.
    stage.shift.respond(ResponderDeed::Switch(false)).await.unwrap();
    stage.shift.respond(ResponderDeed::Switch(true)).await.unwrap();
    stands(&stage, ResponderState::Answering).await;
}
