//! Answers by rules: the rules that are kept, which desk answers, and what
//! rules do beside answering.

use ringside_desk::{
    CLAIM_CHANNEL, Chore, Claimed, Millis, Obstacle, Rehearsal, RehearsalView, ResponderDeed, RuleBook, Rules,
    TraceView, Trial, is_same_number, rehearse, try_out,
};
use ringside_words::{Message, say};
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;
use voipbin_client::{Class, List, Pages, Rest, RestError};
use voipbin_wire::{Case, Fact, Tag, Timestamp};

use super::claiming::{NotClaimed, Room, is_for_claims, name_of_run};
use super::customers::{is_closed, is_theirs};
use super::{Done, REPLIES_WITHIN, Session};
use crate::problem::in_words;
use crate::reading::PAGES;
use crate::refusal::Refusal;
use crate::surroundings::why;
use crate::tools::{RESPONDS, RULES, Responding};
use crate::verbs::Answer;

impl Session {
    /// What was kept about answers by rules comes onto the desk.
    pub(super) fn responding(&mut self, kept: Responding) {
        let now = (self.ports.clock)();
        self.desk.named(name_of_run(&kept.desk));
        self.keeping.is_begun_anew |= kept.is_begun_anew;
        self.see_what_is_in_the_way();
        match kept.rules.as_deref().map(|toml| RuleBook::from_toml(toml).and_then(Rules::new)) {
            Some(Ok(rules)) => self.desk.rules(rules),
            Some(Err(error)) => {
                let why = say!("rules-unreadable", why = error.to_string());
                self.is_not_kept(crate::book::NotKept(why));
            }
            None => {}
        }
        if kept.is_on && !kept.is_begun_anew {
            self.desk.respond(true, now);
        }
    }

    /// What the agent wanted before the ledger had been read is done now.
    pub(super) fn do_waiting_deeds(&mut self) {
        self.keeping.is_restored = true;
        for (deed, answer) in std::mem::take(&mut self.keeping.waiting_deeds) {
            self.respond(deed, answer);
        }
    }

    pub(crate) fn respond(&mut self, deed: ResponderDeed, answer: Answer) {
        let now = (self.ports.clock)();
        if self.work.is_none() {
            return answer.refuse(Refusal::NobodySignedIn);
        }
        if !self.keeping.is_restored {
            return self.keeping.waiting_deeds.push((deed, answer));
        }
        match deed {
            ResponderDeed::Switch(is_on) => {
                if is_on && std::mem::take(&mut self.keeping.is_begun_anew) {
                    self.trust_ledger();
                }
                // A person was told what is not known, and does so all the same.
                self.work.iter_mut().filter(|_| is_on).for_each(|work| work.texts_since = None);
                if let Err(refusal) = self.switch(is_on, now) {
                    return answer.refuse(refusal);
                }
                self.see_what_is_in_the_way();
                let account = self.keeps_for().unwrap_or_default();
                self.keep_setting(account, RESPONDS, is_on.then(|| "on".to_owned()), answer);
            }
            ResponderDeed::ForNow(is_on) => answer.give(self.switch(is_on, now).map_err(Into::into)),
            ResponderDeed::Keep(book) => {
                let toml = book.to_toml();
                match Rules::new(*book) {
                    Ok(rules) => {
                        self.desk.rules(rules);
                        // All agents of the customer have the same rules on one computer.
                        self.keep_setting(self.customer_in_ledger(), RULES, Some(toml), answer);
                    }
                    Err(error) => answer.refuse(Refusal::Rules(error)),
                }
            }
            ResponderDeed::OptOut { chat, out } => {
                let is_there = self.desk.opt_out(&chat, out, now);
                answer.give(is_there.then_some(()).ok_or_else(|| Refusal::ConversationGone.into()));
            }
            ResponderDeed::LetGo { number } => {
                self.desk.let_go(&number, now);
                answer.done(());
            }
        }
    }

    fn switch(&mut self, is_on: bool, now: Millis) -> Result<(), Refusal> {
        if let Some(refusal) = self.cannot_respond().filter(|_| is_on) {
            return Err(refusal);
        }
        self.desk.respond(is_on, now);
        if !is_on {
            self.take_claim_back();
        }
        self.claim_round();
        Ok(())
    }

    /// Whether texts may be answered by rules at all, and why not. To be looked
    /// at whenever that may have changed, and once a second.
    pub(super) fn see_what_is_in_the_way(&mut self) {
        let now = (self.ports.clock)();
        let session = self.desk.session_view();
        let obstacle = if session.demo || self.work.is_none() {
            None
        } else if self.keeping.is_begun_anew {
            Some(Obstacle { why: Refusal::BegunAnew.message(), needs_person: true })
        } else if session.ask_again.is_some() {
            Some(Obstacle { why: say!("problems-sign-in-over"), needs_person: false })
        } else {
            let is_missing = self.work.as_ref().is_some_and(|work| work.texts_since.is_some());
            is_missing.then(|| Obstacle { why: say!("rules-texts-missing"), needs_person: false })
        };
        self.desk.hold_responder(obstacle, now);
    }

