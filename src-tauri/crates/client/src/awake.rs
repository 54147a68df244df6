//! A time-out that counts only the time in which this process ran.
//!
//! After a sleep or a freeze the answer usually lies in the computer's own
//! buffer, and a deadline of the clock would throw it away unread.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Time is counted in steps of this length; one that took much longer was
/// interrupted and is not counted.
const STEP: Duration = Duration::from_secs(1);

/// What `work` comes to, or none once it ran for this long, rounded up to seconds.
pub(crate) async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    tokio::pin!(work);
    let mut left = limit;
    while !left.is_zero() {
        let began = Instant::now();
        tokio::select! {
            biased;
            done = &mut work => return Some(done),
            () = sleep(STEP) => {}
        }
        if began.elapsed() < STEP * 2 {
            left = left.saturating_sub(STEP);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_arrived_during_a_freeze_counts() {
        let (answer, answered) = tokio::sync::oneshot::channel();
        let waiting = tokio::spawn(within(Duration::from_secs(20), answered));
        tokio::task::yield_now().await;
        advance(Duration::from_secs(3600)).await;
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished(), "an hour asleep is no time to answer");
        answer.send("done").unwrap();
        assert_eq!(waiting.await.unwrap(), Some(Ok("done")));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_ever() {
        let began = Instant::now();
        assert_eq!(within(Duration::from_secs(20), std::future::pending::<()>()).await, None);
        assert_eq!(began.elapsed().as_secs(), 20);
    }
}
