//! An agent's shift without a window.
//!
//! `ringside-cli tail` signs in and prints what the link and the desk say, a
//! line each, until it is told to stop. The token comes from the keyring or
//! from `RINGSIDE_TOKEN`, never from an argument, which others could read.

mod asked;
mod lines;
mod respond;
mod signed_in;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use ringside_desk::Alert;
use ringside_shift::{Bell, Credential, Kept, NoVault, Place, Ports, Reader, Shift, Sink, Vault as _, clock};
use ringside_vault::Keyring;
use ringside_words::text;
use tokio::sync::{mpsc, oneshot};
use voipbin_client::Service;
use voipbin_wire::Told;

use asked::{Asked, Command, TOKEN_VARIABLE};
use lines::{Line, Writer};
use signed_in::{SignedIn, TokenFile};

/// As in the app, so that both behave alike.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Nobody could sign in.
const NOT_SIGNED_IN: u8 = 2;
/// A diagnosis waits this long for the link to come up.
const FIRST_LINK_WITHIN: Duration = Duration::from_secs(15);
/// A keyring that takes longer is waited for aloud.
const KEYRING_IS_SLOW_AFTER: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    ringside_log::start("warn", None);
    ringside_vault::keep_private();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&text!("cli-no-threads", why = error.to_string()), 1),
    };
    let ended = runtime.block_on(told());
    // A name that is still being looked up, say, is not waited for.
    runtime.shutdown_background();
    ended
}

async fn told() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let asked = match asked::read(&words) {
        Ok(Some(asked)) => asked,
        Ok(None) => {
            lines::say(&text!("cli-help"));
            return ExitCode::SUCCESS;
        }
        Err(problem) => return fail(&format!("{problem}\n\n{}", text!("cli-help")), 1),
    };
    let ended = if asked.command == Command::Respond { respond::run(asked).await } else { run(asked).await };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => fail(&problem, NOT_SIGNED_IN),
    }
}

fn fail(problem: &str, code: u8) -> ExitCode {
    lines::complain(&format!("ringside-cli: {problem}"));
    ExitCode::from(code)
}

async fn run(asked: Asked) -> Result<(), String> {
    let mut stopped = std::pin::pin!(stopped());
    let file = asked.token_file.clone().map(TokenFile::open).transpose()?;
    let found = sign_in_with(&asked, file.as_ref(), &mut stopped).await?;
    let Some((place, credential)) = found else { return Ok(()) };
    let mut signed_in = SignedIn::new(file, true);
    let (tell, mut told) = mpsc::unbounded_channel();
    let (facts, alerts, links) = (tell.clone(), tell.clone(), tell);
    let shift = Shift::start(Ports {
        vault: Arc::new(NoVault),
        bell: Box::new(Ears(alerts)),
        clock,
        steady: ringside_shift::steady,
        reader: Some(Reader::start().map_err(|error| error.to_string())?),
        ledger: None,
        tap: Some(Box::new(move |told: &Told| {
            facts.send(Line::fact(told)).ok();
        })),
    });
    let sink =
        Sink::new(move |batch| batch.patches.iter().filter_map(Line::of_patch).all(|line| links.send(line).is_ok()));
    shift.watch(sink).await.map_err(|problem| problem.to_string())?;
    // What is signed in with here is kept by nobody: the vault holds nothing.
    let is_demo = false;
    tokio::select! {
        came_in = shift.sign_in(place, credential, is_demo) => came_in.map_err(|problem| problem.to_string())?,
        () = &mut stopped => {
            shift.end().await;
            return Ok(());
        }
    }
    let mut writer = Writer::new(asked.json && asked.command == Command::Tail);
    let ended = tokio::select! {
        ended = tail(&asked, &shift, &mut signed_in, &mut writer, &mut told) => ended,
        () = stopped => Ended::Stopped,
    };
    while let Ok(line) = told.try_recv() {
        if asked.command == Command::Tail {
            writer.write(&line);
        }
    }
    if asked.command == Command::Diagnose || asked.diagnostics {
        let diagnostics = shift.diagnostics().await.map_err(|problem| problem.to_string())?;
        lines::say(&serde_json::json!({"diagnostics": diagnostics}).to_string());
    }
    if asked.state {
        let desk = shift.desk().await.map_err(|problem| problem.to_string())?;
        lines::say(&serde_json::json!({"state": desk}).to_string());
    }
    shift.end().await;
    ended.result()
}

enum Ended {
    Stopped,
    SignInRefused(String),
    /// Texts are not answered until a person does something about it.
    Held(String),
}

impl Ended {
    fn result(self) -> Result<(), String> {
        match self {
            Self::Stopped => Ok(()),
            Self::SignInRefused(why) => Err(why),
            Self::Held(why) => Err(why),
        }
    }
}

/// Writes what comes until it has been quiet for as long as was asked, or the
/// sign-in is over, or nobody reads any more.
async fn tail(
    asked: &Asked,
    shift: &Shift,
    signed_in: &mut SignedIn,
    writer: &mut Writer,
    told: &mut mpsc::UnboundedReceiver<Line>,
) -> Ended {
    let quiet = match asked.command {
        Command::Tail | Command::Respond => asked.until_idle,
        Command::Diagnose => Some(asked.until_idle.unwrap_or(FIRST_LINK_WITHIN)),
    };
    let is_quiet = async || match quiet {
        Some(quiet) => tokio::time::sleep(quiet).await,
        None => std::future::pending().await,
    };
    loop {
        let next = tokio::select! {
            next = told.recv() => next,
            () = is_quiet() => return Ended::Stopped,
            why = signed_in.is_over(shift) => return Ended::SignInRefused(why),
        };
        let Some(line) = next else { return Ended::SignInRefused(text!("cli-broke-off")) };
        if let Some(why) = line.refusal() {
            return Ended::SignInRefused(why.to_string());
        }
        signed_in.hear(&line);
        if asked.command == Command::Diagnose {
            if line.is_live() {
                return Ended::Stopped;
            }
        } else if !writer.write(&line) {
            return Ended::Stopped;
        }
        if let Some(why) = line.needs_person() {
            return Ended::Held(why.to_string());
        }
    }
}

