//! Answers by rules: the rules that are kept, which desk answers, and what
//! rules do beside answering.

use std::time::Duration;

use ringside_desk::{
    CLAIM_CHANNEL, CLAIM_CHANNEL_DETAIL, Chore, Claim, ClaimRound, Claimed, Millis, Rehearsal, RehearsalView,
    ResponderDeed, RuleBook, Rules, TraceView, Trial, rehearse, try_out,
};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout_at};
use uuid::Uuid;
use voipbin_client::{Class, List, Listed, Rest, RestError};
use voipbin_wire::{Fact, Timestamp};

use super::{Answer, Done, REPLIES_WITHIN, Session, reply_to};
use crate::problem::{Code, Problem, in_words};
use crate::tools::{RESPONDS, RULES, Responding};

/// What was written in the team's channel is read again after this: another
/// desk may have written in the same moment.
const SETTLES_WITHIN: Duration = Duration::from_millis(500);

const BEGUN_ANEW: &str = "The ledger was damaged and begun anew, so who asked for no texts before is not known. Automatic replies stay off until a person switches them on in Ringside, or starts ringside-cli respond with --begun-anew.";

pub(super) type Told<T> = oneshot::Sender<Result<T, Problem>>;

impl Session {
    /// What was kept about answers by rules comes onto the desk.
    pub(super) fn responding(&mut self, kept: Responding) {
        let now = (self.ports.clock)();
        self.desk.named(kept.desk);
        self.is_begun_anew = kept.is_begun_anew;
        match kept.rules.as_deref().map(|toml| RuleBook::from_toml(toml).and_then(Rules::new)) {
            Some(Ok(rules)) => self.desk.rules(rules),
            Some(Err(error)) => {
                let words = format!("The rules for automatic replies could not be read, so none are in use. {error}");
                self.is_not_kept(crate::book::NotKept(words));
            }
            None => {}
        }
        if kept.is_on && !kept.is_begun_anew {
            self.desk.respond(true, now);
        }
    }

    /// What the agent wanted before the ledger had been read is done now.
    pub(super) fn do_waiting_deeds(&mut self) {
        self.is_restored = true;
        for (deed, answer) in std::mem::take(&mut self.waiting_deeds) {
            self.responder_deed(deed, answer);
        }
    }

    pub(super) fn responder_deed(&mut self, deed: ResponderDeed, answer: Answer) {
        let now = (self.ports.clock)();
        if self.work.is_none() {
            return reply_to(answer, Err(Problem::new(Code::Other, "Nobody is signed in.")));
        }
        if !self.is_restored {
            return self.waiting_deeds.push((deed, answer));
        }
        match deed {
            ResponderDeed::Switch(is_on) => {
                if is_on && std::mem::take(&mut self.is_begun_anew) {
                    self.trust_ledger();
                }
                if let Err(problem) = self.switch(is_on, now) {
                    return reply_to(answer, Err(problem));
                }
                let account = self.keeps_for().unwrap_or_default();
                self.keep_setting(account, RESPONDS, is_on.then(|| "on".to_owned()), answer);
            }
            ResponderDeed::ForNow(is_on) => reply_to(answer, self.switch(is_on, now)),
            ResponderDeed::Keep(book) => {
                let toml = book.to_toml();
                match Rules::new(*book) {
                    Ok(rules) => {
                        self.desk.rules(rules);
                        // All agents of the customer have the same rules on one computer.
                        self.keep_setting(self.customer_in_ledger(), RULES, Some(toml), answer);
                    }
                    Err(error) => reply_to(answer, Err(Problem::new(Code::Other, error.to_string()))),
                }
            }
            ResponderDeed::OptOut { chat, out } => {
                let gone = || Problem::new(Code::Other, "That conversation is gone.");
                reply_to(answer, self.desk.opt_out(&chat, out, now).then_some(()).ok_or_else(gone));
            }
            ResponderDeed::LetGo { number } => {
                self.desk.let_go(&number, now);
                reply_to(answer, Ok(()));
            }
        }
    }

    fn switch(&mut self, is_on: bool, now: Millis) -> Result<(), Problem> {
        if let Some(problem) = self.cannot_respond().filter(|_| is_on) {
            return Err(Problem::new(Code::Other, problem));
        }
        self.desk.respond(is_on, now);
        if !is_on {
            self.take_claim_back();
        }
        self.claim_round();
        Ok(())
    }

