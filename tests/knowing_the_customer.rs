//! Who is it, what happened with them, and what is to be done.

use ringside_desk::{AlertKind, CardView, CustomerDeed, Deed, Patch, StatusView};
use ringside_shift::Tool;
use ringside_words::say;
use tempfile::TempDir;
use voipbin_simulator::{Dialect, Setup};

use crate::stage::Stage;

const JOHN: &str = "+15551234567";
const STRANGER: &str = "+15550142233";

fn card<'a>(patch: &'a Patch, number: &str) -> Option<&'a CardView> {
    match patch {
        Patch::PutCard { card } if card.number == number => Some(card),
        _ => None,
    }
}

async fn sees(stage: &Stage, number: &str, what: &str, is_it: impl Fn(&CardView) -> bool) -> CardView {
    let seen = stage.sees(what, |patch| card(patch, number).is_some_and(&is_it)).await;
    card(&seen, number).unwrap().clone()
}

#[tokio::test]
async fn who_calls_is_known_with_what_happened_and_what_is_to_be_done() {
    for dialect in [Dialect::Documented, Dialect::Live] {
        let stage = Stage::at(Setup { dialect, unlimited: true, ..Setup::default() }, 0, None).await;
        stage.play("john has the case \"Box was open\" note \"Replacement offered.\"");
        stage.play("john texts \"Hello\"\njohn calls dana");
        let card = sees(&stage, JOHN, "the history", |card| !card.touches.is_empty() && !card.cases.is_empty()).await;
        assert_eq!(card.name.as_deref(), Some("John Delgado"));
        assert!(
            card.touches.iter().any(|touch| touch.words.id == "customer-they-wrote"),
            "{dialect:?}: {:?}",
            card.touches
        );
        assert_eq!(
            (card.cases[0].name.as_str(), card.cases[0].notes[0].text.as_str()),
            ("Box was open", "Replacement offered.")
        );
        assert_eq!(card.cases[0].notes[0].author.as_deref(), Some("Dana Kim"));
    }
}

#[tokio::test]
async fn more_of_what_happened_is_read_on_request_until_there_is_no_more() {
    let stage = Stage::at_work().await;
    stage.play(&(0..60).map(|at| format!("john texts \"Text {at}\"")).collect::<Vec<_>>().join("\n"));
    stage.play("john calls dana");
    sees(&stage, JOHN, "the latest, and that there is more", |card| card.touches.len() == 12 && card.has_more).await;
    stage.shift.more_touches(JOHN.into()).await.unwrap();
    sees(&stage, JOHN, "more", |card| card.touches.len() == 36 && card.has_more).await;
    stage.shift.more_touches(JOHN.into()).await.unwrap();
    sees(&stage, JOHN, "all of it", |card| card.touches.len() == 60 && !card.has_more).await;
}

#[tokio::test]
async fn a_case_is_written_in_taken_and_closed() {
    let stage = Stage::at_work().await;
    stage.play("john has the case \"Box was open\" note \"Replacement offered.\"\njohn calls dana");
    let case = sees(&stage, JOHN, "the case", |card| !card.cases.is_empty()).await.cases.remove(0).id;
    let note = CustomerDeed::Note { case: case.clone(), text: "Photo came.".into() };
    stage.shift.serve(JOHN.into(), note).await.unwrap();
    sees(&stage, JOHN, "the note", |card| card.cases.iter().any(|case| case.notes.len() == 2)).await;
    stage.shift.serve(JOHN.into(), CustomerDeed::Take { case: case.clone() }).await.unwrap();
    sees(&stage, JOHN, "it taken", |card| card.cases.iter().any(|case| case.mine)).await;
    let colleague = stage
        .sees("Leo", |patch| match patch {
            Patch::PutColleague { colleague } => Some(colleague.clone()),
            _ => None,
        })
        .await;
    let assign = CustomerDeed::Assign { case: case.clone(), agent: colleague.id };
    stage.shift.serve(JOHN.into(), assign).await.unwrap();
    sees(&stage, JOHN, "it given away", |card| card.cases.iter().all(|case| !case.mine)).await;
    stage.shift.serve(JOHN.into(), CustomerDeed::Close { case: case.clone() }).await.unwrap();
    sees(&stage, JOHN, "it closed", |card| card.cases.iter().any(|case| !case.open)).await;
    let refused = stage.shift.serve(JOHN.into(), CustomerDeed::Close { case }).await.unwrap_err();
    assert!(refused.message.to_string().contains("CASE_CLOSED"), "who asked is told: {refused:?}");
    let card = sees(&stage, JOHN, "the refusal", |card| card.problem.is_some()).await;
    assert_eq!(card.problem, Some(refused.message), "and whoever looks at the card");
    let not_theirs = CustomerDeed::Close { case: "somebody-elses".into() };
    stage.shift.serve(JOHN.into(), not_theirs).await.unwrap_err();
}

