//! Who hears of alerts.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ringside_desk::Alert;
use ringside_shift::Bell;

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Deaf;

impl Bell for Deaf {
    fn ring(&mut self, _: Alert) {}
}

/// Remembers every alert. Its clones hear the same.
#[derive(Debug, Clone, Default)]
pub struct Ears {
    heard: Arc<Mutex<Vec<Alert>>>,
    /// So many alerts from now on break the bell.
    breaks: Arc<AtomicUsize>,
}

impl Ears {
    /// All that was raised and withdrawn so far, in order.
    pub fn heard(&self) -> Vec<Alert> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// So many of the next alerts that are raised panic in the middle of it.
    pub fn breaks(&self, times: usize) {
        self.breaks.store(times, Ordering::SeqCst);
    }
}

impl Bell for Ears {
    fn ring(&mut self, alert: Alert) {
        let breaks = |left: usize| left.checked_sub(1);
        if matches!(alert, Alert::Raise { .. })
            && self.breaks.fetch_update(Ordering::SeqCst, Ordering::SeqCst, breaks).is_ok()
        {
            panic!("the bell broke");
        }
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).push(alert);
    }
}
