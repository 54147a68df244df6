//! Messages as the ledger keeps them: codes with arguments, so that they can be
//! read in any language. Up to the seventh version it kept English sentences.

mod english;

use ringside_words::Message;
use rusqlite::{Transaction, params};

/// A message as a column has it.
pub(crate) fn written(message: &Message) -> String {
    json(message).unwrap_or_else(|| message.to_string())
}

/// What a column has. What is no message is somebody's words.
pub(crate) fn read(column: &str) -> Message {
    serde_json::from_str(column).unwrap_or_else(|_| Message::verbatim(column))
}

/// Several messages as a column has them; nothing for none.
pub(crate) fn written_list(messages: &[Message]) -> Option<String> {
    if messages.is_empty() {
        return None;
    }
    let all = serde_json::to_string(messages);
    all.inspect_err(|error| tracing::warn!(%error, "what came with a text is not kept")).ok()
}

/// The messages of a column.
pub(crate) fn read_list(column: &str) -> Vec<Message> {
    serde_json::from_str(column).unwrap_or_else(|_| column.lines().map(Message::verbatim).collect())
}

/// Makes messages of the sentences that earlier versions kept. One that nobody
/// knows any more stays as it is, as words in a message.
pub(crate) fn from_english(db: &Transaction<'_>) -> rusqlite::Result<()> {
    let sentence = |english: &str| Some(written(&english::message(english)));
    let sentences = |english: &str| written_list(&english.lines().map(english::media).collect::<Vec<_>>());
    convert(db, "reply", "id", "problem", sentence)?;
    convert(db, "text", "id", "problem", sentence)?;
    convert(db, "text", "id", "medias", sentences)?;
    convert(db, "past", "id", "why", sentence)?;
    convert(db, "considered", "message", "words", sentence)
}

fn convert(
    db: &Transaction<'_>,
    table: &str,
    key: &str,
    column: &str,
    change: impl Fn(&str) -> Option<String>,
) -> rusqlite::Result<()> {
    let mut asked = db.prepare(&format!("SELECT account, {key}, {column} FROM {table} WHERE {column} IS NOT NULL"))?;
    let rows = asked
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?)))?;
    let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut put = db.prepare(&format!("UPDATE {table} SET {column} = ?3 WHERE account = ?1 AND {key} = ?2"))?;
    for (account, key, english) in rows {
        put.execute(params![account, key, change(&english)])?;
    }
    Ok(())
}

fn json(message: &Message) -> Option<String> {
    serde_json::to_string(message).inspect_err(|error| tracing::warn!(%error, "a message is kept as words")).ok()
}
