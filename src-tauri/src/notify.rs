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
use ringside_shift::Bell;
use tauri::AppHandle;
use tokio::sync::oneshot;

use crate::windows;

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
            match native::show(toast, withdrawn).await {
                Ok(true) => windows::bring_to_front(&app, Some(about)),
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "a toast could not be shown"),
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
                self.raise(key, Toast { kind, title, body }, about);
            }
            Alert::Withdraw { key } => {
                windows::unpop(&self.app, &key);
                self.up.remove(&key);
            }
        }
    }
}
