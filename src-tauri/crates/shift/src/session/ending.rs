//! A connection whose task ended by itself does not end the sign-in.

use std::sync::Arc;

use ringside_desk::{Alert, Millis, Screen};
use ringside_words::say;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use uuid::Uuid;
use voipbin_client::{Speaks, Token, Wanted};

use super::signing_in::Stay;
use super::{Ports, Ran, Session};
use crate::account::Account;
use crate::ports::{Bell, Kept, Vault, VaultError};

struct Nothing;

impl Vault for Nothing {
    fn load(&self) -> Result<Option<Kept>, VaultError> {
        Ok(None)
    }

    fn keep(&self, _: &Account, _: &Token) -> Result<(), VaultError> {
        Ok(())
    }

    fn forget(&self) -> Result<(), VaultError> {
        Ok(())
    }
}

impl Bell for Nothing {
    fn ring(&mut self, _: Alert) {}
}

fn no_time() -> Millis {
    0
}

#[tokio::test]
async fn a_connection_that_stops_by_itself_is_said_and_begun_anew_and_signs_nobody_out() {
    let (vault, bell) = (Arc::new(Nothing), Box::new(Nothing));
    let mut session =
        Session::new(Ports { vault, bell, clock: no_time, steady: no_time, tap: None, reader: None, ledger: None });
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let account = Account {
        service: format!("http://{closed}"),
        email: "dana@northwind.example".into(),
        name: "Dana".into(),
        agent_id: Some(Uuid::from_u128(1)),
        customer_id: Uuid::from_u128(2),
        permission: 0,
        extra_ca: None,
        dialect: None,
        only: None,
    };
    let token = Token::parse("vb_key").unwrap();
    session.resumes = Some((account.clone(), token.clone(), Stay::ForNow));
    session.resume();
    // A task that is started here has ended already.
    let runtime = Runtime::new().unwrap();
    let over = runtime.handle().clone();
    runtime.shutdown_background();
    let wanted = Wanted::of(account.customer_id, account.agent_id, false);
    let link = voipbin_client::open(account.service().unwrap(), token, wanted, Speaks::Auto(None), &over);
    session.work.as_mut().unwrap().connect_anew(link, 0.5).leave().await;
    let (_shift, mut asks) = mpsc::channel(1);
    assert_eq!(session.run(&mut asks).await, Ran::BrokeDown);
    session.broke_down();
    let mut anew = session.begun_anew().await;
    anew.resume();
    assert!(anew.is_signed_in());
    let view = anew.desk.session_view();
    assert_eq!((view.screen, view.problem.clone()), (Screen::Desk, Some(say!("problems-started-again"))));
}