    /// What rules would do to a text that is typed.
    pub(crate) fn try_rules(&self, book: RuleBook, trial: Trial, answer: Answer<TraceView>) {
        let now = (self.ports.clock)();
        let tried = Rules::new(book).map(|rules| {
            let (status, agent) = self.desk.who_answers();
            try_out(&rules, &trial, status, agent, now)
        });
        answer.give(tried.map_err(|error| Refusal::Rules(error).into()));
    }

    /// What rules would have done to the texts that were kept.
    pub(crate) fn rehearse(&mut self, book: RuleBook, answer: Answer<RehearsalView>) {
        let rules = match Rules::new(book) {
            Ok(rules) => rules,
            Err(error) => return answer.refuse(Refusal::Rules(error)),
        };
        let (status, agent) = self.desk.who_answers();
        let agent = agent.to_owned();
        let Some((account, book)) = self.keeps_for().zip(self.keeping.book.as_ref()) else {
            // A demo keeps nothing: what lies on the desk is all there is.
            let texts = self.desk.texts();
            let rehearsal = Rehearsal { rules: &rules, texts: &texts, status, agent: &agent };
            return answer.done(rehearse(&rehearsal));
        };
        let texts = book.ask(move |ledger| ledger.texts_to_rehearse(&account));
        self.jobs.spawn(async move {
            let texts = texts.await.map_err(|why| Refusal::NotKept(why).into());
            let rehearsed =
                texts.map(|texts| rehearse(&Rehearsal { rules: &rules, texts: &texts, status, agent: &agent }));
            answer.give(rehearsed);
            Done::Saved
        });
    }

    /// Asks the team's channel who answers, when it is time.
    pub(super) fn claim_round(&mut self) {
        let Some(work) = self.work.as_ref().filter(|work| work.was_live && self.keeping.is_restored) else { return };
        let is_agent = work.account.agent_id.is_some();
        let now = (self.ports.clock)();
        let Some(round) = self.desk.take_claim_round(now) else { return };
        if !is_agent {
            return self.desk.claimed(Claimed::Failed(say!("rules-access-key")), now);
        }
        let mut room = self.room.clone();
        self.request(|rest| async move {
            let rest = rest.of_class(if round.wants { Class::Action } else { Class::AddressBook });
            let result = room.ask(&rest, &round).await;
            Done::Claimed { result, room }
        });
    }

    /// What happens to the channel of the claims, or to a claim in it, is noticed
    /// at once where the service tells of it; else at the next look.
    pub(super) fn talk_learned(&mut self, fact: &Fact) {
        let now = (self.ports.clock)();
        match fact {
            Fact::Talk(talk) if talk.id.as_deref().is_some_and(|id| self.room.is(id)) => {
                let is_renamed = talk.name.is_some() && !is_for_claims(talk);
                if talk.tm_delete.is_some() || is_renamed {
                    tracing::info!("the channel of the claims is gone");
                    self.room.forget();
                    self.desk.claim_lost(now);
                }
            }
            Fact::TalkMessage(message)
                if message.tm_delete.is_some() && message.id.as_deref().is_some_and(|id| self.desk.holds_claim(id)) =>
            {
                self.desk.claim_lost(now);
            }
            _ => {}
        }
    }

