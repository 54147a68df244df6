//! What was asked of the service on this socket, and what it answered.
//!
//! The documented service answers every topic. The live one answers nothing and
//! drops the whole connection for one topic it does not like, without a word
//! (live-service.md, section 1.5). So live topics go out in batches, each with
//! a ping behind it: the answer to the ping proves the batch, and a socket that
//! falls before it accuses it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use voipbin_wire::{ErrorCode, Refusal, Scope, Topic};

use super::listening::Extra;
use crate::dialect::Dialect;
use crate::topics::Wanted;

/// A fall this soon after a subscription is the subscription's fault (live-service.md, section 7.2).
const ACCUSED_WITHIN: Duration = Duration::from_secs(3);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    Asked,
    Confirmed,
    Refused { code: ErrorCode, said: String, ask_again: Option<Duration> },
}

/// A fall may be chance; so many in a row on the same batch are taken for the service's answer.
const ENOUGH_FALLS: u32 = 3;
/// And even that may be chance, with a service that restarts: a batch is tried
/// again after this time, …
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(600);
/// … and after double the time each time it fell again, up to this.
const TRY_AGAIN_AT_MOST: Duration = Duration::from_secs(4 * 3600);

/// What a batch of live topics has shown in this sign-in.
#[derive(Debug, Clone, Copy, Default)]
struct Record {
    /// In a row, each soon after the batch was sent.
    falls: u32,
    refused: bool,
    /// When a refused one is tried again.
    again_at: Duration,
}

impl Record {
    fn fell(&mut self, now: Duration) {
        self.falls = self.falls.saturating_add(1);
        self.refused = self.falls >= ENOUGH_FALLS;
        let doublings = self.falls.saturating_sub(ENOUGH_FALLS).min(8);
        self.again_at = now + (TRY_AGAIN_AFTER * 2_u32.pow(doublings)).min(TRY_AGAIN_AT_MOST);
    }
}

/// The batch, or what is added to it, that waits for its proof.
#[derive(Debug, Clone)]
struct Trial {
    batch: usize,
    topics: Vec<Topic>,
    ping: u64,
    sent_at: Duration,
}

#[derive(Debug)]
pub(super) struct Asking {
    wanted: Wanted,
    dialect: Dialect,
    listened_to: BTreeSet<Extra>,
    /// What is to be asked for now: what is wanted less what nobody listens to
    /// and what another topic brings anyway.
    batches: Vec<Vec<Topic>>,
    standing: BTreeMap<String, Standing>,
    records: Vec<Record>,
    trial: Option<Trial>,
    next: usize,
    /// Documented topics that this socket subscribed before it turned out live.
    probe: Vec<Topic>,
}

impl Asking {
    pub(super) fn new(wanted: Wanted) -> Self {
        let records = vec![Record::default(); wanted.of_dialect(Dialect::Live).len()];
        let mut asking = Self {
            wanted,
            dialect: Dialect::Documented,
            listened_to: Extra::ALL.into(),
            batches: Vec::new(),
            standing: BTreeMap::new(),
            records,
            trial: None,
            next: 0,
            probe: Vec::new(),
        };
        asking.sort_out();
        asking
    }

    /// From now on these are listened to, beside what is always needed.
    pub(super) fn listen(&mut self, extras: BTreeSet<Extra>) {
        self.listened_to = extras;
        self.sort_out();
    }