    /// What rules would do to a text that is typed.
    pub(super) fn try_rules(&self, book: RuleBook, trial: &Trial, answer: Told<TraceView>) {
        let now = (self.ports.clock)();
        let tried = Rules::new(book).map(|rules| {
            let (status, agent) = self.desk.who_answers();
            try_out(&rules, trial, status, agent, now)
        });
        tell(answer, tried.map_err(|error| Problem::new(Code::Other, error.to_string())));
    }

    /// What rules would have done to the texts that were kept.
    pub(super) fn rehearse(&mut self, book: RuleBook, answer: Told<RehearsalView>) {
        let rules = match Rules::new(book) {
            Ok(rules) => rules,
            Err(error) => return tell(answer, Err(Problem::new(Code::Other, error.to_string()))),
        };
        let (status, agent) = self.desk.who_answers();
        let agent = agent.to_owned();
        let Some((account, book)) = self.keeps_for().zip(self.book.as_ref()) else {
            // A demo keeps nothing: what lies on the desk is all there is.
            let texts = self.desk.texts();
            let rehearsal = Rehearsal { rules: &rules, texts: &texts, status, agent: &agent };
            return tell(answer, Ok(rehearse(&rehearsal)));
        };
        let texts = book.ask(move |ledger| ledger.texts_to_rehearse(&account));
        self.jobs.spawn(async move {
            let texts = texts.await.map_err(|why| Problem::new(Code::Other, why.to_string()));
            let rehearsed =
                texts.map(|texts| rehearse(&Rehearsal { rules: &rules, texts: &texts, status, agent: &agent }));
            tell(answer, rehearsed);
            Done::Saved
        });
    }

    /// Asks the team's channel who answers, when it is time.
    pub(super) fn claim_round(&mut self) {
        let Some(work) = self.work.as_ref().filter(|work| work.was_live && self.is_restored) else { return };
        let is_agent = work.account.agent_id.is_some();
        let now = (self.ports.clock)();
        let Some(round) = self.desk.take_claim_round(now) else { return };
        if !is_agent {
            let words = "An access key belongs to no agent, so it cannot tell the team. Sign in as an agent.";
            return self.desk.claimed(Claimed::Failed(words.to_owned()), now);
        }
        self.request(|rest| async move {
            let rest = rest.of_class(if round.wants { Class::Action } else { Class::AddressBook });
            Done::Claimed(claim(&rest, &round).await)
        });
    }

    pub(super) fn claimed(&mut self, result: Result<Claimed, RestError>) {
        let claimed = result.unwrap_or_else(|error| {
            tracing::info!(%error, "the team's channel did not say who answers");
            Claimed::Failed(format!("The team could not be told. {}", in_words(&error)))
        });
        let now = (self.ports.clock)();
        // Switched off in the meantime: nobody is kept waiting for a claim to end.
        let is_left_over = matches!(&claimed, Claimed::Ours(_)) && !self.desk.responds();
        if let (Claimed::Ours(claim), true) = (&claimed, is_left_over) {
            let message = claim.message.clone();
            self.take_back(message);
            return self.desk.claimed(Claimed::Free, now);
        }
        let is_there = matches!(&claimed, Claimed::Ours(_) | Claimed::Elsewhere(_));
        self.desk.claimed(claimed, now);
        if is_there && !self.desk.has_talk_called(CLAIM_CHANNEL) {
            self.read_talks();
        }
    }

    /// This desk answers no more: others need not wait for its claim to end.
    pub(super) async fn leave_claim(&mut self) {
        let Some(message) = self.desk.claim_to_take_back().map(|claim| claim.message.clone()) else { return };
        let Some(work) = &self.work else { return };
        let rest = work.rest.clone();
        match timeout_at(Instant::now() + REPLIES_WITHIN, rest.take_back_in_talk(&message)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::info!(%error, "the claim to answer ends by itself"),
            Err(_) => tracing::info!("the claim to answer ends by itself"),
        }
    }

    fn take_claim_back(&mut self) {
        if let Some(claim) = self.desk.claim_to_take_back() {
            let message = claim.message.clone();
            self.take_back(message);
        }
        let now = (self.ports.clock)();
        self.desk.claim_left(now);
    }