    pub(super) fn claimed(&mut self, result: Result<Claimed, NotClaimed>, room: Room) {
        if matches!(result, Err(NotClaimed::Rest(RestError::Unauthorized))) {
            self.ask_again(say!("sign-in-expired-live"));
        }
        let claimed = result.unwrap_or_else(|error| {
            tracing::info!(%error, "the team's channel did not say who answers");
            Claimed::Failed(error.in_words())
        });
        self.room.learn(room);
        let now = (self.ports.clock)();
        // Switched off in the meantime: nobody is kept waiting for a claim to end.
        let is_left_over = matches!(&claimed, Claimed::Ours(_)) && !self.desk.responds();
        if let (Claimed::Ours(claim), true) = (&claimed, is_left_over) {
            self.take_back(claim.channel.clone(), claim.message.clone());
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
        let Some(claim) = self.desk.claim_to_take_back().cloned() else { return };
        let Some(work) = &self.work else { return };
        let rest = work.rest.clone();
        match timeout_at(Instant::now() + REPLIES_WITHIN, rest.take_back_in_talk(&claim.channel, &claim.message)).await
        {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::info!(%error, "the claim to answer ends by itself"),
            Err(_) => tracing::info!("the claim to answer ends by itself"),
        }
    }

    fn take_claim_back(&mut self) {
        if let Some(claim) = self.desk.claim_to_take_back().cloned() {
            self.take_back(claim.channel, claim.message);
        }
        let now = (self.ports.clock)();
        self.desk.claim_left(now);
    }

    fn take_back(&mut self, channel: String, message: String) {
        self.request(|rest| async move {
            if let Err(error) = rest.take_back_in_talk(&channel, &message).await {
                tracing::info!(%error, "the claim to answer ends by itself");
            }
            Done::Saved
        });
    }

    pub(super) fn do_chore(&mut self, chore: Chore) {
        self.request(|rest| async move {
            let message = chore.message.clone();
            // Not behind the strangers who are looked up: somebody waits for what a rule does.
            Done::Chore { message, problems: do_all(&rest.of_class(Class::CatchUp), chore).await }
        });
    }

    /// Without a ledger the brakes would not hold over a restart.
    fn cannot_respond(&self) -> Option<Refusal> {
        let is_demo = self.desk.session_view().demo;
        let is_there = self.keeping.is_kept && self.keeping.book.is_some();
        if is_there && self.keeping.is_begun_anew && !is_demo {
            return Some(Refusal::BegunAnew);
        }
        if is_demo || is_there {
            return None;
        }
        Some(Refusal::NeedsLedger(self.keeping.not_kept.clone()))
    }

    fn trust_ledger(&mut self) {
        let Some(book) = &self.keeping.book else { return };
        let trusted = book.ask(|ledger| ledger.trust());
        self.jobs.spawn(async move {
            if let Err(why) = trusted.await {
                tracing::warn!(%why, "it is asked again at the next start");
            }
            Done::Saved
        });
    }

    fn keep_setting(&mut self, account: String, name: &'static str, value: Option<String>, answer: Answer) {
        let Some((_, book)) = self.keeps_for().zip(self.keeping.book.as_ref()) else {
            return answer.done(());
        };
        let kept = book.ask(move |ledger| ledger.keep_setting(&account, name, value.as_deref()));
        self.jobs.spawn(async move {
            answer.give(kept.await.map_err(|why| Refusal::NotKept(why).into()));
            Done::Saved
        });
    }
}

/// A name for a desk that has no ledger to keep one in.
pub(super) fn new_name() -> String {
    Uuid::new_v4().simple().to_string()
}

/// Does what a rule asks for, and says what could not be done.
async fn do_all(rest: &Rest, chore: Chore) -> Vec<Message> {
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

async fn put_label(rest: &Rest, number: &str, label: &str) -> Result<(), Message> {
    let failed = |error: RestError| say!("rules-label-failed", why = in_words(&error));
    let contact = rest.lookup(number).await.map_err(failed)?.and_then(|entry| entry.contact.id);
    let contact = contact.ok_or_else(|| say!("rules-label-failed", why = say!("customer-unknown")))?;
    let is_it = |tag: &Tag| tag.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(label));
    let tags = rest.tags(is_it).await.map_err(failed)?;
    let tag = tags.all.iter().find(|tag| is_it(tag)).and_then(|tag| tag.id.clone());
    let none = || say!("rules-label-failed", why = say!("rules-no-such-label", label = label));
    let tag = tag.ok_or_else(|| tags.short.map_or_else(none, |short| say!("rules-label-failed", why = why(&short))))?;
    rest.tag_contact(&contact, &tag, true).await.map_err(failed)
}

async fn write_down(rest: &Rest, number: &str, note: &str) -> Result<(), Message> {
    let failed = |error: RestError| say!("rules-note-failed", why = in_words(&error));
    let contact = rest.lookup(number).await.map_err(failed)?.and_then(|entry| entry.contact.id);
    let is_it = |case: &Case| is_theirs(case, contact.as_deref(), number) && !is_closed(case);
    let cases = rest.cases(PAGES, is_it).await.map_err(failed)?;
    let case = cases.all.iter().find(|case| is_it(case)).and_then(|case| case.id.clone());
    let none = || say!("rules-note-failed", why = say!("rules-no-open-case"));
    let case =
        case.ok_or_else(|| cases.short.map_or_else(none, |short| say!("rules-note-failed", why = why(&short))))?;
    rest.add_note(&case, note).await.map_err(failed)
}

async fn assign_to(rest: &Rest, number: &str, conversation: Option<String>, agent: &str) -> Result<(), Message> {
    let failed = |error: RestError| say!("rules-assign-failed", why = in_words(&error));
    let conversation = match conversation {
        Some(conversation) => Some(conversation),
        None => find_conversation(rest, number).await?,
    };
    let conversation = conversation.ok_or_else(|| say!("rules-assign-failed", why = say!("rules-no-conversation")))?;
    rest.assign_conversation(&conversation, agent).await.map_err(failed)
}

/// The conversation with this number, however many newer ones there are.
async fn find_conversation(rest: &Rest, number: &str) -> Result<Option<String>, Message> {
    let failed = |error: RestError| say!("rules-assign-failed", why = in_words(&error));
    let mut pages = Pages::new(List::OwnConversations, Timestamp::from_micros(i64::MIN));
    while !pages.is_done() && pages.read() < PAGES {
        let found = rest.next_page(&mut pages).await.map_err(failed)?.into_iter().find_map(|told| match told.fact {
            Fact::Conversation(known) if is_same_number(known.peer.as_ref()?.target.as_deref()?, number) => known.id,
            _ => None,
        });
        if found.is_some() {
            return Ok(found);
        }
    }
    if pages.is_done() {
        Ok(None)
    } else {
        Err(say!("rules-assign-failed", why = say!("rules-not-among-newest", count = 10_000)))
    }
}
