//! Whether the socket is alive, and until when that is proven.
//!
//! Hearing something keeps a socket alive, but only proves that nothing was
//! missed while we read at once: after a sleep or a freeze, old frames may lie
//! in the computer's own buffer while the line behind it is long dead. Then
//! only the answer to a ping sent afterwards proves anything.

use std::time::Duration;

/// We ask "are you there" this often.
const PING_EVERY: Duration = Duration::from_secs(10);
/// Nothing heard for this long means the link is dead (live-service.md, section 1.4).
const DEAD_AFTER: Duration = Duration::from_secs(25);
/// A link in doubt that says nothing within this time is dead.
pub(super) const PROOF_WITHIN: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Proof {
    heard_at: Duration,
    proven_at: Duration,
    /// When a link in doubt is judged.
    judged_at: Option<Duration>,
    /// What is heard proves nothing before this ping is answered.
    doubted_until: Option<u64>,
    ping_at: Duration,
    ping: u64,
    pinged_at: Option<Duration>,
    round_trip: Option<Duration>,
}

impl Proof {
    pub(super) fn new() -> Self {
        Self {
            heard_at: Duration::ZERO,
            proven_at: Duration::ZERO,
            judged_at: None,
            doubted_until: None,
            ping_at: Duration::MAX,
            ping: 0,
            pinged_at: None,
            round_trip: None,
        }
    }

    /// A new socket.
    pub(super) fn opened(&mut self, now: Duration) {
        (self.heard_at, self.proven_at) = (now, now);
        (self.judged_at, self.doubted_until) = (None, None);
    }

    pub(super) fn heard(&mut self, now: Duration) {
        self.heard_at = now;
        self.judged_at = None;
        if self.doubted_until.is_none() {
            self.proven_at = now;
        }
    }

    pub(super) fn ponged(&mut self, number: u64, now: Duration) {
        if self.doubted_until.is_some_and(|ping| number >= ping) {
            self.doubted_until = None;
        }
        self.heard(now);
        if number == self.ping
            && let Some(pinged_at) = self.pinged_at.take()
        {
            self.round_trip = Some(now.saturating_sub(pinged_at));
        }
    }

    /// The link may be dead though it looks alive, or it was us who did not
    /// look. Repeated doubts do not put off the judgement, unless it is overdue.
    /// The number of the ping to send.
    pub(super) fn doubt(&mut self, now: Duration) -> u64 {
        let judged_at = now + PROOF_WITHIN;
        self.judged_at = Some(self.judged_at.filter(|at| *at > now).map_or(judged_at, |at| at.min(judged_at)));
        let ping = self.next_ping(now);
        // The answer to an earlier ping may have been waiting since before this pause.
        self.doubted_until = Some(ping);
        ping
    }

    pub(super) fn next_ping(&mut self, now: Duration) -> u64 {
        self.ping += 1;
        self.ping_at = now + PING_EVERY;
        self.pinged_at = Some(now);
        self.ping
    }

    /// The number that the next ping will have.
    pub(super) fn upcoming(&self) -> u64 {
        self.ping + 1
    }

    pub(super) fn is_ping_due(&self, now: Duration) -> bool {
        now >= self.ping_at
    }

    pub(super) fn is_dead(&self, now: Duration) -> bool {
        now >= self.dead_at()
    }

    /// When there is next something to do or to judge.
    pub(super) fn deadline(&self) -> Duration {
        self.ping_at.min(self.dead_at())
    }

    fn dead_at(&self) -> Duration {
        self.judged_at.unwrap_or(self.heard_at + DEAD_AFTER)
    }

    pub(super) fn heard_at(&self) -> Duration {
        self.heard_at
    }

    /// Everything the service said before this moment has arrived.
    pub(super) fn proven_at(&self) -> Duration {
        self.proven_at
    }

    pub(super) fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }
}
