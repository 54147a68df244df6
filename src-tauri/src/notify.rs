//! An alert becomes a native toast; a click on it brings what it is about to
//! the front, and it goes away when it has lost its reason.

#[cfg(not(all(unix, not(target_os = "macos"))))]
#[path = "notify/plain.rs"]
mod native;
#[cfg(all(unix, not(target_os = "macos")))]
#[path = "notify/linux.rs"]
mod native;

use std::collections::HashMap;

use ringside_desk::{About, Alert, AlertKind};
use ringside_shift::{Bell, Shift};
use ringside_words::{Message, say};
use tauri::{AppHandle, Manager as _};
use tokio::sync::oneshot;

use crate::windows;

/// Finds out whether toasts can be shown, before the first one has to be.
pub(crate) fn try_toasts(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        if let Err(error) = native::can_show() {
            tracing::warn!(%error, "toasts cannot be shown");
            tell(&app, Some(say!("shell-no-notifications")));
        }
    });
}

/// The window says that toasts fail; a log is read by nobody.
fn tell(app: &AppHandle, why: Option<Message>) {
    let shift = app.state::<Shift>().inner().clone();
    tauri::async_runtime::spawn(async move {
        if shift.toasts_fail(why).await.is_err() {
            tracing::debug!("the shift is over");
        }
    });
}

/// A toast as the desk wants it.
#[derive(Debug, Clone)]
pub(crate) struct Toast {
    pub(crate) kind: AlertKind,
    pub(crate) title: String,
    pub(crate) body: String,
}

/// The toasts that are up, by the alert's key.
pub(crate) struct Toasts {
    app: AppHandle,
    up: HashMap<String, oneshot::Sender<()>>,
}

impl Toasts {
    pub(crate) fn new(app: AppHandle) -> Self {
        Self { app, up: HashMap::new() }
    }

    fn raise(&mut self, key: String, toast: Toast, about: About) {
        let (withdraw, withdrawn) = oneshot::channel();
        let app = self.app.clone();
        tauri::async_runtime::spawn(async move {
            let shown = || tell(&app, None);
            match native::show(toast, withdrawn, shown).await {
                Ok(true) => windows::bring_to_front(&app, Some(about)),
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%error, "a toast could not be shown");
                    tell(&app, Some(say!("shell-no-notifications")));
                }
            }
        });
        // Dropping the sender of an earlier toast with this key withdraws it.
        self.up.retain(|_, withdraw| !withdraw.is_closed());
        self.up.insert(key, withdraw);
    }
}

impl Bell for Toasts {
    fn ring(&mut self, alert: Alert) {
        match alert {
            Alert::Raise { key, kind, title, body, about } => {
                if kind == AlertKind::Ringing {
                    windows::pop(&self.app, key.clone());
                }
                self.raise(key, Toast { kind, title: title.to_string(), body: body.to_string() }, about);
            }
            Alert::Withdraw { key } => {
                windows::unpop(&self.app, &key);
                self.up.remove(&key);
            }
        }
    }
}
