//! Recordings whose files are fetched.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ringside_desk::FetchView;
use ringside_words::{Message, say};
use voipbin_client::{FetchError, RestError};

use super::{Done, Session};
use crate::problem::in_words;

/// Files on their way, and how many bytes of each are here.
#[derive(Debug, Default)]
pub(super) struct Fetches(BTreeMap<String, Arc<AtomicU64>>);

impl Fetches {
    /// A file is on its way from now on: where its bytes are counted. None where it
    /// was already.
    fn begin(&mut self, id: &str) -> Option<Arc<AtomicU64>> {
        if self.0.contains_key(id) {
            return None;
        }
        let bytes = Arc::new(AtomicU64::new(0));
        self.0.insert(id.to_owned(), Arc::clone(&bytes));
        Some(bytes)
    }

    /// How many bytes are here.
    pub(super) fn so_far(&self) -> impl Iterator<Item = (&str, i64)> {
        let count = |bytes: &AtomicU64| i64::try_from(bytes.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
        self.0.iter().map(move |(id, bytes)| (id.as_str(), count(bytes)))
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl Session {
    pub(super) fn fetch_recording(&mut self, id: String, folder: PathBuf) {
        let Some(bytes) = self.fetches.begin(&id) else { return };
        self.desk.recording_fetched(&id, FetchView { bytes: 0, path: None, problem: None });
        self.request(|rest| async move {
            let so_far = move |so_far| bytes.store(so_far, Ordering::Relaxed);
            let result = rest.recording_file(&id, &folder, so_far).await;
            Done::Fetched { id, result }
        });
    }

    pub(super) fn recording_fetched(&mut self, id: &str, result: Result<PathBuf, FetchError>) {
        self.fetches.0.remove(id);
        self.desk.recording_fetched(id, fetched(result));
    }
}

fn fetched(result: Result<PathBuf, FetchError>) -> FetchView {
    let failed = |message: Message| FetchView { bytes: 0, path: None, problem: Some(message) };
    match result {
        Ok(path) => FetchView { bytes: 0, path: Some(path.display().to_string()), problem: None },
        Err(FetchError::Rest(RestError::NotFound)) => failed(say!("recordings-no-file")),
        Err(FetchError::Rest(error)) => failed(in_words(&error)),
        Err(FetchError::Disk(error)) => failed(say!("problems-file-not-written", why = error.to_string())),
    }
}