/// Where to sign in and with what; nothing when told to stop meanwhile. A kept
/// token goes to no other address than the one it was kept for.
async fn sign_in_with(
    asked: &Asked,
    file: Option<&TokenFile>,
    stopped: &mut (impl Future<Output = ()> + Unpin),
) -> Result<Option<(Place, Credential)>, String> {
    let extra_ca = asked.ca.as_ref().map(|file| {
        std::fs::read_to_string(file)
            .map_err(|error| text!("cli-unreadable", file = file.display().to_string(), why = error.to_string()))
    });
    let extra_ca = extra_ca.transpose()?;
    let given = file.map(TokenFile::credential).or_else(|| std::env::var(TOKEN_VARIABLE).ok().map(Credential::Token));
    if let Some(credential) = given {
        let service = asked.url.clone().ok_or_else(|| text!("cli-no-service"))?;
        return Ok(Some((Place { service, extra_ca, only: asked.dialect }, credential)));
    }
    let keyring = Keyring::beside(&settings().ok_or_else(|| text!("cli-no-settings"))?);
    let Some(kept) = from_keyring(keyring, stopped).await? else { return Ok(None) };
    let Kept { account, token } = kept.ok_or_else(|| text!("cli-nobody-signed-in", variable = TOKEN_VARIABLE))?;
    if let Some(url) = &asked.url {
        let service = Service::parse(url).map_err(|error| error.to_string())?;
        if service.address() != account.service {
            return Err(text!("cli-other-service", service = account.service, variable = TOKEN_VARIABLE));
        }
    }
    let place = Place {
        service: account.service,
        extra_ca: extra_ca.or(account.extra_ca),
        only: asked.dialect.or(account.only).or(account.dialect.filter(|_| !asked.finds_dialect)),
    };
    Ok(Some((place, token.lend(|text| Credential::Token(text.to_owned())))))
}

/// What the keyring holds; nothing when told to stop before it answered. It may
/// ask for a password in a window that nobody sees, or never answer: its thread
/// is left to itself then, and no end waits for it.
async fn from_keyring(
    keyring: Keyring,
    stopped: &mut (impl Future<Output = ()> + Unpin),
) -> Result<Option<Option<Kept>>, String> {
    let (tell, mut told) = oneshot::channel();
    let ask = move || {
        // Nobody waits when told to stop.
        tell.send(keyring.load()).ok();
    };
    std::thread::Builder::new().name("keyring".to_owned()).spawn(ask).map_err(|error| error.to_string())?;
    let loaded = match tokio::time::timeout(KEYRING_IS_SLOW_AFTER, until(&mut told, stopped)).await {
        Ok(loaded) => loaded,
        Err(_) => {
            lines::complain(&format!("ringside-cli: {}", text!("cli-keyring-slow")));
            until(&mut told, stopped).await
        }
    };
    let Some(loaded) = loaded else { return Ok(None) };
    let loaded = loaded.map_err(|_| text!("cli-keyring-broken"))?;
    loaded.map(Some).map_err(|error| text!("cli-or-set", problem = error.to_string(), variable = TOKEN_VARIABLE))
}

/// The first of both; nothing when told to stop.
async fn until<T>(
    wanted: &mut (impl Future<Output = T> + Unpin),
    stopped: &mut (impl Future<Output = ()> + Unpin),
) -> Option<T> {
    tokio::select! {
        came = wanted => Some(came),
        () = stopped => None,
    }
}

/// Where the desktop keeps its settings.
fn settings() -> Option<PathBuf> {
    dirs::config_dir().map(|folder| folder.join("dev.ringside.desktop"))
}

struct Ears(mpsc::UnboundedSender<Line>);

impl Bell for Ears {
    fn ring(&mut self, alert: Alert) {
        // Nobody listens while the command ends.
        self.0.send(Line::Alert(alert)).ok();
    }
}

/// Whether the command was told to end, since this was called: from here on
/// nothing ends without a goodbye.
#[cfg(unix)]
fn stopped() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};

    let heard = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    async move {
        let (Ok(mut terminate), Ok(mut interrupt)) = heard else { return std::future::pending().await };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
async fn stopped() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_shift_that_ended_by_itself_is_no_success() {
        let asked = asked::read(&["tail".to_owned()]).unwrap().unwrap();
        let (tell, mut told) = mpsc::unbounded_channel();
        drop(tell);
        let bell = Box::new(Ears(mpsc::unbounded_channel().0));
        let shift = Shift::start(Ports {
            vault: Arc::new(NoVault),
            bell,
            clock,
            steady: ringside_shift::steady,
            reader: None,
            ledger: None,
            tap: None,
        });
        let mut signed_in = SignedIn::new(None, true);
        let ended = tail(&asked, &shift, &mut signed_in, &mut Writer::new(true), &mut told).await;
        assert!(matches!(ended, Ended::SignInRefused(why) if why.contains("internal error")));
    }

    #[tokio::test]
    async fn a_stop_that_comes_before_anybody_waits_for_it_is_heard() {
        let stopped = stopped();
        let own = std::process::id().to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &own]).status().unwrap().success());
        tokio::time::timeout(std::time::Duration::from_secs(20), stopped).await.unwrap();
    }
}