    fn take_back(&mut self, message: String) {
        self.request(|rest| async move {
            if let Err(error) = rest.take_back_in_talk(&message).await {
                tracing::info!(%error, "the claim to answer ends by itself");
            }
            Done::Saved
        });
    }

    pub(super) fn do_chore(&mut self, chore: Chore) {
        self.request(|rest| async move {
            let message = chore.message.clone();
            Done::Chore { message, problems: do_all(&rest.of_class(Class::AddressBook), chore).await }
        });
    }

    /// Without a ledger the brakes would not hold over a restart.
    fn cannot_respond(&self) -> Option<String> {
        let is_demo = self.desk.session_view().demo;
        let is_there = self.is_kept && self.book.is_some();
        if is_there && self.is_begun_anew && !is_demo {
            return Some(BEGUN_ANEW.to_owned());
        }
        if is_demo || is_there {
            return None;
        }
        let why = self.not_kept.as_ref().map(|why| format!(" {why}")).unwrap_or_default();
        Some(format!("Automatic replies need the ledger, so that nobody is answered twice.{why}"))
    }

    fn trust_ledger(&mut self) {
        let Some(book) = &self.book else { return };
        let trusted = book.ask(|ledger| ledger.trust());
        self.jobs.spawn(async move {
            if let Err(why) = trusted.await {
                tracing::warn!(%why, "it is asked again at the next start");
            }
            Done::Saved
        });
    }

    fn keep_setting(&mut self, account: String, name: &'static str, value: Option<String>, answer: Answer) {
        let Some((_, book)) = self.keeps_for().zip(self.book.as_ref()) else {
            return reply_to(answer, Ok(()));
        };
        let kept = book.ask(move |ledger| ledger.keep_setting(&account, name, value.as_deref()));
        self.jobs.spawn(async move {
            reply_to(answer, kept.await.map_err(|why| Problem::new(Code::Other, why.to_string())));
            Done::Saved
        });
    }
}

/// A name for a desk that has no ledger to keep one in.
pub(super) fn new_name() -> String {
    Uuid::new_v4().simple().to_string()
}

/// One round: who answers? Nobody, and this desk is to: it says so, and looks
/// again whether it was the first to say it.
async fn claim(rest: &Rest, round: &ClaimRound) -> Result<Claimed, RestError> {
    let channel = match (channel(rest).await?, round.wants) {
        (Some(channel), _) => channel,
        (None, false) => return Ok(Claimed::Free),
        (None, true) => {
            rest.open_channel(CLAIM_CHANNEL, CLAIM_CHANNEL_DETAIL).await?;
            channel(rest).await?.ok_or(RestError::NotFound)?
        }
    };
    rest.join_channel(&channel).await?;
    let claims = claims(rest, &channel).await?;
    match Claim::holder(&claims, round.now) {
        Some(holder) if holder.desk != round.desk => return Ok(Claimed::Elsewhere(holder.clone())),
        None if !round.wants => return Ok(Claimed::Free),
        _ => {}
    }
    let said = if round.wants { rest.say_in_talk(&channel, &round.text(), None).await?.id } else { None };
    sleep(SETTLES_WITHIN).await;
    let claims = self::claims(rest, &channel).await?;
    // What was just written says what time it is there, whatever the clock is here.
    let written = claims.iter().find(|claim| Some(&claim.message) == said.as_ref());
    let now = written.map_or(round.now, |claim| claim.made);
    let holder = Claim::holder(&claims, now);
    let is_ours = round.wants && holder.is_some_and(|holder| holder.desk == round.desk);
    let own = claims.iter().filter(|claim| claim.desk == round.desk);
    for old in own.filter(|claim| !is_ours || said.as_ref() != Some(&claim.message)) {
        rest.take_back_in_talk(&old.message).await?;
    }
    let newest = claims.iter().find(|claim| Some(&claim.message) == said.as_ref());
    Ok(match (holder, newest) {
        (_, Some(newest)) if is_ours => Claimed::Ours(newest.clone()),
        (Some(holder), _) if holder.desk != round.desk => Claimed::Elsewhere(holder.clone()),
        _ => Claimed::Free,
    })
}

