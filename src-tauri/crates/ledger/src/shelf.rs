//! What an agent sets up here: quick replies, own reasons, and other choices.
//! Several agents may share a computer, so that all of it belongs to an account.

use rusqlite::{OptionalExtension as _, params};

use crate::{Ledger, LedgerError};

/// The account under which a demo's things are kept.
pub const DEMO: &str = "demo";

/// What every desk begins with: shortcut and text.
const QUICK_REPLIES: [(&str, &str); 4] = [
    ("hello", "Hello {name}, how can I help you?"),
    ("moment", "One moment please, I am looking into it."),
    ("callback", "I will call you back on {number} shortly."),
    ("bye", "Thank you for your message. Have a good day! {agent}"),
];
/// And why its agent takes no calls: name and state of the service.
const REASONS: [(&str, &str); 5] =
    [("Break", "away"), ("Meal", "away"), ("Training", "away"), ("Meeting", "busy"), ("After-call work", "away")];

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

    /// Sees to it that an account has what every desk begins with.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn stock(&mut self, account: &str) -> Result<(), LedgerError> {
        let change = self.db.transaction()?;
        if change.execute("INSERT OR IGNORE INTO shelf VALUES (?1)", [account])? == 0 {
            return Ok(());
        }
        // What earlier versions kept under no name is the first agent's who comes.
        let taken = match account {
            DEMO => 0,
            _ => {
                change.execute("UPDATE OR IGNORE quick_reply SET account = ?1 WHERE account = ''", [account])?
                    + change.execute("UPDATE OR IGNORE reason SET account = ?1 WHERE account = ''", [account])?
            }
        };
        if taken == 0 {
            for (shortcut, text) in QUICK_REPLIES {
                change.execute("INSERT OR IGNORE INTO quick_reply VALUES (?1, ?2, ?3)", [account, shortcut, text])?;
            }
            for (name, status) in REASONS {
                let sql = "INSERT OR IGNORE INTO reason (account, name, status) VALUES (?1, ?2, ?3)";
                change.execute(sql, [account, name, status])?;
            }
        }
        change.commit()?;
        Ok(())
    }

    /// An account's quick replies by shortcut.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn quick_replies(&self, account: &str) -> Result<Vec<QuickReply>, LedgerError> {
        let sql = "SELECT shortcut, text FROM quick_reply WHERE account = ?1 ORDER BY shortcut";
        self.all(sql, [account], |row| Ok(QuickReply { shortcut: row.get(0)?, text: row.get(1)? }))
    }

    /// Keeps a quick reply in place of the account's one with its shortcut; one without text goes.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn keep_quick_reply(&mut self, account: &str, quick: &QuickReply) -> Result<(), LedgerError> {
        let QuickReply { shortcut, text } = quick;
        if text.trim().is_empty() {
            self.db.execute("DELETE FROM quick_reply WHERE account = ?1 AND shortcut = ?2", [account, shortcut])?;
        } else {
            self.db.execute("INSERT OR REPLACE INTO quick_reply VALUES (?1, ?2, ?3)", [account, shortcut, text])?;
        }
        Ok(())
    }

    /// An account's reasons, in the order in which they were made.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn reasons(&self, account: &str) -> Result<Vec<Reason>, LedgerError> {
        self.all("SELECT name, status FROM reason WHERE account = ?1 ORDER BY id", [account], |row| {
            Ok(Reason { name: row.get(0)?, status: row.get(1)? })
        })
    }

    /// Keeps a reason in place of the account's one with its name; one without a state goes.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn keep_reason(&mut self, account: &str, reason: &Reason) -> Result<(), LedgerError> {
        let Reason { name, status } = reason;
        if status.is_empty() {
            self.db.execute("DELETE FROM reason WHERE account = ?1 AND name = ?2", [account, name])?;
        } else {
            self.db.execute(
                "INSERT INTO reason (account, name, status) VALUES (?1, ?2, ?3)
                 ON CONFLICT (account, name) DO UPDATE SET status = ?3",
                [account, name, status],
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
