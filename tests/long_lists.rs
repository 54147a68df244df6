//! More than a page of whatever there is: colleagues, queues, labels, cases, conversations.

use ringside_desk::{CardView, Patch, ResponderDeed, RuleBook};
use ringside_shift::Credential;
use tempfile::TempDir;
use voipbin_simulator::{Dialect, Seen, Setup};

use crate::stage::Stage;

const JOHN: &str = "+15551234567";
const LIVE: Setup = Setup { dialect: Dialect::Live, certificate: None, unlimited: true };
/// More than two pages hold.
const MANY: usize = 260;
const MORE_THAN_A_PAGE: usize = 110;

/// So many lines, the middle ones of one moment, as an import makes them.
fn many(line: impl Fn(usize) -> String) -> String {
    let lines = |range: std::ops::Range<usize>| range.map(&line).collect::<Vec<_>>().join("\n");
    format!("{}\nthe clock stands still\n{}\nthe clock goes on\n{}", lines(0..95), lines(95..165), lines(165..MANY))
}

fn live(wanted: bool) -> impl Fn(&Patch) -> bool {
    move |patch| matches!(patch, Patch::PutLink { link } if link.live == wanted)
}

async fn card(stage: &Stage, what: &str, is_it: impl Fn(&CardView) -> bool) {
    stage.sees(what, |patch| matches!(patch, Patch::PutCard { card } if card.number == JOHN && is_it(card))).await;
}

#[tokio::test]
async fn every_colleague_of_a_large_floor_and_every_queue_is_known_by_name() {
    let stage = Stage::before(LIVE).await;
    stage.play(&many(|at| format!("agent a{at} \"Agent Number {at}\"\nqueue q{at} \"Queue Number {at}\"")));
    stage.sign_in(0).await.unwrap();
    stage.sees("the link", live(true)).await;
    stage
        .sees_all("all colleagues", |patches| {
            let colleagues = patches.iter().filter(|patch| matches!(patch, Patch::PutColleague { .. })).count();
            colleagues == MANY + 1
        })
        .await;
    for at in [0, 130] {
        stage.play(&format!("stranger joins q{at}"));
        let name = format!("Queue Number {at}");
        let waits = |patch: &Patch| matches!(patch, Patch::PutWait { wait } if format!("{wait:?}").contains(&name));
        stage.sees("the queue by its name", waits).await;
        stage.play(&format!("stranger leaves q{at}"));
    }
}

#[tokio::test]
async fn an_old_case_and_every_label_are_there_however_many_came_after_them() {
    let stage = Stage::before(LIVE).await;
    stage.play("john has the case \"Box was open\" note \"Replacement offered.\"");
    let other =
        |at| format!("caller c{at} +1556{at:07}\nc{at} has the case \"Case {at}\" note \"x\"\nlabel \"Label {at}\"");
    stage.play(&many(other));
    stage.sign_in(0).await.unwrap();
    stage.sees("the link", live(true)).await;
    stage.play("john calls dana");
    card(&stage, "the case and its note", |card| {
        card.cases.iter().any(|case| case.name == "Box was open" && !case.notes.is_empty())
    })
    .await;
    card(&stage, "all labels", |card| card.tags.len() == MANY + 3).await;
}

#[tokio::test]
async fn a_rule_labels_notes_and_hands_over_what_is_far_down_its_list() {
    let home = TempDir::new().unwrap();
    let mut stage = Stage::keeping_at(LIVE, &home).await;
    stage.play("john has the case \"Box was open\" note \"x\"\nagent kim \"Kim Lee\"\njohn texts \"Hello\"");
    let other = |at| {
        format!(
            "caller c{at} +1556{at:07}\nc{at} texts \"Hello\"\nc{at} has the case \"Case {at}\" note \"x\"\n\
             label \"Label {at}\"\nagent a{at} \"Agent {at}\""
        )
    };
    stage.play(&many(other));
    // What is around is read again with the next link.
    stage.play("drop the link for 300ms");
    stage.sees("the loss", live(false)).await;
    stage.shift.retry_now().await.unwrap();
    stage.sees("the link again", live(true)).await;
    let kim = |patch: &Patch| matches!(patch, Patch::PutColleague { colleague } if colleague.name == "Kim Lee");
    stage.sees("the first colleague", kim).await;
    let rules = "[[rules]]\nname = 'Claim'\nwhen.word = ['broken']\n\
         then = { tag = 'VIP', assign = 'Kim Lee', note = 'Says it is broken.' }";
    let book = Box::new(RuleBook::from_toml(rules).unwrap());
    stage.shift.respond(ResponderDeed::Keep(book)).await.unwrap();
    stage.shift.respond(ResponderDeed::Switch(true)).await.unwrap();
    let answers = |patch: &Patch| matches!(patch, Patch::PutResponder { responder } if responder.state == ringside_desk::ResponderState::Answering);
    stage.sees("that rules answer", answers).await;
    stage.play("john texts \"It is broken\"");
    for part in ["/tags", "/notes", "/conversations/"] {
        let asked = |seen: &Seen| matches!(seen, Seen::Asked { path, .. } if path.contains(part));
        stage.service_sees(part, asked).await;
    }
}

#[tokio::test]
async fn an_access_key_reads_the_conversations_of_a_gap_too() {
    let stage = Stage::before(LIVE).await;
    let key = Credential::Token(stage.service.access_key());
    stage.shift.sign_in(stage.service.address(), key, false).await.unwrap();
    stage.sees("the link", live(true)).await;
    stage.play("drop the link for 300ms");
    stage.sees("the loss", live(false)).await;
    // Each of them takes a request, and no more than six go in a second.
    let line = |at| format!("caller c{at} +1556{at:07}\nc{at} writes \"Hello from {at}\" by whatsapp");
    stage.play(&(0..MORE_THAN_A_PAGE).map(line).collect::<Vec<_>>().join("\n"));
    stage.shift.retry_now().await.unwrap();
    stage.sees("the link again", live(true)).await;
    let texts = |patches: &[Patch]| {
        let is_one =
            |patch: &&Patch| matches!(patch, Patch::PutMessage { message } if message.text.starts_with("Hello from"));
        patches.iter().filter(is_one).count() == MORE_THAN_A_PAGE
    };
    stage.sees_all("each text of the gap", texts).await;
    assert_eq!(stage.shift.desk().await.unwrap().link.not_read, None);
}

#[tokio::test]
async fn a_list_of_names_that_cannot_be_read_is_named_with_the_reason() {
    let stage = Stage::before(LIVE).await;
    stage.play("answer 500 to the next 1 names");
    stage.sign_in(0).await.unwrap();
    let told = |patch: &Patch| matches!(patch, Patch::PutLink { link } if link.not_read.as_ref().is_some_and(|not| not.words.has("problems-list-colleagues")));
    stage.sees("that colleagues are missing", told).await;
    stage.play("queue returns \"Returns\"\njohn joins sales");
    let waits = |patch: &Patch| matches!(patch, Patch::PutWait { wait } if format!("{wait:?}").contains("Sales"));
    stage.sees("the queue by its name all the same", waits).await;
}
