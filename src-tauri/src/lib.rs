//! The shell: what needs Tauri or the operating system around an agent's shift.
//!
//! It opens windows, keeps the token in the keyring, shows toasts and passes
//! verbs down and patches up. It decides nothing: rules live in the desk.

mod commands;
mod demo;
mod files;
mod notify;
#[cfg(target_os = "linux")]
mod painting;
#[cfg(target_os = "linux")]
mod revival;
mod starting;
mod windows;

use std::panic::catch_unwind;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use ringside_shift::{Ports, Reader, Shift, clock, private, steady};
use ringside_vault::Keyring;
use ringside_words::text;
use tauri::{App, AppHandle, Manager as _, RunEvent, WindowEvent};

use crate::notify::Toasts;

/// Runs the desktop until the agent closes it. `--demo` opens the demo desk
/// when nobody is signed in. What keeps it from starting is said in a sentence.
pub fn run() -> ExitCode {
    ringside_log::start("info", starting::log_folder().as_deref());
    ringside_vault::keep_private();
    if let Some(why) = starting::no_screen() {
        return starting::failed(&why);
    }
    // Without a screen that answers, the windowing library panics.
    let Ok(built) = catch_unwind(build) else { return starting::failed(&text!("shell-screen-failed")) };
    match built {
        Ok(app) => {
            app.run(on_event);
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "Ringside could not start");
            starting::failed(&text!("shell-failed"))
        }
    }
}

fn build() -> tauri::Result<App> {
    tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| windows::bring_to_front(app, None)))
        .invoke_handler(commands::handler())
        .setup(|app| {
            if let Err(error) = set_up(app) {
                // Handed on, it would be a panic.
                starting::failed(&text!("shell-failed-because", why = error.to_string()));
                std::process::exit(1);
            }
            Ok(())
        })
        .build(tauri::generate_context!())
}

fn set_up(app: &mut App) -> Result<(), Box<dyn std::error::Error>> {
    starting::outlive_bus();
    let vault = Arc::new(Keyring::beside(&app.path().app_config_dir()?));
    let bell = Box::new(Toasts::new(app.handle().clone()));
    let data = app.path().app_data_dir()?;
    if let Err(error) = private::close_folder(&data) {
        tracing::warn!(%error, "the folder of the ledger could not be closed to other users");
    }
    let ledger = Some(data.join("ledger.db"));
    let ports = Ports { vault, bell, clock, steady, tap: None, reader: Some(Reader::start()?), ledger };
    let shift = tauri::async_runtime::block_on(async { Shift::start(ports) });
    app.manage(shift);
    app.manage(demo::Demo::default());
    app.manage(windows::Pop::default());
    app.manage(starting::Storage::of(app.handle())?);
    notify::try_toasts(app.handle());
    files::tidy_up(app.handle());
    windows::open_main(app.handle())?;
    windows::prepare_pop(app.handle())?;
    if std::env::args().any(|argument| argument == "--demo") {
        demo::unless_signed_in(app.handle());
    }
    end_on_signal(app.handle());
    Ok(())
}

fn on_event(app: &AppHandle, event: RunEvent) {
    match event {
        RunEvent::WindowEvent { label, event: WindowEvent::CloseRequested { api, .. }, .. } => {
            api.prevent_close();
            if label == windows::MAIN { end(app) } else { windows::hide_pop(app) }
        }
        RunEvent::ExitRequested { api, code: None, .. } => {
            api.prevent_exit();
            end(app);
        }
        _ => {}
    }
}

/// The link and the toasts get this long to say goodbye.
const GOODBYE_WITHIN: Duration = Duration::from_secs(6);
/// Toasts that were taken back leave the bus in this time.
const TOASTS_GONE_AFTER: Duration = Duration::from_millis(200);

/// Unsubscribes and closes the link, then leaves.
fn end(app: &AppHandle) {
    windows::hide_all(app);
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if tokio::time::timeout(GOODBYE_WITHIN, app.state::<Shift>().end()).await.is_err() {
            tracing::warn!("left without a goodbye");
        }
        tokio::time::sleep(TOASTS_GONE_AFTER).await;
        app.exit(0);
    });
}

#[cfg(unix)]
fn end_on_signal(app: &AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};

    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
        let (Ok(mut terminate), Ok(mut interrupt)) = signals else {
            return tracing::warn!("signals cannot be waited for");
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        end(&app);
    });
}

#[cfg(not(unix))]
fn end_on_signal(_: &AppHandle) {}
