//! How often the live service may be asked (live-service.md, section 4.3).

use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

/// The service's own figures, per second and in one go.
const CUSTOMER: (f64, f64) = (16.7, 33.0);
const SIGN_INS: (f64, f64) = (10.0, 20.0);

#[derive(Debug)]
pub(crate) struct Limits {
    customer: Mutex<Bucket>,
    sign_ins: Mutex<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    rate: (f64, f64),
    holds: f64,
    at: Instant,
}

impl Limits {
    pub(crate) fn new() -> Self {
        let bucket = |rate: (f64, f64)| Mutex::new(Bucket { rate, holds: rate.1, at: Instant::now() });
        Self { customer: bucket(CUSTOMER), sign_ins: bucket(SIGN_INS) }
    }

    /// Whether one more request to this path is let through.
    pub(crate) fn allows(&self, path: &str) -> bool {
        let bucket = if path.starts_with("/auth/") { &self.sign_ins } else { &self.customer };
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let (rate, most) = bucket.rate;
        bucket.holds = (bucket.holds + bucket.at.elapsed().as_secs_f64() * rate).min(most);
        bucket.at = Instant::now();
        let allows = bucket.holds >= 1.0;
        if allows {
            bucket.holds -= 1.0;
        }
        allows
    }
}
