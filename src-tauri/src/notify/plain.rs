//! Toasts on Windows and macOS. They take plain text there, and cannot be
//! withdrawn: they go by themselves.

use notify_rust::Notification;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use super::Toast;

/// The system shows them itself.
pub(crate) fn can_show() -> notify_rust::error::Result<()> {
    Ok(())
}

/// Shows a toast until it is clicked or gone; true when clicked.
pub(crate) async fn show(
    toast: Toast,
    withdrawn: oneshot::Receiver<()>,
    shown: impl FnOnce(),
) -> notify_rust::error::Result<bool> {
    shown();
    let acted = spawn_blocking(move || {
        let handle = Notification::new().appname("Ringside").summary(&toast.title).body(&toast.body).show()?;
        let mut clicked = false;
        handle.wait_for_action(|action| clicked = !action.starts_with("__"));
        Ok(clicked)
    });
    tokio::select! {
        acted = acted => acted.unwrap_or(Ok(false)),
        _ = withdrawn => Ok(false),
    }
}
