//! The thread on which the socket is read.

use tokio::runtime::{Builder, Handle, Runtime};

/// A thread of its own for the socket: what comes is read while the desk still
/// deals with what came before. Ends when it is dropped.
#[derive(Debug)]
pub struct Reader(Option<Runtime>);

impl Reader {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the computer has no thread to give.
    pub fn start() -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("ringside-reader").enable_all().build();
        runtime.map(|runtime| Self(Some(runtime)))
    }

    /// Where to read: on this thread, or beside everything else where there is none.
    pub(crate) fn handle(reader: Option<&Self>) -> Handle {
        let own = reader.and_then(|Self(runtime)| Some(runtime.as_ref()?.handle().clone()));
        own.unwrap_or_else(Handle::current)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // Waiting for its end is not allowed where a task drops it.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
