//! What the desk hands out to be kept, and gets back at the next start.

use std::collections::BTreeSet;

use ringside_desk::{
    Considered, DeliveryView, Ends, Machine, MessageView, Millis, OptOut, OutcomeView, Override, PastView, Record,
    Remains, ReplyRecord, ReplyStage, RuleCount, TextRecord, TraceFate,
};
use ringside_words::Message;
use rusqlite::{Row, Transaction, named_params, params};

use crate::said::{read, read_list, written, written_list};
use crate::{Ledger, LedgerError};

/// So many of the latest texts lie on the desk again after a start, and of
/// every conversation with unread ones the last.
const TEXTS: i64 = 2000;
/// So many of the latest calls do.
const PAST: i64 = 500;
/// Texts and calls are kept for this long: 180 days.
const KEPT_FOR: Millis = 180 * DAY;
/// What rules decided within this time comes back at a start, …
const CONSIDERED_WITHIN: Millis = DAY;
/// … and is kept for this.
const CONSIDERED_FOR: Millis = 30 * DAY;
const DAY: Millis = 24 * 3_600_000;
/// A rehearsal looks at so many of the latest texts.
const REHEARSED: i64 = 20_000;

/// Whose things are kept: what is one agent's, and what holds for all agents
/// of the customer (who wants no texts, and what rules did).
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    /// The agent's name in the ledger.
    pub agent: &'a str,
    /// The customer's.
    pub customer: &'a str,
}

impl<'a> From<&'a str> for Whose<'a> {
    fn from(name: &'a str) -> Self {
        Self { agent: name, customer: name }
    }
}