    /// A manager's customer topics bring what the agent's own would bring
    /// again: the live service sends one copy for each (live-service.md, section
    /// 2.5). The documented one says whose a call is by the topic alone, so
    /// there both are needed.
    fn sort_out(&mut self) {
        let extra = |topic: &Topic| Extra::of(topic, self.dialect);
        let is_heard = |topic: &&Topic| extra(topic).is_none_or(|extra| self.listened_to.contains(&extra));
        let heard = |batch: &Vec<Topic>| batch.iter().filter(is_heard).cloned().collect::<Vec<_>>();
        let mut batches: Vec<Vec<Topic>> = self.wanted.of_dialect(self.dialect).iter().map(heard).collect();
        if self.dialect == Dialect::Live
            && let [own, of_customer] = &mut batches[..]
            && self.records.get(1).is_some_and(|record| !record.refused)
        {
            let brings =
                |own: &Topic, other: &Topic| *own.scope() == Scope::Agent && own.resource() == other.resource();
            own.retain(|own| !of_customer.iter().any(|other| brings(own, other)));
        }
        self.batches = batches;
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(super) fn is_documented(&self) -> bool {
        self.dialect == Dialect::Documented
    }

    /// The topics of the dialect spoken on this socket.
    pub(super) fn wanted(&self) -> impl Iterator<Item = &Topic> {
        self.batches.iter().flatten()
    }

    pub(super) fn not_allowed(&self) -> &[Topic] {
        self.wanted.not_allowed(self.dialect)
    }

    pub(super) fn standing(&self, topic: &Topic) -> Option<&Standing> {
        self.standing.get(&topic.to_string())
    }

    /// The socket is no more: all but lasting refusals is forgotten.
    pub(super) fn socket_gone(&mut self) {
        self.standing.retain(|_, standing| matches!(standing, Standing::Refused { ask_again: None, .. }));
        self.trial = None;
        self.next = 0;
        self.probe.clear();
    }

    /// The service let go of the socket: the batch under trial is accused.
    ///
    /// A fall may also be chance, so it takes several in a row, and the batch is
    /// tried again later: a manager does not lose the customer's topics for a day.
    pub(super) fn socket_fell(&mut self, now: Duration) {
        let Some(trial) = self.trial.take().filter(|trial| now < trial.sent_at + ACCUSED_WITHIN) else { return };
        let Some(record) = self.records.get_mut(trial.batch) else { return };
        record.fell(now);
        if record.refused {
            self.refuse_batch(trial.batch);
        }
    }

    /// Documented batches to ask for: the first, which is safe with either
    /// service, or all that were not asked for yet on this socket.
    pub(super) fn documented(&mut self, all: bool) -> Vec<Vec<Topic>> {
        if self.dialect != Dialect::Documented {
            self.dialect = Dialect::Documented;
            self.standing.clear();
            self.trial = None;
            self.sort_out();
        }
        let batches = if all { &self.batches[..] } else { &self.batches[..self.batches.len().min(1)] };
        let is_new = |topic: &&Topic| !self.standing.contains_key(&topic.to_string());
        batches.iter().map(|batch| batch.iter().filter(is_new).cloned().collect()).collect()
    }

    /// What was left out long enough ago is asked for again.
    pub(super) fn forgive(&mut self, now: Duration) {
        if self.is_documented() {
            return;
        }
        for batch in 0..self.records.len() {
            let record = &mut self.records[batch];
            if record.refused && now >= record.again_at {
                record.refused = false;
                for topic in &self.wanted.of_dialect(Dialect::Live)[batch] {
                    self.standing.remove(&topic.to_string());
                }
            }
        }
        self.sort_out();
    }

    /// When that is due.
    pub(super) fn forgive_at(&self) -> Option<Duration> {
        let records = self.records.iter().filter(|record| !self.is_documented() && record.refused);
        records.map(|record| record.again_at).min()
    }

    pub(super) fn begin_live(&mut self, now: Duration) {
        if self.is_documented() {
            let is_subscribed =
                |topic: &&Topic| matches!(self.standing(topic), Some(Standing::Asked | Standing::Confirmed));
            self.probe = self.wanted().filter(is_subscribed).cloned().collect();
        }
        self.dialect = Dialect::Live;
        self.forgive(now);
        self.standing.clear();
        self.trial = None;
        self.next = 0;
        for batch in 0..self.records.len() {
            if self.records[batch].refused {
                self.refuse_batch(batch);
            }
        }
    }

    /// The next live batch, to be proven by the ping of this number.
    pub(super) fn next_live(&mut self, ping: u64, now: Duration) -> Option<Vec<Topic>> {
        if self.is_documented() || self.trial.is_some() {
            return None;
        }
        while self.records.get(self.next)?.refused {
            self.next += 1;
        }
        let topics = self.batches[self.next].clone();
        self.trial = Some(Trial { batch: self.next, topics: topics.clone(), ping, sent_at: now });
        self.next += 1;
        self.asked(&topics);
        Some(topics)
    }

    /// More topics of batches that were proven on this socket.
    pub(super) fn retry_live(&mut self, topics: &[Topic], ping: u64, now: Duration) {
        let is_of = |batch: &&Vec<Topic>| topics.iter().any(|topic| batch.contains(topic));
        let batch = self.batches.iter().rposition(|batch| is_of(&batch)).unwrap_or_default();
        self.trial = Some(Trial { batch, topics: topics.to_vec(), ping, sent_at: now });
        self.asked(topics);
    }

    /// The documented topics that this socket subscribed to find the dialect;
    /// told once, because the live service counts (live-service.md, section 2.6).
    pub(super) fn take_probe(&mut self) -> Vec<Topic> {
        std::mem::take(&mut self.probe)
    }

    /// What is listened to and was not asked for on this socket.
    pub(super) fn missing(&self) -> Vec<Topic> {
        let is_refused = |batch: usize| self.dialect == Dialect::Live && self.records[batch].refused;
        let batches = self.batches.iter().enumerate().filter(|(batch, _)| !is_refused(*batch));
        batches.flat_map(|(_, batch)| batch).filter(|topic| self.standing(topic).is_none()).cloned().collect()
    }

    /// What this socket subscribed and nobody listens to any more; told once.
    pub(super) fn take_needless(&mut self) -> Vec<Topic> {
        let all = self.wanted.of_dialect(self.dialect).iter().flatten();
        let is_needless = |topic: &&Topic| {
            self.standing(topic) == Some(&Standing::Confirmed) && !self.wanted().any(|wanted| wanted == *topic)
        };
        let needless: Vec<Topic> = all.filter(is_needless).cloned().collect();
        for topic in &needless {
            self.standing.remove(&topic.to_string());
        }
        needless
    }

    /// The dialect is not the service's: nothing that was asked delivers, and
    /// nothing more is asked but, perhaps, the same again.
    pub(super) fn give_up(&mut self, ask_again: Option<Duration>) {
        let asked = std::mem::take(&mut self.standing);
        self.trial = None;
        self.next = self.records.len();
        let Some(at) = ask_again else { return };
        let code = ErrorCode::Other(ErrorCode::DROPPED.to_owned());
        let again = |topic| (topic, Standing::Refused { code: code.clone(), said: String::new(), ask_again: Some(at) });
        self.standing = asked.into_keys().map(again).collect();
    }

    /// A ping was answered; whether that proved a batch.
    pub(super) fn proven(&mut self, ping: u64) -> bool {
        let Some(trial) = self.trial.take_if(|trial| ping >= trial.ping) else { return false };
        self.records[trial.batch] = Record::default();
        for topic in &trial.topics {
            self.standing.insert(topic.to_string(), Standing::Confirmed);
        }
        true
    }

    pub(super) fn asked(&mut self, topics: &[Topic]) {
        for topic in topics {
            self.standing.insert(topic.to_string(), Standing::Asked);
        }
    }

    pub(super) fn confirmed(&mut self, topics: &[String]) {
        self.answered(topics, &Standing::Confirmed);
    }

    pub(super) fn refused(&mut self, refusal: Refusal, ask_again: Option<Duration>) {
        let Refusal { topics, code, message: said, .. } = refusal;
        self.answered(&topics, &Standing::Refused { code, said, ask_again });
    }

    /// An answer without topics is about all that were asked.
    fn answered(&mut self, topics: &[String], answer: &Standing) {
        for (topic, standing) in &mut self.standing {
            let is_meant = if topics.is_empty() { *standing == Standing::Asked } else { topics.contains(topic) };
            if is_meant {
                standing.clone_from(answer);
            }
        }
    }

    fn refuse_batch(&mut self, batch: usize) {
        let code = ErrorCode::Other(ErrorCode::DROPPED.to_owned());
        let dropped = Standing::Refused { code, said: String::new(), ask_again: None };
        for topic in &self.batches[batch] {
            self.standing.insert(topic.to_string(), dropped.clone());
        }
        // What the customer's topics would have brought, the agent's own have to.
        self.sort_out();
    }

    pub(super) fn is_waiting(&self) -> bool {
        let is_unasked = self.dialect == Dialect::Live && self.records.iter().skip(self.next).any(|next| !next.refused);
        is_unasked || self.standing.values().any(|standing| *standing == Standing::Asked)
    }

    pub(super) fn has_confirmed(&self) -> bool {
        self.standing.values().any(|standing| *standing == Standing::Confirmed)
    }

    pub(super) fn ask_again_at(&self) -> Option<Duration> {
        let ask_again = |standing: &Standing| match standing {
            Standing::Refused { ask_again, .. } => *ask_again,
            _ => None,
        };
        self.standing.values().filter_map(ask_again).min()
    }

    pub(super) fn due_again(&self, now: Duration) -> Vec<Topic> {
        let is_due = |topic: &&Topic| matches!(self.standing(topic), Some(Standing::Refused { ask_again: Some(at), .. }) if now >= *at);
        self.wanted().filter(is_due).cloned().collect()
    }

    /// What is unsubscribed before leaving: only what this socket subscribed,
    /// and nothing of the live service, which lets go of it by itself
    /// (live-service.md, section 2.6).
    pub(super) fn to_give_back(&self) -> Vec<Topic> {
        let is_ours = |topic: &&Topic| self.is_documented() && self.standing(topic) == Some(&Standing::Confirmed);
        self.wanted().filter(is_ours).cloned().collect()
    }
}
