//! Toasts over D-Bus. The body may be read as markup there, so what callers
//! wrote is escaped.

use notify_rust::{Hint, Notification, NotificationResponse, Timeout, Urgency};
use ringside_desk::AlertKind;
use ringside_words::text;
use tokio::sync::oneshot;

use super::Toast;

const DEFAULT: &str = "default";

/// Whether there is somebody to show them.
pub(crate) fn can_show() -> notify_rust::error::Result<()> {
    notify_rust::get_server_information().map(|_| ())
}

/// Shows a toast until it is clicked, closed or withdrawn; true when clicked.
pub(crate) async fn show(
    toast: Toast,
    withdrawn: oneshot::Receiver<()>,
    shown: impl FnOnce(),
) -> notify_rust::error::Result<bool> {
    let mut notification = Notification::new();
    notification
        .appname("Ringside")
        .summary(&toast.title)
        .body(&escape(&toast.body))
        .icon("ringside")
        .action(DEFAULT, &text!("common-open"))
        .hint(Hint::Category(category(toast.kind).to_owned()));
    match toast.kind {
        AlertKind::Ringing => notification.urgency(Urgency::Critical).timeout(Timeout::Never),
        AlertKind::Missed => notification.urgency(Urgency::Normal).timeout(Timeout::Never),
        AlertKind::Waiting | AlertKind::Message => notification.urgency(Urgency::Normal),
    };
    let handle = notification.show_async().await?;
    shown();
    let mut clicked = false;
    let acted = handle.wait_for_action_async(|response: &NotificationResponse| {
        clicked = match response {
            NotificationResponse::Default => true,
            NotificationResponse::Action(action) => action == DEFAULT,
            _ => false,
        };
    });
    tokio::select! {
        () = acted => {}
        // Withdrawn in words or by the sender having been dropped: both mean it.
        _ = withdrawn => {}
    }
    // Not every server takes a toast away that was clicked.
    handle.close_async().await;
    Ok(clicked)
}

fn category(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Ringing => "call.incoming",
        AlertKind::Missed => "call.unanswered",
        AlertKind::Waiting => "call",
        AlertKind::Message => "im.received",
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_caller_wrote_is_no_markup() {
        assert_eq!(escape("<b>5 & 6</b>"), "&lt;b&gt;5 &amp; 6&lt;/b&gt;");
    }
}
