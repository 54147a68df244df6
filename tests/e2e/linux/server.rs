//! The simulator in a process of its own, told what to play line by line.

use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin};

use super::desktop::Desktop;
use super::{Done, until};

/// The service. It ends with it.
pub(crate) struct Server {
    pub(crate) address: String,
    pub(crate) email: String,
    pub(crate) password: String,
    stdin: ChildStdin,
    seen: Arc<Mutex<Vec<Value>>>,
    _child: Child,
}

impl Server {
    pub(crate) async fn start(program: &Path, desktop: &Desktop) -> Done<Self> {
        let mut child = desktop
            .command(program)
            .arg("--control")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(desktop.log("server.log")?)
            .spawn()
            .map_err(|error| format!("the simulator: {error}"))?;
        let (stdin, stdout) = (child.stdin.take().ok_or("no input")?, child.stdout.take().ok_or("no output")?);
        let mut lines = BufReader::new(stdout).lines();
        let hello: Value = serde_json::from_str(&lines.next_line().await?.ok_or("the simulator ended")?)?;
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sees = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                if let Ok(value) = serde_json::from_str(&line) {
                    sees.lock().unwrap_or_else(PoisonError::into_inner).push(value);
                }
            }
        });
        let login = &hello["logins"][0];
        let (address, email, password) = (word(&hello["address"]), word(&login["email"]), word(&login["password"]));
        Ok(Self { address, email, password, stdin, seen, _child: child })
    }

    /// Plays lines of a scenario, at once.
    pub(crate) async fn play(&mut self, lines: &str) -> Done {
        self.stdin.write_all(format!("{}\n", lines.trim()).as_bytes()).await?;
        Ok(())
    }

    /// How much was seen so far: a mark to look from.
    pub(crate) fn mark(&self) -> usize {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Waits until the service has seen something since the mark.
    pub(crate) async fn sees(&self, what: &str, since: usize, is_it: impl Fn(&Value) -> bool) -> Done<Value> {
        until(what, 15, async || {
            let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(seen.iter().skip(since).find(|value| is_it(value)).cloned())
        })
        .await
    }
}
