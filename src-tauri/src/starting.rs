//! What a start needs of the computer, and what is said where it is not there.

use std::path::PathBuf;
use std::process::ExitCode;

use ringside_shift::private;
use ringside_words::text;
use tauri::{AppHandle, Manager as _};

const APP: &str = "dev.ringside.desktop";

/// Where the log goes: what a program notes for itself, where the system has a
/// place for that.
pub(crate) fn log_folder() -> Option<PathBuf> {
    let noted = dirs::state_dir().or_else(dirs::data_local_dir)?;
    Some(noted.join(APP))
}

/// Why there is no screen, where that is plain from the start.
#[cfg(target_os = "linux")]
pub(crate) fn no_screen() -> Option<String> {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let has_screen = is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") || is_set("WAYLAND_SOCKET");
    // Whoever names another kind of screen knows what they do.
    let has_screen =
        has_screen || is_set("GDK_BACKEND") || dirs::runtime_dir().is_some_and(|run| run.join("wayland-0").exists());
    (!has_screen).then(|| text!("shell-no-screen"))
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn no_screen() -> Option<String> {
    None
}

/// Says in a sentence why Ringside does not start.
pub(crate) fn failed(why: &str) -> ExitCode {
    tracing::error!("{why}");
    ExitCode::FAILURE
}

/// The library that draws ends the program, as if somebody had asked for it, when
/// the session's bus goes. Calls need no bus: what does is said in the window.
#[cfg(target_os = "linux")]
pub(crate) fn outlive_bus() {
    use webkit2gtk::gio::{BusType, Cancellable, bus_get_sync};

    match bus_get_sync(BusType::Session, None::<&Cancellable>) {
        Ok(bus) => bus.set_exit_on_close(false),
        Err(error) => tracing::warn!(%error, "there is no session bus"),
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn outlive_bus() {}

/// Where the web view keeps its things, where its own place cannot be written: a
/// home that is read-only, or full.
pub(crate) struct Storage(Option<PathBuf>);

impl Storage {
    pub(crate) fn of(app: &AppHandle) -> std::io::Result<Self> {
        let Ok(usual) = app.path().app_local_data_dir() else { return Ok(Self(None)) };
        let Err(error) = private::make_folder(&usual) else { return Ok(Self(None)) };
        tracing::warn!(%error, "the web view keeps nothing over a restart");
        let folder = dirs::runtime_dir().unwrap_or_else(std::env::temp_dir);
        let folder = folder.join(format!("ringside-{}", std::process::id()));
        // One that is there already would be somebody else's.
        private::make_new_folder(&folder)?;
        Ok(Self(Some(folder)))
    }

    pub(crate) fn folder(&self) -> Option<PathBuf> {
        self.0.clone()
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        if let Some(Err(error)) = self.0.as_ref().map(std::fs::remove_dir_all) {
            tracing::debug!(%error, "the web view's folder stays");
        }
    }
}