impl Ledger {
    /// Writes all of these or none; when this returns they are on the disk.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn write<'a>(&mut self, whose: impl Into<Whose<'a>>, records: &[Record]) -> Result<(), LedgerError> {
        let Whose { agent, customer } = whose.into();
        let change = self.db.transaction()?;
        for record in records {
            let of_customer = record.is_lasting() || matches!(record, Record::RuleCount(_));
            write(&change, if of_customer { customer } else { agent }, record)?;
        }
        change.commit()?;
        Ok(())
    }

    /// Texts and calls that are too old go. `now` must be sure: a clock that is
    /// set too far ahead would empty the ledger.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn forget_old(&mut self, now: Millis) -> Result<(), LedgerError> {
        let oldest = now - KEPT_FOR;
        let change = self.db.transaction()?;
        change.execute("DELETE FROM text WHERE at < ?1", [oldest])?;
        change.execute("DELETE FROM past WHERE at < ?1", [oldest])?;
        change.execute("DELETE FROM considered WHERE at < ?1", [now - CONSIDERED_FOR])?;
        change.commit()?;
        Ok(())
    }

    /// What was kept of an account. Only what rules considered lately is asked
    /// for by `now`; nothing goes.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn remains<'a>(&mut self, whose: impl Into<Whose<'a>>, now: Millis) -> Result<Remains, LedgerError> {
        let Whose { agent: account, customer } = whose.into();
        self.db.execute(
            "DELETE FROM chat_unread WHERE unread = 0 OR NOT EXISTS
             (SELECT * FROM text WHERE text.account = chat_unread.account AND text.chat = chat_unread.chat)",
            [],
        )?;
        Ok(Remains {
            texts: self.texts_on_the_desk(account)?,
            replies: self.all("SELECT * FROM reply WHERE account = ?1 ORDER BY id", [account], reply)?,
            drafts: self.all("SELECT chat, text FROM draft WHERE account = ?1", [account], |row| {
                Ok((row.get("chat")?, row.get("text")?))
            })?,
            unread: self.all("SELECT chat, unread FROM chat_unread WHERE account = ?1", [account], |row| {
                Ok((row.get("chat")?, row.get("unread")?))
            })?,
            past: self.all(
                "SELECT * FROM past WHERE account = ?1 ORDER BY at DESC LIMIT ?2",
                params![account, PAST],
                past,
            )?,
            opt_outs: self.all("SELECT * FROM opt_out WHERE account = ?1", [customer], opt_out)?,
            considered: self.all(
                "SELECT * FROM considered WHERE account = ?1 AND at >= ?2 ORDER BY at, message",
                params![customer, now - CONSIDERED_WITHIN],
                considered,
            )?,
            rule_counts: self.all("SELECT * FROM rule_count WHERE account = ?1", [customer], |row| {
                let (matched, sent, last_at) = (row.get("matched")?, row.get("sent")?, row.get("last_at")?);
                Ok(RuleCount { rule: row.get("rule")?, matched, sent, last_at })
            })?,
            machines: self.all("SELECT * FROM machine WHERE account = ?1", [customer], |row| {
                Ok(Machine { number: row.get("number")?, quick: row.get("quick")?, is_held: row.get("is_held")? })
            })?,
        })
    }

    /// The latest texts of an account, the oldest first, to rehearse rules on.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn texts_to_rehearse(&self, account: &str) -> Result<Vec<TextRecord>, LedgerError> {
        self.texts(account, REHEARSED)
    }

    fn texts_on_the_desk(&self, account: &str) -> Result<Vec<TextRecord>, LedgerError> {
        let latest = self.texts(account, TEXTS)?;
        let is_there: BTreeSet<&str> = latest.iter().map(|text| text.ends.chat.as_str()).collect();
        // Of the columns beside it, MAX takes the row it found.
        let sql = "SELECT *, MAX(at) FROM text JOIN chat_unread USING (account, chat)
                   WHERE account = ?1 AND unread > 0 GROUP BY chat ORDER BY at, id";
        let mut texts = self.all(sql, [account], text)?;
        texts.retain(|text| !is_there.contains(text.ends.chat.as_str()));
        texts.extend(latest);
        Ok(texts)
    }

    fn texts(&self, account: &str, most: i64) -> Result<Vec<TextRecord>, LedgerError> {
        let sql = "SELECT * FROM text WHERE account = ?1 ORDER BY at DESC, id DESC LIMIT ?2";
        let mut texts = self.all(sql, params![account, most], text)?;
        texts.reverse();
        Ok(texts)
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
        Record::Reply(ReplyRecord { id, to, text, written_at, stage, left_at, problem, auto, despite }) => {
            db.prepare_cached(
                "INSERT OR REPLACE INTO reply VALUES (:account, :id, :chat, :number, :our_number, :conversation, :text,
                 :written_at, :stage, :left_at, :problem, :auto, :despite)",
            )?
            .execute(named_params! {
                ":account": account, ":id": id, ":chat": to.chat, ":number": to.number, ":our_number": to.our_number,
                ":conversation": to.conversation, ":text": text, ":written_at": written_at, ":stage": stage.as_word(),
                ":left_at": left_at, ":problem": problem.as_ref().map(written), ":auto": auto, ":despite": despite,
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
        Record::Unread { chat, count } => {
            db.prepare_cached("INSERT OR REPLACE INTO chat_unread VALUES (?1, ?2, ?3)")?
                .execute(params![account, chat, count])?;
        }
        Record::Text(TextRecord { message, ends }) => {
            db.prepare_cached(
                "INSERT OR REPLACE INTO text VALUES (:account, :id, :chat, :number, :our_number, :conversation, :ours,
                 :text, :at, :delivery, :problem, :auto, :medias)",
            )?
            .execute(named_params! {
                ":account": account, ":id": message.id, ":chat": ends.chat, ":number": ends.number,
                ":our_number": ends.our_number, ":conversation": ends.conversation, ":ours": message.ours,
                ":text": message.text, ":at": message.at, ":delivery": message.delivery.map(delivery_word),
                ":problem": message.problem.as_ref().map(written), ":auto": message.auto,
                ":medias": written_list(&message.medias),
            })?;
        }
        Record::Past(PastView { id, outcome, name, number, queue, at, why, seen }) => {
            db.prepare_cached(
                "INSERT OR REPLACE INTO past VALUES (:account, :id, :outcome, :name, :number, :queue, :at, :why, :seen)",
            )?
            .execute(named_params! {
                ":account": account, ":id": id, ":outcome": outcome_word(*outcome), ":name": name, ":number": number,
                ":queue": queue, ":at": at, ":why": why.as_ref().map(written), ":seen": seen,
            })?;
        }
        Record::Considered(Considered { message, chat, number, at, rule, fate, words, reply }) => {
            db.prepare_cached("INSERT OR REPLACE INTO considered VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?
                .execute(params![account, message, chat, number, at, rule, fate_word(*fate), written(words), reply])?;
        }
        Record::OptOut(OptOut { our_number, number, is_out, at, by, message }) => {
            // What was said later stands, whoever writes last.
            db.prepare_cached(
                "INSERT INTO opt_out VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE
                 SET is_out = excluded.is_out, at = excluded.at, by = excluded.by, message = excluded.message
                 WHERE excluded.at >= opt_out.at",
            )?
            .execute(params![account, number, our_number, is_out, at, by, message])?;
        }
        Record::Override(Override { reply, our_number, number, agent, reason, at }) => {
            db.prepare_cached("INSERT OR REPLACE INTO override VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
                .execute(params![account, reply, our_number, number, agent, reason, at])?;
        }
        Record::RuleCount(RuleCount { rule, matched, sent, last_at }) => {
            db.prepare_cached("INSERT OR REPLACE INTO rule_count VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![account, rule, matched, sent, last_at])?;
        }
        Record::Machine(Machine { number, quick, is_held }) => {
            db.prepare_cached("INSERT OR REPLACE INTO machine VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![account, number, quick, is_held])?;
        }
    }
    Ok(())
}

/// A message of a column.
fn said(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Message>> {
    Ok(row.get::<_, Option<String>>(column)?.as_deref().map(read))
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
        problem: said(row, "problem")?,
        auto: row.get("auto")?,
        despite: row.get("despite")?,
    })
}

fn text(row: &Row<'_>) -> rusqlite::Result<TextRecord> {
    let ends = ends(row)?;
    let ours = row.get("ours")?;
    let delivery: Option<String> = row.get("delivery")?;
    let medias: Option<String> = row.get("medias")?;
    let message = MessageView {
        id: row.get("id")?,
        chat: ends.chat.clone(),
        ours,
        text: row.get("text")?,
        medias: medias.as_deref().map(read_list).unwrap_or_default(),
        at: row.get("at")?,
        delivery: delivery.map(|word| delivery_of(&word)).filter(|_| ours),
        problem: said(row, "problem")?,
        auto: row.get("auto")?,
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
        why: said(row, "why")?,
        seen: row.get("seen")?,
    })
}

fn opt_out(row: &Row<'_>) -> rusqlite::Result<OptOut> {
    Ok(OptOut {
        our_number: row.get("our_number")?,
        number: row.get("number")?,
        is_out: row.get("is_out")?,
        at: row.get("at")?,
        by: row.get("by")?,
        message: row.get("message")?,
    })
}

fn considered(row: &Row<'_>) -> rusqlite::Result<Considered> {
    Ok(Considered {
        message: row.get("message")?,
        chat: row.get("chat")?,
        number: row.get("number")?,
        at: row.get("at")?,
        rule: row.get("rule")?,
        fate: fate_of(row.get_ref("fate")?.as_str()?),
        words: said(row, "words")?.unwrap_or_else(Message::nothing),
        reply: row.get("reply")?,
    })
}

fn fate_word(fate: TraceFate) -> &'static str {
    match fate {
        TraceFate::Sent => "sent",
        TraceFate::Would => "would",
        TraceFate::Waiting => "waiting",
        TraceFate::Unclear => "unclear",
        TraceFate::Silent => "silent",
    }
}

/// A word that nobody knows counts as sent: a brake too many is no harm.
fn fate_of(word: &str) -> TraceFate {
    match word {
        "would" => TraceFate::Would,
        "waiting" => TraceFate::Waiting,
        "unclear" => TraceFate::Unclear,
        "silent" => TraceFate::Silent,
        _ => TraceFate::Sent,
    }
}

/// How far a text of ours got; what is on its way is kept as a reply.
fn delivery_word(delivery: DeliveryView) -> &'static str {
    match delivery {
        DeliveryView::Delivered => "delivered",
        DeliveryView::Failed => "failed",
        DeliveryView::Unknown => "unknown",
        DeliveryView::Unclear => "unclear",
        DeliveryView::NotSent => "not sent",
        DeliveryView::Sent | DeliveryView::Sending | DeliveryView::Waiting | DeliveryView::Checking => "sent",
    }
}

fn delivery_of(word: &str) -> DeliveryView {
    match word {
        "delivered" => DeliveryView::Delivered,
        "failed" => DeliveryView::Failed,
        "unknown" => DeliveryView::Unknown,
        "unclear" => DeliveryView::Unclear,
        "not sent" => DeliveryView::NotSent,
        _ => DeliveryView::Sent,
    }
}

fn outcome_word(outcome: OutcomeView) -> &'static str {
    match outcome {
        OutcomeView::Unknown => "unknown",
        OutcomeView::Left => "left",
        OutcomeView::GaveUp => "gave up",
        OutcomeView::Missed => "missed",
        OutcomeView::Declined => "declined",
        OutcomeView::Elsewhere => "elsewhere",
        OutcomeView::Answered => "answered",
    }
}

fn outcome_of(word: &str) -> OutcomeView {
    match word {
        "unknown" => OutcomeView::Unknown,
        "left" => OutcomeView::Left,
        "gave up" => OutcomeView::GaveUp,
        "declined" => OutcomeView::Declined,
        "elsewhere" => OutcomeView::Elsewhere,
        "answered" => OutcomeView::Answered,
        _ => OutcomeView::Missed,
    }
}
