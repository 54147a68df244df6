//! Noticing that the network changed or the computer wakes, before any timer
//! would: then the link is tested at once.

use std::time::Duration;

use futures_util::StreamExt as _;
use if_watch::tokio::IfWatcher;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// The addresses a computer has at the start come as if they were new.
const SETTLES_WITHIN: Duration = Duration::from_secs(1);
/// Several addresses that change together are one change.
const TOGETHER: Duration = Duration::from_millis(300);

/// What was noticed; dropping it stops the watch.
#[derive(Debug)]
pub(crate) struct Watch {
    noticed: mpsc::Receiver<&'static str>,
    _watching: JoinSet<()>,
}

impl Watch {
    /// Begins to watch. A system that tells nothing is no error: timers remain.
    pub(crate) fn new() -> Self {
        let (notice, noticed) = mpsc::channel(8);
        let mut watching = JoinSet::new();
        watching.spawn(addresses(notice.clone()));
        #[cfg(target_os = "linux")]
        watching.spawn(sleep::wakes(notice));
        Self { noticed, _watching: watching }
    }

    /// Waits for the next change, and says what it was.
    pub(crate) async fn change(&mut self) -> &'static str {
        match self.noticed.recv().await {
            Some(what) => what,
            None => std::future::pending().await,
        }
    }
}

async fn addresses(notice: mpsc::Sender<&'static str>) {
    let mut watcher = match IfWatcher::new() {
        Ok(watcher) => watcher,
        Err(error) => return tracing::info!(%error, "the network is not watched"),
    };
    let settled = Instant::now() + SETTLES_WITHIN;
    while let Some(Ok(_)) = watcher.next().await {
        let quiet = Instant::now() + TOGETHER;
        loop {
            tokio::select! {
                () = sleep_until(quiet) => break,
                more = watcher.next() => if !matches!(more, Some(Ok(_))) { break },
            }
        }
        if Instant::now() > settled && notice.send("the network changed").await.is_err() {
            return;
        }
    }
}

#[cfg(target_os = "linux")]
mod sleep {
    //! logind says when the computer goes to sleep and when it is back.

    use futures_util::StreamExt as _;
    use tokio::sync::mpsc;

    #[zbus::proxy(
        interface = "org.freedesktop.login1.Manager",
        default_service = "org.freedesktop.login1",
        default_path = "/org/freedesktop/login1"
    )]
    trait Login {
        #[zbus(signal)]
        fn prepare_for_sleep(&self, starts: bool) -> zbus::Result<()>;
    }

    pub(super) async fn wakes(notice: mpsc::Sender<&'static str>) {
        if let Err(error) = listen(&notice).await {
            tracing::info!(%error, "logind is not heard; sleep shows by the clock");
        }
    }

    async fn listen(notice: &mpsc::Sender<&'static str>) -> zbus::Result<()> {
        let bus = zbus::Connection::system().await?;
        let login = LoginProxy::new(&bus).await?;
        let mut signals = login.receive_prepare_for_sleep().await?;
        while let Some(signal) = signals.next().await {
            if !signal.args()?.starts && notice.send("the computer woke up").await.is_err() {
                break;
            }
        }
        Ok(())
    }
}
