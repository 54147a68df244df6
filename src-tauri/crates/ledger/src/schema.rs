//! What the tables look like, and how an older file gets there.

use rusqlite::{Connection, Transaction};

use crate::{LedgerError, said};

/// What a version does to the file of the one before.
enum Step {
    Sql(&'static str),
    Code(fn(&Transaction<'_>) -> rusqlite::Result<()>),
}

/// One step per version, in order; a step that was released is never changed.
const STEPS: [Step; 8] = [
    Step::Sql(
        "
    CREATE TABLE reply (
        account TEXT NOT NULL, id TEXT NOT NULL, chat TEXT NOT NULL, number TEXT NOT NULL, our_number TEXT NOT NULL,
        conversation TEXT, text TEXT NOT NULL, written_at INTEGER NOT NULL, stage TEXT NOT NULL, left_at INTEGER,
        problem TEXT, PRIMARY KEY (account, id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE draft (
        account TEXT NOT NULL, chat TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (account, chat)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE chat_seen (
        account TEXT NOT NULL, chat TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (account, chat)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE text (
        account TEXT NOT NULL, id TEXT NOT NULL, chat TEXT NOT NULL, number TEXT NOT NULL, our_number TEXT NOT NULL,
        conversation TEXT, ours INTEGER NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL, delivery TEXT, problem TEXT,
        PRIMARY KEY (account, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX text_by_time ON text (account, at);
    CREATE TABLE past (
        account TEXT NOT NULL, id TEXT NOT NULL, outcome TEXT NOT NULL, name TEXT, number TEXT NOT NULL, queue TEXT,
        at INTEGER NOT NULL, why TEXT, seen INTEGER NOT NULL, PRIMARY KEY (account, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX past_by_time ON past (account, at);
    CREATE TABLE quick_reply (
        id INTEGER PRIMARY KEY, shortcut TEXT NOT NULL UNIQUE, text TEXT NOT NULL
    ) STRICT;
    CREATE TABLE reason (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, status TEXT NOT NULL
    ) STRICT;
    CREATE TABLE setting (
        account TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (account, name)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO quick_reply (shortcut, text) VALUES
        ('hello', 'Hello {name}, how can I help you?'),
        ('moment', 'One moment please, I am looking into it.'),
        ('callback', 'I will call you back on {number} shortly.'),
        ('bye', 'Thank you for your message. Have a good day! {agent}');
    INSERT INTO reason (name, status) VALUES
        ('Break', 'away'), ('Meal', 'away'), ('Training', 'away'), ('Meeting', 'busy'), ('After-call work', 'away');
",
    ),
    Step::Sql(
        "
    CREATE TABLE favourite (
        account TEXT NOT NULL, target TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (account, target)
    ) STRICT, WITHOUT ROWID;
",
    ),
    Step::Sql(
        "
    ALTER TABLE reply ADD COLUMN auto TEXT;
    ALTER TABLE reply ADD COLUMN despite TEXT;
    ALTER TABLE text ADD COLUMN auto TEXT;
    CREATE TABLE opt_out (
        account TEXT NOT NULL, our_number TEXT NOT NULL, number TEXT NOT NULL, is_out INTEGER NOT NULL,
        at INTEGER NOT NULL, by TEXT NOT NULL, message TEXT, PRIMARY KEY (account, our_number, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE override (
        account TEXT NOT NULL, reply TEXT NOT NULL, our_number TEXT NOT NULL, number TEXT NOT NULL,
        agent TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (account, reply)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE considered (
        account TEXT NOT NULL, message TEXT NOT NULL, chat TEXT NOT NULL, number TEXT NOT NULL, at INTEGER NOT NULL,
        rule TEXT, fate TEXT NOT NULL, words TEXT NOT NULL, reply TEXT, PRIMARY KEY (account, message)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX considered_by_time ON considered (account, at);
    CREATE TABLE rule_count (
        account TEXT NOT NULL, rule TEXT NOT NULL, matched INTEGER NOT NULL, sent INTEGER NOT NULL, last_at INTEGER,
        PRIMARY KEY (account, rule)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE machine (
        account TEXT NOT NULL, number TEXT NOT NULL, quick INTEGER NOT NULL, is_held INTEGER NOT NULL,
        PRIMARY KEY (account, number)
    ) STRICT, WITHOUT ROWID;
",
    ),
    // Who said STOP to one number of ours hears from none: of several words of
    // one person the strictest stands, as late as the latest of them.
    Step::Sql(
        "
    CREATE TABLE opt_out_of_all (
        account TEXT NOT NULL, number TEXT NOT NULL, our_number TEXT NOT NULL, is_out INTEGER NOT NULL,
        at INTEGER NOT NULL, by TEXT NOT NULL, message TEXT, PRIMARY KEY (account, number)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO opt_out_of_all
        SELECT account, number, our_number, is_out, latest, by, message FROM (
            SELECT *, max(at) OVER (PARTITION BY account, number) AS latest,
                row_number() OVER (PARTITION BY account, number ORDER BY is_out DESC, at DESC) AS place
            FROM opt_out
        ) WHERE place = 1;
    DROP TABLE opt_out;
    ALTER TABLE opt_out_of_all RENAME TO opt_out;
",
    ),
    Step::Sql(
        "
    ALTER TABLE text ADD COLUMN medias TEXT;
",
    ),
    // Quick replies and reasons were everybody's. Whose they were, nobody knows:
    // each account that has anything here keeps a copy. What lies under no name
    // is taken by the first account that comes.
    Step::Sql(
        "
    CREATE TABLE own_quick_reply (
        account TEXT NOT NULL, shortcut TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (account, shortcut)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE own_reason (
        id INTEGER PRIMARY KEY, account TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL, UNIQUE (account, name)
    ) STRICT;
    CREATE TABLE shelf (account TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
    INSERT INTO shelf SELECT account FROM (
        SELECT account FROM reply UNION SELECT account FROM draft UNION SELECT account FROM chat_seen
        UNION SELECT account FROM text UNION SELECT account FROM past UNION SELECT account FROM setting
        UNION SELECT account FROM favourite
    ) WHERE account <> 'demo' AND account NOT LIKE 'all of %';
    INSERT INTO own_quick_reply SELECT shelf.account, shortcut, text FROM shelf, quick_reply;
    INSERT INTO own_reason (account, name, status) SELECT shelf.account, name, status FROM shelf, reason ORDER BY reason.id;
    INSERT INTO own_quick_reply SELECT '', shortcut, text FROM quick_reply WHERE NOT EXISTS (SELECT 1 FROM shelf);
    INSERT INTO own_reason (account, name, status)
        SELECT '', name, status FROM reason WHERE NOT EXISTS (SELECT 1 FROM shelf) ORDER BY id;
    DROP TABLE quick_reply;
    DROP TABLE reason;
    ALTER TABLE own_quick_reply RENAME TO quick_reply;
    ALTER TABLE own_reason RENAME TO reason;
",
    ),
    Step::Sql(
        "
    CREATE TABLE chat_unread (
        account TEXT NOT NULL, chat TEXT NOT NULL, unread INTEGER NOT NULL, PRIMARY KEY (account, chat)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO chat_unread (account, chat, unread)
        SELECT account, chat, COUNT(*) FROM text LEFT JOIN chat_seen AS seen USING (account, chat)
        WHERE NOT ours AND (seen.at IS NULL OR text.at > seen.at) GROUP BY account, chat;
    DROP TABLE chat_seen;
",
    ),
    // Sentences were kept as they were read.
    Step::Code(said::from_english),
];

/// Brings the file to this version.
pub(crate) fn migrate(db: &mut Connection) -> Result<(), LedgerError> {
    migrate_to(db, STEPS.len())
}

/// Brings the file to a version, each step whole or not at all.
pub(crate) fn migrate_to(db: &mut Connection, version: usize) -> Result<(), LedgerError> {
    let wanted = version;
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let done = usize::try_from(version).unwrap_or(usize::MAX);
    if done > STEPS.len() {
        return Err(LedgerError::TooNew);
    }
    for (at, step) in STEPS.iter().enumerate().take(wanted).skip(done) {
        let change = db.transaction()?;
        match step {
            Step::Sql(sql) => change.execute_batch(sql)?,
            Step::Code(convert) => convert(&change)?,
        }
        change.pragma_update(None, "user_version", i64::try_from(at + 1).unwrap_or(i64::MAX))?;
        change.commit()?;
    }
    Ok(())
}
