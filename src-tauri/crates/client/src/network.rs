//! Noticing that the network changed or the computer wakes, before any timer
//! would: then the link is tested at once.

use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use if_watch::tokio::IfWatcher;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

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
        watching.spawn(wake::wakes(notice));
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

/// A watch that failed is begun again after this time, doubling, …
const AGAIN: Duration = Duration::from_secs(2);
/// … and this at most.
const AGAIN_AT_MOST: Duration = Duration::from_secs(120);

/// Watches without end: what fails is begun again, less and less often.
async fn without_end<F: Future<Output = Ended>>(what: &'static str, mut watch: impl FnMut() -> F) {
    let mut wait = AGAIN;
    loop {
        let began = Instant::now();
        match watch().await {
            Ended::NobodyListens => return,
            Ended::Failed(why) => tracing::info!(why, ?wait, "{what} is not heard of for now"),
        }
        if began.elapsed() > AGAIN_AT_MOST {
            wait = AGAIN;
        }
        sleep(wait).await;
        wait = wait.saturating_mul(2).min(AGAIN_AT_MOST);
    }
}

/// Why a watch ended.
#[derive(Debug)]
enum Ended {
    NobodyListens,
    Failed(String),
}

async fn addresses(notice: mpsc::Sender<&'static str>) {
    without_end("the network", || async {
        match IfWatcher::new() {
            Ok(watcher) => changes(watcher, &notice).await,
            Err(error) => Ended::Failed(error.to_string()),
        }
    })
    .await;
}

/// Tells of changes until the watch fails.
async fn changes<E: std::fmt::Display, T>(
    mut watcher: impl Stream<Item = Result<T, E>> + Unpin,
    notice: &mpsc::Sender<&'static str>,
) -> Ended {
    let over = |end: Option<Result<T, E>>| match end {
        Some(Err(error)) => Ended::Failed(error.to_string()),
        _ => Ended::Failed("the watch is over".to_owned()),
    };
    let settled = Instant::now() + SETTLES_WITHIN;
    loop {
        match watcher.next().await {
            Some(Ok(_)) => {}
            end => return over(end),
        }
        let quiet = Instant::now() + TOGETHER;
        let end = loop {
            tokio::select! {
                () = sleep_until(quiet) => break None,
                more = watcher.next() => if !matches!(more, Some(Ok(_))) { break Some(more) },
            }
        };
        if Instant::now() > settled && notice.send("the network changed").await.is_err() {
            return Ended::NobodyListens;
        }
        if let Some(end) = end {
            return over(end);
        }
    }
}

#[cfg(target_os = "linux")]
mod wake {
    //! logind says when the computer goes to sleep and when it is back.

    use futures_util::StreamExt as _;
    use tokio::sync::mpsc;

    use super::{Ended, without_end};

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
        // Without logind sleep shows by the clock.
        without_end("sleep", || async {
            match listen(&notice).await {
                Ok(()) => Ended::NobodyListens,
                Err(error) => Ended::Failed(error.to_string()),
            }
        })
        .await;
    }

    /// Ends without an error only when nobody listens any more.
    async fn listen(notice: &mpsc::Sender<&'static str>) -> zbus::Result<()> {
        let bus = zbus::Connection::system().await?;
        let login = LoginProxy::new(&bus).await?;
        let mut signals = login.receive_prepare_for_sleep().await?;
        while let Some(signal) = signals.next().await {
            if !signal.args()?.starts && notice.send("the computer woke up").await.is_err() {
                return Ok(());
            }
        }
        Err(zbus::Error::Failure("logind is gone".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures_util::stream;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_watch_that_fails_is_begun_again_and_still_tells_of_the_next_change() {
        let (notice, mut noticed) = mpsc::channel(8);
        let begun = Cell::new(0);
        let watching = without_end("the network", || {
            begun.set(begun.get() + 1);
            let failed = || Err::<(), _>(std::io::Error::other("netlink is gone"));
            let events = match begun.get() {
                1..=3 => stream::iter([failed()]).chain(stream::empty()).left_stream(),
                // An address that comes later than those which were there at the start.
                _ => stream::once(Box::pin(async {
                    sleep(SETTLES_WITHIN * 2).await;
                    Ok(())
                }))
                .chain(stream::pending())
                .right_stream(),
            };
            let notice = &notice;
            async move { changes(Box::pin(events), notice).await }
        });
        tokio::select! {
            () = watching => panic!("the watch ended"),
            what = noticed.recv() => assert_eq!(what, Some("the network changed")),
        }
        assert_eq!(begun.get(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn a_watch_that_nobody_listens_to_ends() {
        let (notice, noticed) = mpsc::channel(1);
        drop(noticed);
        let events = || {
            stream::once(Box::pin(async {
                sleep(SETTLES_WITHIN * 2).await;
                Ok::<(), std::io::Error>(())
            }))
        };
        without_end("the network", || changes(Box::pin(events().chain(stream::pending())), &notice)).await;
    }
}
