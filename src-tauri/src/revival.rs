//! A web view whose process died is loaded again, and draws the desk anew.
//!
//! Tauri tells of this on no platform, so that it is heard from WebKitGTK itself.
//! Windows shows its own page then, with a button that loads it again.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tauri::WebviewWindow;
use tauri::webview::PlatformWebview;
use webkit2gtk::{WebViewExt as _, glib};

/// Deaths are counted for so long.
const WITHIN: Duration = Duration::from_secs(60);
/// The first time it is loaded again after this.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Loads this window's page again whenever its process dies.
pub(crate) fn watch(window: &WebviewWindow) -> tauri::Result<()> {
    let label = window.label().to_owned();
    window.with_webview(move |webview: PlatformWebview| {
        let deaths = RefCell::new(Deaths::default());
        webview.inner().connect_web_process_terminated(move |view, reason| {
            let wait = deaths.borrow_mut().wait(Instant::now());
            tracing::error!(window = label, ?reason, ?wait, "the web view's process ended; it is loaded again");
            let view = view.clone();
            glib::timeout_add_local_once(wait, move || view.reload());
        });
    })
}

/// When it died lately.
#[derive(Debug, Default)]
struct Deaths(VecDeque<Instant>);

impl Deaths {
    /// It died: how long to wait. What dies at once each time must not keep the
    /// computer busy with that.
    fn wait(&mut self, now: Instant) -> Duration {
        self.0.retain(|at| now.duration_since(*at) < WITHIN);
        let doublings = u32::try_from(self.0.len()).unwrap_or(u32::MAX).min(16);
        self.0.push_back(now);
        FIRST_WAIT.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_WAIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_dies_again_and_again_is_loaded_ever_later_and_soon_again_after_a_quiet_minute() {
        let (mut deaths, start) = (Deaths::default(), Instant::now());
        let waits: Vec<u128> = (0..12).map(|_| deaths.wait(start).as_millis()).collect();
        assert_eq!(waits[..4], [100, 200, 400, 800]);
        assert_eq!(waits[11], 30_000);
        assert_eq!(deaths.wait(start + WITHIN).as_millis(), 100);
    }
}