/// The channel of the claims: of several the first.
async fn channel(rest: &Rest) -> Result<Option<String>, RestError> {
    let listed = rest.list(&List::Channels, Timestamp::from_micros(i64::MIN), 5).await?;
    let channels = listed.told.into_iter().filter_map(|told| match told.fact {
        Fact::Talk(talk) if talk.name.as_deref() == Some(CLAIM_CHANNEL) && talk.tm_delete.is_none() => Some(talk),
        _ => None,
    });
    Ok(channels.min_by_key(|talk| (talk.tm_create, talk.id.clone())).and_then(|talk| talk.id))
}

async fn claims(rest: &Rest, channel: &str) -> Result<Vec<Claim>, RestError> {
    let list = List::TalkMessages(channel.to_owned());
    let Listed { told, .. } = rest.list(&list, Timestamp::from_micros(i64::MAX), 1).await?;
    let read = |told: voipbin_wire::Told| match told.fact {
        Fact::TalkMessage(message) => Claim::read(&message),
        _ => None,
    };
    Ok(told.into_iter().filter_map(read).collect())
}

/// Does what a rule asks for, and says in sentences what could not be done.
async fn do_all(rest: &Rest, chore: Chore) -> Vec<String> {
    let Chore { number, conversation, tag, note, assign, .. } = chore;
    let mut problems = Vec::new();
    if let Some(tag) = tag {
        problems.extend(put_label(rest, &number, &tag).await.err());
    }
    if let Some(note) = note {
        problems.extend(write_down(rest, &number, &note).await.err());
    }
    if let Some(agent) = assign {
        problems.extend(assign_to(rest, &number, conversation, &agent).await.err());
    }
    problems
}

async fn put_label(rest: &Rest, number: &str, label: &str) -> Result<(), String> {
    let failed = |error: RestError| format!("The label was not put on. {}", in_words(&error));
    let contact = rest.lookup(number).await.map_err(failed)?.and_then(|entry| entry.contact.id);
    let contact = contact.ok_or("The label was not put on: this number is not in the address book.")?;
    let tags = rest.tags().await.map_err(failed)?;
    let is_it = |tag: &&voipbin_wire::Tag| tag.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(label));
    let tag = tags.iter().find(is_it).and_then(|tag| tag.id.clone());
    let tag = tag.ok_or_else(|| format!("The label was not put on: there is none called {label}."))?;
    rest.tag_contact(&contact, &tag, true).await.map_err(failed)
}

async fn write_down(rest: &Rest, number: &str, note: &str) -> Result<(), String> {
    let failed = |error: RestError| format!("The note was not written. {}", in_words(&error));
    let contact = rest.lookup(number).await.map_err(failed)?.and_then(|entry| entry.contact.id);
    let cases = rest.cases().await.map_err(failed)?;
    let is_theirs = |case: &&voipbin_wire::Case| {
        let by_contact = contact.is_some() && case.contact_id == contact;
        by_contact || case.peer.as_ref().and_then(|peer| peer.target.as_deref()) == Some(number)
    };
    let open = cases.iter().filter(is_theirs).find(|case| case.status.as_deref() != Some("closed"));
    let case = open.and_then(|case| case.id.clone()).ok_or("The note was not written: they have no open case.")?;
    rest.add_note(&case, note).await.map_err(failed)
}

async fn assign_to(rest: &Rest, number: &str, conversation: Option<String>, agent: &str) -> Result<(), String> {
    let failed = |error: RestError| format!("The conversation was not handed over. {}", in_words(&error));
    let conversation = match conversation {
        Some(conversation) => Some(conversation),
        None => {
            let list = rest.list(&List::OwnConversations, Timestamp::from_micros(i64::MAX), 1).await.map_err(failed)?;
            list.told.into_iter().find_map(|told| match told.fact {
                Fact::Conversation(known) if known.peer.as_ref()?.target.as_deref() == Some(number) => known.id,
                _ => None,
            })
        }
    };
    let conversation = conversation.ok_or("The conversation was not handed over: the service knows none.")?;
    rest.assign_conversation(&conversation, agent).await.map_err(failed)
}

fn tell<T>(answer: Told<T>, result: Result<T, Problem>) {
    if answer.send(result).is_err() {
        tracing::debug!("the window that asked is gone");
    }
}
