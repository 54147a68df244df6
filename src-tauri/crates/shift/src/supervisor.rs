//! Watches over the session: one that breaks down is begun anew, and what breaks
//! down again and again is stopped with a word.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use crate::Asked;
use crate::session::{Ran, Session};

/// So many breakdowns …
const AT_MOST: usize = 5;
/// … within so long are too many.
const WITHIN: Duration = Duration::from_secs(120);
/// A new session begins this long after the first breakdown, and later after each further one.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// Runs a session to its end, through whatever breaks down on the way.
pub(crate) async fn supervise(mut session: Session, mut asked: mpsc::Receiver<Asked>) {
    session.start();
    let mut breakdowns: VecDeque<Instant> = VecDeque::new();
    loop {
        // What is left of the session is only taken apart after this.
        if let Ok(Ran::ToTheEnd) = AssertUnwindSafe(session.run(&mut asked)).catch_unwind().await {
            return;
        }
        let now = Instant::now();
        breakdowns.retain(|at| now - *at < WITHIN);
        breakdowns.push_back(now);
        tracing::error!(breakdowns = breakdowns.len(), "the session broke down");
        if breakdowns.len() >= AT_MOST {
            return session.stopped(&mut asked).await;
        }
        if catch_unwind(AssertUnwindSafe(|| session.broke_down())).is_err() {
            tracing::error!("the windows could not be told");
        }
        sleep(wait(breakdowns.len())).await;
        session = session.begun_anew().await;
    }
}

fn wait(breakdowns: usize) -> Duration {
    let doublings = u32::try_from(breakdowns.saturating_sub(1)).unwrap_or(u32::MAX).min(4);
    FIRST_WAIT * 2_u32.pow(doublings)
}
