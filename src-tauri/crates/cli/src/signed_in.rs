//! Whether the sign-in is still good, and what is done when it is not: a token
//! that lies in a file is read again when the file changes.

use std::path::PathBuf;
use std::time::Duration;

use ringside_shift::{Credential, Shift};
use ringside_words::text;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};
use zeroize::Zeroizing;

use crate::lines::Line;

/// A token's file is looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Once the sign-in is over, somebody else has this long to write a new token.
const NEW_TOKEN_WITHIN: Duration = Duration::from_secs(60);

/// The file that the token came from.
#[derive(Debug)]
pub(crate) struct TokenFile {
    path: PathBuf,
    last: Zeroizing<String>,
}

impl TokenFile {
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn open(path: PathBuf) -> Result<Self, String> {
        let text = std::fs::read_to_string(&path);
        let text =
            text.map_err(|error| text!("cli-unreadable", file = path.display().to_string(), why = error.to_string()))?;
        Ok(Self { path, last: Zeroizing::new(text) })
    }

    pub(crate) fn credential(&self) -> Credential {
        Credential::Token(self.last.trim().to_owned())
    }

    /// A new token, where the file holds another one than before.
    fn changed(&mut self) -> Option<Credential> {
        let text = Zeroizing::new(std::fs::read_to_string(&self.path).ok()?);
        if text.trim().is_empty() || text.trim() == self.last.trim() {
            return None;
        }
        self.last = text;
        Some(self.credential())
    }
}

/// Follows what the session says of its sign-in.
#[derive(Debug)]
pub(crate) struct SignedIn {
    file: Option<TokenFile>,
    looks: Interval,
    /// Facts still come over an open link though the token is refused: good
    /// enough for whoever only listens.
    only_listens: bool,
    is_live: bool,
    is_refused: bool,
    over_at: Option<Instant>,
}

impl SignedIn {
    pub(crate) fn new(file: Option<TokenFile>, only_listens: bool) -> Self {
        let mut looks = interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { file, looks, only_listens, is_live: false, is_refused: false, over_at: None }
    }

    /// Takes in what was said.
    pub(crate) fn hear(&mut self, line: &Line) {
        match line {
            Line::Link(link) => self.is_live = link.live,
            Line::Session(session) => self.is_refused = session.ask_again.is_some(),
            _ => return,
        }
        let is_over = self.is_refused && !(self.only_listens && self.is_live);
        let wait = if self.file.is_some() { NEW_TOKEN_WITHIN } else { Duration::ZERO };
        self.over_at = is_over.then(|| self.over_at.unwrap_or_else(|| Instant::now() + wait));
    }

    /// Ends when the sign-in is over for good, with the reason. Until then a new
    /// token in the file is signed in with.
    pub(crate) async fn is_over(&mut self, shift: &Shift) -> String {
        loop {
            if self.over_at.is_some_and(|at| at <= Instant::now()) {
                return text!("cli-sign-in-over");
            }
            match (&mut self.file, self.over_at) {
                (None, None) => return std::future::pending().await,
                (None, Some(at)) => tokio::time::sleep_until(at).await,
                (Some(file), _) => {
                    self.looks.tick().await;
                    if let Some(credential) = file.changed()
                        && let Err(problem) = shift.renew(credential).await
                    {
                        crate::lines::complain(&format!(
                            "ringside-cli: {}",
                            text!("cli-bad-token", why = problem.message)
                        ));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_file_tells_of_another_token_once() {
        let path = std::env::temp_dir().join(format!("ringside-token-{}", std::process::id()));
        std::fs::write(&path, "one\n").unwrap();
        let mut file = TokenFile::open(path.clone()).unwrap();
        assert!(file.changed().is_none());
        std::fs::write(&path, "").unwrap();
        assert!(file.changed().is_none(), "it is being written");
        std::fs::write(&path, "two\n").unwrap();
        assert!(matches!(file.changed(), Some(Credential::Token(ref token)) if token == "two"));
        assert!(file.changed().is_none());
        std::fs::remove_file(&path).unwrap();
        assert!(file.changed().is_none(), "a file that is gone for a moment is no new token");
    }
}
