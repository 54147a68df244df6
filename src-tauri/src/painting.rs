//! How a window is painted where there is no graphics card.
//!
//! A virtual desktop often has none. The web view would then paint through a
//! card that is imitated in software, which costs several times as much as
//! painting straight away.

use std::path::Path;

use tauri::WebviewWindow;
use tauri::webview::PlatformWebview;
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt as _, WebViewExt as _};

/// Where Linux lists what can draw.
const CARDS: &str = "/dev/dri";
/// A card that programs may draw with, whether or not a screen is on it.
const CAN_DRAW: &str = "renderD";

/// Lets this window paint without a graphics card if there is none.
pub(crate) fn suit(window: &WebviewWindow) -> tauri::Result<()> {
    if has_card(Path::new(CARDS)) {
        return Ok(());
    }
    window.with_webview(|webview: PlatformWebview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

fn has_card(listed: &Path) -> bool {
    let Ok(entries) = listed.read_dir() else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with(CAN_DRAW))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_that_only_shows_a_picture_cannot_draw() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_card(&folder.path().join("dri")));
        std::fs::write(folder.path().join("card0"), "").unwrap();
        assert!(!has_card(folder.path()));
        std::fs::write(folder.path().join("renderD128"), "").unwrap();
        assert!(has_card(folder.path()));
    }
}
