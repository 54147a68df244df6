//! What the agent sets up here: quick replies, own reasons, and choices per account.

use rusqlite::{OptionalExtension as _, params};

use crate::{Ledger, LedgerError};

/// A text the agent writes often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickReply {
    /// What the agent types to find it.
    pub shortcut: String,
    /// The words, with `{name}`, `{number}`, `{agent}` and `{cursor}` in them.
    pub text: String,
}

/// Why the agent takes no calls. The service knows five states only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What it is called here.
    pub name: String,
    /// The state of the service that goes with it: `away` or `busy`.
    pub status: String,
}

/// Somebody calls are often handed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Favourite {
    /// A number, a SIP address or an extension.
    pub target: String,
    /// What to call them.
    pub name: String,
}

impl Ledger {
    /// Whom an account hands calls to often, by name.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn favourites(&self, account: &str) -> Result<Vec<Favourite>, LedgerError> {
        self.all("SELECT target, name FROM favourite WHERE account = ?1 ORDER BY name", [account], |row| {
            Ok(Favourite { target: row.get(0)?, name: row.get(1)? })
        })
    }

    /// Keeps a favourite in place of the one with its target; one without a name goes.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn keep_favourite(&mut self, account: &str, favourite: &Favourite) -> Result<(), LedgerError> {
        let Favourite { target, name } = favourite;
        if name.trim().is_empty() {
            self.db.execute("DELETE FROM favourite WHERE account = ?1 AND target = ?2", [account, target])?;
        } else {
            self.db.execute("INSERT OR REPLACE INTO favourite VALUES (?1, ?2, ?3)", [account, target, name])?;
        }
        Ok(())
    }

    /// All quick replies by shortcut.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn quick_replies(&self) -> Result<Vec<QuickReply>, LedgerError> {
        self.all("SELECT shortcut, text FROM quick_reply ORDER BY shortcut", [], |row| {
            Ok(QuickReply { shortcut: row.get(0)?, text: row.get(1)? })
        })
    }

    /// Keeps a quick reply in place of the one with its shortcut; one without text goes.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn keep_quick_reply(&mut self, quick: &QuickReply) -> Result<(), LedgerError> {
        let QuickReply { shortcut, text } = quick;
        if text.trim().is_empty() {
            self.db.execute("DELETE FROM quick_reply WHERE shortcut = ?1", [shortcut])?;
        } else {
            self.db.execute(
                "INSERT INTO quick_reply (shortcut, text) VALUES (?1, ?2)
                 ON CONFLICT (shortcut) DO UPDATE SET text = ?2",
                [shortcut, text],
            )?;
        }
        Ok(())
    }

    /// All reasons, in the order in which they were made.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn reasons(&self) -> Result<Vec<Reason>, LedgerError> {
        self.all("SELECT name, status FROM reason ORDER BY id", [], |row| {
            Ok(Reason { name: row.get(0)?, status: row.get(1)? })
        })
    }

    /// Keeps a reason in place of the one with its name; one without a state goes.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn keep_reason(&mut self, reason: &Reason) -> Result<(), LedgerError> {
        let Reason { name, status } = reason;
        if status.is_empty() {
            self.db.execute("DELETE FROM reason WHERE name = ?1", [name])?;
        } else {
            self.db.execute(
                "INSERT INTO reason (name, status) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET status = ?2",
                [name, status],
            )?;
        }
        Ok(())
    }

    /// What was chosen for an account.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn setting(&self, account: &str, name: &str) -> Result<Option<String>, LedgerError> {
        let sql = "SELECT value FROM setting WHERE account = ?1 AND name = ?2";
        Ok(self.db.query_row(sql, [account, name], |row| row.get(0)).optional()?)
    }

    /// Keeps what was chosen for an account; nothing for no choice.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn keep_setting(&mut self, account: &str, name: &str, value: Option<&str>) -> Result<(), LedgerError> {
        match value {
            Some(value) => {
                self.db.execute("INSERT OR REPLACE INTO setting VALUES (?1, ?2, ?3)", params![account, name, value])?
            }
            None => self.db.execute("DELETE FROM setting WHERE account = ?1 AND name = ?2", [account, name])?,
        };
        Ok(())
    }
}
