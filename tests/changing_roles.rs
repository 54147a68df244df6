//! An agent is promoted or demoted while signed in: the service goes by the token.

use ringside_desk::{Patch, Screen};
use voipbin_simulator::{Dialect, Setup};

use crate::stage::{Drawer, Stage};

const LIVE: Setup = Setup { dialect: Dialect::Live, certificate: None, unlimited: true };

fn live(patch: &Patch) -> bool {
    matches!(patch, Patch::PutLink { link } if link.live)
}

fn asks(patch: &Patch) -> bool {
    matches!(patch, Patch::PutSession { session } if session.screen == Screen::Desk
        && session.ask_again.as_ref().is_some_and(|why| why.has("sign-in-new-role")))
}

fn sees_floor(is: bool) -> impl Fn(&Patch) -> bool {
    move |patch| matches!(patch, Patch::PutLink { link } if link.live && link.sees_floor == is)
}

#[tokio::test]
async fn a_promoted_agent_works_on_as_before_and_signs_in_again_for_the_new_role() {
    for setup in [LIVE, Setup::default()] {
        let stage = Stage::at(setup, 1, None).await;
        stage.shift.end().await;
        let Stage { service, drawer, .. } = stage;
        service.play_line("leo becomes a manager").unwrap();
        // The next start: the token is from before.
        let stage = Stage::with(service, drawer).await;
        stage.sees("a live link with the token's rights", sees_floor(false)).await;
        stage.sees("what would help", asks).await;
        assert_eq!(stage.shift.diagnostics().await.unwrap().unwrap().sockets, 1, "no topic cost the connection");
        stage.play("john calls leo");
        stage.sees("the own call", |patch| matches!(patch, Patch::PutCall { .. })).await;
        stage.shift.renew(stage.password(1)).await.unwrap();
        stage.sees("the whole floor", sees_floor(true)).await;
        stage.sees_no("the question", asks).await;
        stage.kept(|kept| kept.account.is_manager()).await;
    }
}

#[tokio::test]
async fn a_demoted_manager_keeps_what_the_token_allows_and_is_told() {
    for setup in [LIVE, Setup::default()] {
        let stage = Stage::at(setup, 0, None).await;
        stage.shift.end().await;
        let Stage { service, drawer, .. } = stage;
        service.play_line("dana becomes a plain agent").unwrap();
        let stage = Stage::with(service, drawer).await;
        stage.sees("the whole floor still", sees_floor(true)).await;
        stage.sees("what to do", asks).await;
        stage.shift.renew(stage.password(0)).await.unwrap();
        stage.sees("the own calls only", sees_floor(false)).await;
        stage.sees_no("the question", asks).await;
    }
}

#[tokio::test]
async fn a_manager_hears_of_losing_the_role_at_once() {
    let stage = Stage::at(LIVE, 0, None).await;
    stage.play("dana becomes a plain agent");
    stage.sees("what to do", asks).await;
    stage.play("dana becomes a manager");
    stage.sees_no("the question", asks).await;
}

#[tokio::test]
async fn a_kept_account_that_claims_more_than_its_token_gets_what_the_token_allows() {
    let stage = Stage::at(LIVE, 1, None).await;
    stage.shift.end().await;
    let Stage { service, drawer, .. } = stage;
    drawer.kept.lock().unwrap().as_mut().unwrap().account.permission = 0x40;
    let stage = Stage::with(service, drawer as std::sync::Arc<Drawer>).await;
    stage.sees("a live link with the token's rights", sees_floor(false)).await;
    stage.sees("it live", live).await;
    assert_eq!(stage.shift.diagnostics().await.unwrap().unwrap().sockets, 1, "no topic cost the connection");
}
