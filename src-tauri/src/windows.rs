//! The two windows: the desk, and the call pop above everything that never
//! takes the keyboard.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ringside_desk::About;
use ringside_words::text;
use tauri::webview::NewWindowResponse;
use tauri::{
    AppHandle, Emitter as _, LogicalPosition, LogicalSize, Manager as _, Url, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder, Wry,
};

use crate::starting::Storage;

/// The desk.
pub(crate) const MAIN: &str = "main";
const POP: &str = "pop";
const POP_SIZE: LogicalSize<f64> = LogicalSize::new(400.0, 236.0);
const MARGIN: f64 = 16.0;

/// The calls for which the pop is up.
#[derive(Default)]
pub(crate) struct Pop(Mutex<BTreeSet<String>>);

impl Pop {
    fn calls(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens the desk.
pub(crate) fn open_main(app: &AppHandle) -> tauri::Result<()> {
    let window = build(app, MAIN, "index.html")
        .title("Ringside")
        .inner_size(1280.0, 800.0)
        .min_inner_size(960.0, 600.0)
        .zoom_hotkeys_enabled(true)
        .build()?;
    suit_painting(&window)
}

/// Keeps the pop ready and hidden, so that it is painted when a call rings.
pub(crate) fn prepare_pop(app: &AppHandle) -> tauri::Result<()> {
    let window = build(app, POP, "pop.html")
        .title(text!("shell-call"))
        .inner_size(POP_SIZE.width, POP_SIZE.height)
        .resizable(false)
        .decorations(false)
        .always_on_top(true)
        .visible_on_all_workspaces(true)
        .skip_taskbar(true)
        .focused(false)
        .focusable(false)
        .visible(false)
        .build()?;
    suit_painting(&window)
}

fn build<'a>(app: &'a AppHandle, label: &str, page: &str) -> WebviewWindowBuilder<'a, Wry, AppHandle> {
    let builder = WebviewWindowBuilder::new(app, label, WebviewUrl::App(page.into()))
        .on_navigation(stays)
        .on_new_window(|_, _| NewWindowResponse::Deny);
    match app.state::<Storage>().folder() {
        Some(folder) => builder.data_directory(folder),
        None => builder,
    }
}

/// Whether a window may go there: to its own pages and nowhere else, whatever
/// link is clicked or dropped. Pages of the web open in the system's browser.
fn stays(url: &Url) -> bool {
    // The names that the web view's own pages have on the three systems.
    let is_own = match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    };
    if !is_own {
        tracing::warn!(scheme = url.scheme(), "a window does not leave its own pages");
    }
    is_own
}

#[cfg(target_os = "linux")]
fn suit_painting(window: &WebviewWindow) -> tauri::Result<()> {
    crate::revival::watch(window)?;
    crate::painting::suit(window)
}

/// Other systems' web views see for themselves whether there is a graphics card.
#[cfg(not(target_os = "linux"))]
fn suit_painting(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// A call rings: the pop comes up.
pub(crate) fn pop(app: &AppHandle, key: String) {
    app.state::<Pop>().calls().insert(key);
    let Some(window) = app.get_webview_window(POP) else { return };
    say(place_pop(&window).and_then(|()| window.show()));
}

/// A call stopped ringing: the pop goes with the last one.
pub(crate) fn unpop(app: &AppHandle, key: &str) {
    let pop = app.state::<Pop>();
    let mut calls = pop.calls();
    if calls.remove(key) && calls.is_empty() {
        drop(calls);
        hide_pop(app);
    }
}

/// Hides the pop; the next call brings it back.
pub(crate) fn hide_pop(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(POP) {
        say(window.hide());
    }
}

/// Brings the desk to the front and shows what `about` names. The agent asked for it.
pub(crate) fn bring_to_front(app: &AppHandle, about: Option<About>) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    say(window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus()));
    if let Some(about) = about {
        say(app.emit_to(MAIN, "show", about));
    }
}

/// Takes every window off the screen while the app leaves.
pub(crate) fn hide_all(app: &AppHandle) {
    for window in app.webview_windows().values() {
        say(window.hide());
    }
}

/// Right edge of the screen the desk is on, a quarter down: toasts come up in
/// the corners or at the top centre, and the pop must not lie under one.
fn place_pop(window: &WebviewWindow) -> tauri::Result<()> {
    let Some(main) = window.app_handle().get_webview_window(MAIN) else { return Ok(()) };
    let Some(monitor) = main.current_monitor()?.or(main.primary_monitor()?) else { return Ok(()) };
    let area = monitor.work_area();
    let scale = monitor.scale_factor();
    let (corner, size) = (area.position.to_logical::<f64>(scale), area.size.to_logical::<f64>(scale));
    window.set_position(LogicalPosition::new(
        corner.x + size.width - POP_SIZE.width - MARGIN,
        corner.y + size.height / 4.0,
    ))
}

fn say(done: tauri::Result<()>) {
    if let Err(error) = done {
        tracing::warn!(%error, "a window did not do as told");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_stays_at_its_own_pages_whatever_is_clicked_or_dropped() {
        for own in ["tauri://localhost/index.html", "tauri://localhost/pop.html", "http://tauri.localhost/index.html"] {
            assert!(stays(&Url::parse(own).unwrap()), "{own}");
        }
        for other in [
            "https://evil.example/",
            "http://localhost/",
            "http://localhost:5173/",
            "https://tauri.localhost.evil.example/",
            "tauri://evil/index.html",
            "file:///etc/passwd",
            "data:text/html,<script>alert(1)</script>",
            "javascript:alert(1)",
            "about:blank",
            "blob:tauri://localhost/1",
            "mailto:ann@example.com",
            "tel:+15551234567",
        ] {
            assert!(!stays(&Url::parse(other).unwrap()), "{other}");
        }
    }
}
