//! What the desk hands out to be kept, and gets back at the next start.

use ringside_desk::{
    DeliveryView, Ends, MessageView, Millis, OutcomeView, PastView, Record, Remains, ReplyRecord, ReplyStage,
    TextRecord,
};
use rusqlite::{Row, Transaction, named_params, params};

use crate::{Ledger, LedgerError};

/// So many of the latest texts lie on the desk again after a start.
const TEXTS: i64 = 2000;
/// So many of the latest calls do.
const PAST: i64 = 500;
/// Texts and calls are kept for this long: 180 days.
const KEPT_FOR: Millis = 180 * 24 * 3_600_000;

impl Ledger {
    /// Writes all of these or none; when this returns they are on the disk.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn write(&mut self, account: &str, records: &[Record]) -> Result<(), LedgerError> {
        let change = self.db.transaction()?;
        for record in records {
            write(&change, account, record)?;
        }
        change.commit()?;
        Ok(())
    }

    /// What was kept of an account; texts and calls that are too old go.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn remains(&mut self, account: &str, now: Millis) -> Result<Remains, LedgerError> {
        let oldest = now - KEPT_FOR;
        self.db.execute("DELETE FROM text WHERE at < ?1", [oldest])?;
        self.db.execute("DELETE FROM past WHERE at < ?1", [oldest])?;
        let mut texts = self.all(
            "SELECT * FROM text WHERE account = ?1 ORDER BY at DESC, id DESC LIMIT ?2",
            params![account, TEXTS],
            text,
        )?;
        texts.reverse();
        Ok(Remains {
            texts,
            replies: self.all("SELECT * FROM reply WHERE account = ?1 ORDER BY id", [account], reply)?,
            drafts: self.all("SELECT chat, text FROM draft WHERE account = ?1", [account], |row| {
                Ok((row.get("chat")?, row.get("text")?))
            })?,
            seen: self.all("SELECT chat, at FROM chat_seen WHERE account = ?1", [account], |row| {
                Ok((row.get("chat")?, row.get("at")?))
            })?,
            past: self.all(
                "SELECT * FROM past WHERE account = ?1 ORDER BY at DESC LIMIT ?2",
                params![account, PAST],
                past,
            )?,
        })
    }

    pub(crate) fn all<T>(
        &self,
        sql: &str,
        with: impl rusqlite::Params,
        read: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, LedgerError> {
        let mut asked = self.db.prepare_cached(sql)?;
        let rows = asked.query_map(with, read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

fn write(db: &Transaction<'_>, account: &str, record: &Record) -> rusqlite::Result<()> {
    match record {
        Record::Reply(ReplyRecord { id, to, text, written_at, stage, left_at, problem }) => {
            db.prepare_cached(
                "INSERT OR REPLACE INTO reply VALUES (:account, :id, :chat, :number, :our_number, :conversation, :text,
                 :written_at, :stage, :left_at, :problem)",
            )?
            .execute(named_params! {
                ":account": account, ":id": id, ":chat": to.chat, ":number": to.number, ":our_number": to.our_number,
                ":conversation": to.conversation, ":text": text, ":written_at": written_at, ":stage": stage.as_word(),
                ":left_at": left_at, ":problem": problem,
            })?;
        }
        Record::ReplyDone { id } => {
            db.prepare_cached("DELETE FROM reply WHERE account = ?1 AND id = ?2")?.execute([account, id])?;
        }
        Record::Draft { chat, text } if text.trim().is_empty() => {
            db.prepare_cached("DELETE FROM draft WHERE account = ?1 AND chat = ?2")?.execute([account, chat])?;
        }
        Record::Draft { chat, text } => {
            db.prepare_cached("INSERT OR REPLACE INTO draft VALUES (?1, ?2, ?3)")?.execute([account, chat, text])?;
        }
        Record::ChatSeen { chat, at } => {
            db.prepare_cached("INSERT OR REPLACE INTO chat_seen VALUES (?1, ?2, ?3)")?
                .execute(params![account, chat, at])?;
        }
        Record::Text(TextRecord { message, ends }) => {
            db.prepare_cached(
                "INSERT OR REPLACE INTO text VALUES (:account, :id, :chat, :number, :our_number, :conversation, :ours,
                 :text, :at, :delivery, :problem)",
            )?
            .execute(named_params! {
                ":account": account, ":id": message.id, ":chat": ends.chat, ":number": ends.number,
                ":our_number": ends.our_number, ":conversation": ends.conversation, ":ours": message.ours,
                ":text": message.text, ":at": message.at, ":delivery": message.delivery.map(delivery_word),
                ":problem": message.problem,
            })?;
        }
        Record::Past(PastView { id, outcome, name, number, queue, at, why, seen }) => {
            db.prepare_cached(
                "INSERT OR REPLACE INTO past VALUES (:account, :id, :outcome, :name, :number, :queue, :at, :why, :seen)",
            )?
            .execute(named_params! {
                ":account": account, ":id": id, ":outcome": outcome_word(*outcome), ":name": name, ":number": number,
                ":queue": queue, ":at": at, ":why": why, ":seen": seen,
            })?;
        }
    }
    Ok(())
}

fn ends(row: &Row<'_>) -> rusqlite::Result<Ends> {
    Ok(Ends {
        chat: row.get("chat")?,
        number: row.get("number")?,
        our_number: row.get("our_number")?,
        conversation: row.get("conversation")?,
    })
}

fn reply(row: &Row<'_>) -> rusqlite::Result<ReplyRecord> {
    Ok(ReplyRecord {
        id: row.get("id")?,
        to: ends(row)?,
        text: row.get("text")?,
        written_at: row.get("written_at")?,
        stage: ReplyStage::from_word(row.get_ref("stage")?.as_str()?),
        left_at: row.get("left_at")?,
        problem: row.get("problem")?,
    })
}

fn text(row: &Row<'_>) -> rusqlite::Result<TextRecord> {
    let ends = ends(row)?;
    let ours = row.get("ours")?;
    let delivery: Option<String> = row.get("delivery")?;
    let message = MessageView {
        id: row.get("id")?,
        chat: ends.chat.clone(),
        ours,
        text: row.get("text")?,
        at: row.get("at")?,
        delivery: delivery.map(|word| delivery_of(&word)).filter(|_| ours),
        problem: row.get("problem")?,
    };
    Ok(TextRecord { message, ends })
}

fn past(row: &Row<'_>) -> rusqlite::Result<PastView> {
    Ok(PastView {
        id: row.get("id")?,
        outcome: outcome_of(row.get_ref("outcome")?.as_str()?),
        name: row.get("name")?,
        number: row.get("number")?,
        queue: row.get("queue")?,
        at: row.get("at")?,
        why: row.get("why")?,
        seen: row.get("seen")?,
    })
}

/// How far a text of ours got; what is on its way is kept as a reply.
fn delivery_word(delivery: DeliveryView) -> &'static str {
    match delivery {
        DeliveryView::Delivered => "delivered",
        DeliveryView::Failed => "failed",
        DeliveryView::Unclear => "unclear",
        DeliveryView::NotSent => "not sent",
        DeliveryView::Sent | DeliveryView::Sending | DeliveryView::Waiting | DeliveryView::Checking => "sent",
    }
}

fn delivery_of(word: &str) -> DeliveryView {
    match word {
        "delivered" => DeliveryView::Delivered,
        "failed" => DeliveryView::Failed,
        "unclear" => DeliveryView::Unclear,
        "not sent" => DeliveryView::NotSent,
        _ => DeliveryView::Sent,
    }
}

fn outcome_word(outcome: OutcomeView) -> &'static str {
    match outcome {
        OutcomeView::GaveUp => "gave up",
        OutcomeView::Missed => "missed",
        OutcomeView::Declined => "declined",
        OutcomeView::Elsewhere => "elsewhere",
        OutcomeView::Answered => "answered",
    }
}

fn outcome_of(word: &str) -> OutcomeView {
    match word {
        "gave up" => OutcomeView::GaveUp,
        "declined" => OutcomeView::Declined,
        "elsewhere" => OutcomeView::Elsewhere,
        "answered" => OutcomeView::Answered,
        _ => OutcomeView::Missed,
    }
}
