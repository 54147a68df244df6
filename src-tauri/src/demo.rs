//! The built-in demo desk: a service of its own on loopback that plays a
//! morning. Its sign-in is never kept: the next start makes a new one.

use std::sync::{Mutex, PoisonError};

use ringside_desk::{Patch, ResponderDeed, RuleBook, Screen, SessionView};
use ringside_shift::{Credential, Problem, Shift, Sink};
use ringside_words::say;
use tauri::{AppHandle, Manager as _};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use voipbin_simulator::{MORNING, RULES, Scenario, Simulator};

/// The demo's service, while it runs.
#[derive(Default)]
pub(crate) struct Demo(Mutex<Option<(Simulator, JoinHandle<()>)>>);

impl Demo {
    fn put(&self, running: Option<(Simulator, JoinHandle<()>)>) {
        let before = std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), running);
        if let Some((_, playing)) = before {
            playing.abort();
        }
    }
}

/// Starts the demo's service and signs in at it.
pub(crate) async fn open(app: &AppHandle) -> Result<(), Problem> {
    let failed = |error: &dyn std::error::Error| {
        tracing::error!(%error, "the demo desk");
        Problem::from(say!("problems-no-demo"))
    };
    let morning = Scenario::parse(MORNING).map_err(|error| failed(&error))?;
    let simulator = Simulator::start().await.map_err(|error| failed(&error))?;
    let login = simulator.logins().into_iter().next();
    let Some(login) = login else { return Err(say!("problems-no-demo").into()) };
    let address = simulator.address();
    let playing = simulator.play(morning);
    app.state::<Demo>().put(Some((simulator, playing)));
    let credential = Credential::Password { email: login.email, password: login.password };
    let shift = app.state::<Shift>();
    shift.sign_in(address, credential, true).await?;
    // The documentation's two examples are answered by themselves.
    let book = RuleBook::from_toml(RULES).map_err(|error| failed(&error))?;
    shift.respond(ResponderDeed::Keep(Box::new(book))).await?;
    shift.respond(ResponderDeed::Switch(true)).await
}

/// Ends the demo's service, if it runs.
pub(crate) fn close(app: &AppHandle) {
    app.state::<Demo>().put(None);
}

/// Opens the demo desk once it is clear that nobody is signed in. A keyring
/// that could not be read is not that: its problem stays on the screen.
pub(crate) fn unless_signed_in(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let (tell, mut sessions) = mpsc::unbounded_channel();
        let sink =
            Sink::new(move |batch| batch.patches.iter().filter_map(session).all(|session| tell.send(session).is_ok()));
        if app.state::<Shift>().watch(sink).await.is_err() {
            return;
        }
        while let Some(session) = sessions.recv().await {
            match session.screen {
                Screen::Starting => {}
                Screen::SignedOut if session.problem.is_none() => {
                    if let Err(problem) = open(&app).await {
                        tracing::error!(%problem, "the demo desk");
                    }
                    return;
                }
                Screen::SignedOut | Screen::SigningIn | Screen::Desk => return,
            }
        }
    });
}

fn session(patch: &Patch) -> Option<SessionView> {
    match patch {
        Patch::Reset { desk } => Some(desk.session.clone()),
        Patch::PutSession { session } => Some(session.clone()),
        _ => None,
    }
}
