//! How the service is spoken to, and what of it is listened to.

use tokio::time::Instant;
use voipbin_client::Speaks;

use super::Session;
use crate::listening::extra_of;

impl Session {
    /// The given dialect is the wrong one: from now on it is found, on a new connection.
    pub(crate) async fn detect_dialect(&mut self) {
        let Some(work) = &mut self.work else { return };
        work.account.only = None;
        work.account.dialect = None;
        work.connection.speak(Speaks::Auto(None)).await;
        self.keep();
    }

    pub(super) async fn show_view(&mut self, window: String, view: Option<String>) {
        if let Some(work) = &mut self.work {
            work.listening.shows(window, view, Instant::now());
        }
        self.listen_anew().await;
    }

    /// What the agent has chosen not to hear of.
    pub(super) async fn leave_out(&mut self, names: &[String]) {
        if let Some(work) = &mut self.work {
            work.listening.leave_out(names.iter().filter_map(|name| extra_of(name)).collect());
        }
        self.listen_anew().await;
    }

    /// Subscribes what is needed by now, and lets go of what no longer is.
    pub(super) async fn listen_anew(&mut self) {
        let has_call = self.desk.has_calls();
        let Some(work) = &mut self.work else { return };
        if let Some(changed) = work.listening.change(has_call, Instant::now()) {
            tracing::info!(to = ?changed.to, "listening");
            work.connection.listen(changed.to).await;
            self.hear_around_anew();
        }
    }
}