#[tokio::test]
async fn a_stranger_becomes_a_contact_with_a_label() {
    let stage = Stage::at_work().await;
    stage.play("stranger calls dana");
    sees(&stage, STRANGER, "nobody known", |card| card.state == ringside_desk::CardState::Unknown).await;
    stage
        .shift
        .serve(STRANGER.into(), CustomerDeed::Create { name: " ".into(), company: String::new() })
        .await
        .unwrap_err();
    let create = CustomerDeed::Create { name: "Ana Ruiz".into(), company: "Ruiz Ltd".into() };
    stage.shift.serve(STRANGER.into(), create).await.unwrap();
    let named = |patch: &Patch| matches!(patch, Patch::PutCall { call } if call.name.as_deref() == Some("Ana Ruiz"));
    stage.sees("the name on the call", named).await;
    let tag = sees(&stage, STRANGER, "labels", |card| !card.tags.is_empty()).await.tags.remove(0);
    stage.shift.serve(STRANGER.into(), CustomerDeed::Tag { tag: tag.id.clone(), on: true }).await.unwrap();
    sees(&stage, STRANGER, "the label", |card| card.tags.iter().any(|known| known.id == tag.id && known.on)).await;
}

#[tokio::test]
async fn an_address_book_that_does_not_answer_holds_nothing_up_and_is_asked_again() {
    let stage = Stage::at_work().await;
    stage.play("answer 503 to the next 1 requests\njohn calls dana");
    sees(&stage, JOHN, "the failure", |card| card.state == ringside_desk::CardState::Failed).await;
    stage.shift.look_again(JOHN.into()).await.unwrap();
    sees(&stage, JOHN, "the name", |card| card.name.is_some()).await;
}

#[tokio::test]
async fn the_customers_page_is_made_of_the_agents_template() {
    let home = TempDir::new().unwrap();
    let stage = Stage::keeping(&home).await;
    stage.shift.customer_page(JOHN.into()).await.unwrap_err();
    stage.shift.keep_tool(Tool::Crm("ftp://crm.example/{number}".into())).await.unwrap_err();
    stage.shift.keep_tool(Tool::Crm("https://crm.example/find?phone={number}".into())).await.unwrap();
    stage.sees("it set", |patch| matches!(patch, Patch::PutTools { tools, .. } if tools.crm.is_some())).await;
    let page = stage.shift.customer_page(JOHN.into()).await.unwrap();
    assert_eq!(page, "https://crm.example/find?phone=%2B15551234567");
}

/// A service of one's own: another address, another authority, nothing else.
#[tokio::test]
async fn the_whole_path_works_at_a_service_of_ones_own() {
    let setup =
        Setup { dialect: Dialect::Live, certificate: Some(voipbin_simulator::Certificate::Good), unlimited: true };
    let stage = Stage::before(setup).await;
    let place =
        ringside_shift::Place { service: stage.service.address(), extra_ca: stage.service.authority(), only: None };
    stage.sign_in_to(place, 0).await.unwrap();
    stage.sees("a live link", |patch| matches!(patch, Patch::PutLink { link } if link.live)).await;
    stage.play("john joins sales\njohn is offered to dana\njohn is answered\njohn texts \"Hello\"");
    sees(&stage, JOHN, "who it is", |card| card.name.is_some() && !card.touches.is_empty()).await;
    let on =
        |patch: &Patch| matches!(patch, Patch::PutCall { call } if call.stage == ringside_desk::CallStage::Talking);
    let call = stage
        .sees("the call", |patch| match patch {
            Patch::PutCall { call } if on(patch) => Some(call.clone()),
            _ => None,
        })
        .await;
    stage.shift.steer(call.id.clone(), Deed::Hold(true)).await.unwrap();
    let held =
        |patch: &Patch| matches!(patch, Patch::PutCall { call } if call.controls.hold == ringside_desk::DeedView::On);
    stage.sees("the hold", held).await;
    stage.shift.reply("+15551234567 +15559876543".into(), "One moment".into()).await.unwrap();
    let delivered = |patch: &Patch| matches!(patch, Patch::PutMessage { message } if message.delivery == Some(ringside_desk::DeliveryView::Delivered));
    stage.sees("the receipt", delivered).await;
    stage.shift.steer(call.id, Deed::HangUp).await.unwrap();
    stage.shift.set_status("away".into(), None).await.unwrap();
    stage.sees("the status", |patch| matches!(patch, Patch::PutMe { me } if me.status == StatusView::Away || me.next == Some(StatusView::Away))).await;
}

#[tokio::test]
async fn two_callers_who_withhold_their_number_are_nobody_and_not_each_other() {
    for dialect in [Dialect::Documented, Dialect::Live] {
        let stage = Stage::at(Setup { dialect, unlimited: true, ..Setup::default() }, 0, None).await;
        stage.play("caller ghost withheld\ncaller mist withheld\nghost calls dana\nmist calls dana");
        stage.hears_times(AlertKind::Ringing, 2).await;
        let title = say!("alerts-is-calling", name = say!("common-withheld-number"));
        assert_eq!(stage.hears(AlertKind::Ringing).await, title, "{dialect:?}");
        let create = CustomerDeed::Create { name: "Ann Lee".into(), company: String::new() };
        let why = stage.shift.serve("anonymous".into(), create).await.unwrap_err();
        assert_eq!(why.message, say!("customer-withheld"));
        assert!(stage.shift.customer_page("anonymous".into()).await.is_err());
        let desk = stage.shift.desk().await.unwrap();
        assert_eq!(desk.calls.len(), 2, "{dialect:?}");
        assert!(desk.cards.iter().all(|card| card.number.starts_with('+')), "{:?}", desk.cards);
        stage.sees_no("a card of nobody", |patch| card(patch, "anonymous").is_some()).await;
    }
}
