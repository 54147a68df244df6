//! Which desk answers: one per account, said openly in a channel of the team.
//!
//! The service has no lock, but messages of the team have an order. A desk that
//! is to answer looks for claims of others, writes its own, and looks again: the
//! claim that was written first holds. It ends at a time that it names, so that
//! a desk that is gone lets go without a word.

use ringside_words::{Message, say};
use voipbin_wire::{TalkMessageFact, Timestamp};

use crate::Millis;
use crate::view::ResponderState;

/// The channel of the team in which desks claim to answer.
pub const CLAIM_CHANNEL: &str = "Ringside auto-reply";
/// What the channel is for, as the team reads it.
pub const CLAIM_CHANNEL_DETAIL: &str = "Which desk answers texts by rules. Ringside writes here by itself.";

/// A claim holds for so long …
const LEASE: Millis = 10 * 60_000;
/// … and is renewed after this.
const RENEW_AFTER: Millis = 4 * 60_000;
/// The holder stops a little before the end, others wait a little longer: clocks differ.
const MARGIN: Millis = 30_000;
/// Whoever holds a claim looks this often whether it still stands there.
const LOOK_HELD: Millis = 30_000;
/// What did not work, or another desk holds, is looked at again after this.
const LOOK_AGAIN: Millis = 60_000;
/// A desk that did not answer lets the one that did be the first in a new channel.
const AFTER_OTHERS: Millis = 15_000;
/// Nobody answers, and it could not be said that this desk does.
const LOOK_SOON: Millis = 5000;
/// Where nobody wants to answer here, whoever does is looked at this often.
const LOOK_IDLE: Millis = 10 * 60_000;
const MARK: &str = "(ringside claim ";

/// A claim as the team's channel has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The message.
    pub message: String,
    /// The channel that it stands in.
    pub channel: String,
    /// The desk, by a name that no other has.
    pub desk: String,
    /// Who sits at it; empty where that is not said.
    pub who: String,
    /// Since when it holds, by the service's clock.
    pub since: Timestamp,
    /// When it was written, by the same clock.
    pub made: Timestamp,
    /// Until when it holds: a fixed time after it was written, whatever any
    /// desk's own clock says.
    pub until: Timestamp,
}

/// Why a desk does not answer although somebody may have switched it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// Why, and what helps.
    pub why: Message,
    /// It stays until a person switches automatic replies on again.
    pub needs_person: bool,
}

/// What a look at the channel, or writing in it, brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// This desk answers.
    Ours(
        /// By this claim.
        Claim,
    ),
    /// Another desk does.
    Elsewhere(
        /// By this claim.
        Claim,
    ),
    /// Nobody does.
    Free,
    /// It could not be found out, and why.
    Failed(Message),
}

/// What is to be asked of the channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRound {
    /// Whether this desk is to answer; else it is only looked who does.
    pub wants: bool,
    /// The desk's name.
    pub desk: String,
    /// Who sits at it.
    pub who: String,
    /// The claim that this desk holds.
    pub held: Option<Claim>,
    /// It is time to write it anew; else it is enough that it still stands there.
    pub renews: bool,
    /// This moment by the service's clock.
    pub now: Timestamp,
}

impl Claim {
    /// Reads a claim in the team's channel; none for other messages and those that are gone.
    pub fn read(fact: &TalkMessageFact) -> Option<Self> {
        if fact.tm_delete.is_some() {
            return None;
        }
        let text = fact.text.as_deref()?;
        let (words, marked) = text.rsplit_once(MARK)?;
        let mut parts = marked.trim_end().trim_end_matches(')').split(' ');
        let (desk, since) = (parts.next().filter(|desk| !desk.is_empty())?, parts.next());
        let made = fact.tm_create?;
        // Nobody held it before it was said, nor from a time yet to come.
        let since = since.map_or(Some(made), Timestamp::parse).map(|since| since.min(made))?;
        let who = words.split_once(" answers texts").map_or("", |(who, _)| who);
        Some(Self {
            message: fact.id.clone()?,
            channel: fact.chat_id.clone().unwrap_or_default(),
            desk: desk.to_owned(),
            who: who.trim().to_owned(),
            since,
            made,
            until: Timestamp::from_millis(made.as_millis().saturating_add(LEASE)),
        })
    }

    /// The earliest moment at which a claim that holds now can have been written.
    pub fn oldest(now: Timestamp) -> Timestamp {
        Timestamp::from_millis(now.as_millis().saturating_sub(LEASE + MARGIN))
    }

    /// Whose claim holds at a moment: of those that last, the first.
    pub fn holder(claims: &[Self], now: Timestamp) -> Option<&Self> {
        let lasts = |claim: &&Self| claim.until.as_millis().saturating_add(MARGIN) > now.as_millis();
        claims.iter().filter(lasts).min_by_key(|claim| (claim.since, &claim.message))
    }
}

impl ClaimRound {
    /// What the team reads.
    pub fn text(&self) -> String {
        let since = self.held.as_ref().map(|held| format!(" {}", held.since)).unwrap_or_default();
        let who = if self.who.trim().is_empty() { "Somebody" } else { self.who.trim() };
        format!("{who} answers texts by rules from this desk.\n{MARK}{}{since})", self.desk)
    }
}

/// Where this desk stands.
#[derive(Debug, Default)]
pub(super) struct Standing {
    pub(super) is_on: bool,
    /// Why this desk does not answer although it is switched on.
    held_back: Option<Obstacle>,
    desk: String,
    claimed: Option<Claimed>,
    /// When the claim of this desk is to be written anew.
    renew_at: Millis,
    /// Until when the claim of this desk holds, by its own clock.
    ours_until: Option<Millis>,
    /// When that was found out: if this computer's clock is set back, nothing holds.
    ours_since: Millis,
    look_at: Millis,
    is_looking: bool,
    /// What is being asked at this moment may tell of a claim that is gone since.
    is_void: bool,
    asked_at: Millis,
}

impl Standing {
    pub(super) fn named(desk: String) -> Self {
        Self { desk, ..Self::default() }
    }

    pub(super) fn is_ours(&self, now: Millis) -> bool {
        self.wants() && now >= self.ours_since && self.ours_until.is_some_and(|until| now < until)
    }

    pub(super) fn switch(&mut self, is_on: bool) {
        self.is_on = is_on;
        self.look_at = Millis::MIN;
        if !is_on {
            self.ours_until = None;
        }
    }

    /// Whether this desk is to answer, and nothing is in the way.
    pub(super) fn wants(&self) -> bool {
        self.is_on && self.held_back.is_none()
    }

    /// Something is in the way, or no longer. Whether that is new.
    pub(super) fn hold(&mut self, obstacle: Option<Obstacle>) -> bool {
        if self.held_back == obstacle {
            return false;
        }
        if self.held_back.is_some() != obstacle.is_some() {
            self.look_at = Millis::MIN;
        }
        self.held_back = obstacle;
        true
    }

    /// The claim, or the channel it stood in, is gone.
    pub(super) fn lost(&mut self, now: Millis) {
        let is_ours = self.held().is_some();
        self.leave();
        self.is_void = self.is_looking;
        self.look_at = if is_ours { Millis::MIN } else { now.saturating_add(AFTER_OTHERS) };
    }

    /// The channel is being asked at this moment.
    pub(super) fn is_looking(&self) -> bool {
        self.is_looking
    }

    /// The claim of this desk is taken back.
    pub(super) fn leave(&mut self) {
        self.ours_until = None;
        if matches!(self.claimed, Some(Claimed::Ours(_))) {
            self.claimed = None;
        }
    }

    pub(super) fn held(&self) -> Option<&Claim> {
        match &self.claimed {
            Some(Claimed::Ours(claim)) => Some(claim),
            _ => None,
        }
    }

    pub(super) fn take_round(&mut self, who: &str, service_now: Timestamp, now: Millis) -> Option<ClaimRound> {
        let is_set_back = self.look_at > now.saturating_add(LOOK_IDLE);
        if self.is_looking || (now < self.look_at && !is_set_back) {
            return None;
        }
        self.is_looking = true;
        self.asked_at = now;
        let wants = self.wants();
        // One that has lapsed is no better than a new one.
        let held = self.held().cloned().filter(|held| wants && held.until > service_now);
        Some(ClaimRound {
            wants,
            renews: held.is_none() || now >= self.renew_at || self.renew_at > now.saturating_add(RENEW_AFTER),
            desk: self.desk.clone(),
            who: who.to_owned(),
            held,
            now: service_now,
        })
    }

    /// What came of a round. A failure keeps what was known: a claim holds until its end.
    pub(super) fn take(&mut self, claimed: Claimed, now: Millis) {
        self.is_looking = false;
        if std::mem::take(&mut self.is_void) {
            return;
        }
        let wait = match &claimed {
            Claimed::Ours(_) => LOOK_HELD,
            Claimed::Elsewhere(_) | Claimed::Failed(_) if self.is_on => LOOK_AGAIN,
            Claimed::Free if self.wants() => LOOK_SOON,
            _ => LOOK_IDLE,
        };
        self.look_at = now.saturating_add(wait);
        match &claimed {
            // It still stands there, and ends when it did.
            Claimed::Ours(claim) if self.wants() && self.held() == Some(claim) && self.ours_until.is_some() => return,
            Claimed::Ours(_) if self.wants() => {
                // It was written after this desk set out to write it.
                (self.ours_since, self.ours_until) =
                    (self.asked_at, Some(self.asked_at.saturating_add(LEASE - MARGIN)));
                self.renew_at = now.saturating_add(RENEW_AFTER);
            }
            Claimed::Failed(_) if self.ours_until.is_some_and(|until| now < until) => return,
            _ => self.ours_until = None,
        }
        self.claimed = Some(claimed);
    }

    pub(super) fn state(&self, now: Millis) -> (ResponderState, Message) {
        let held = self.held_back.as_ref();
        let off = say!("rules-state-off");
        match (&self.claimed, held) {
            (Some(Claimed::Elsewhere(claim)), _) => {
                let words = match claim.who.as_str() {
                    "" => say!("rules-state-other-desk"),
                    who => say!("rules-state-elsewhere", name = who),
                };
                (ResponderState::Elsewhere, words)
            }
            (_, Some(Obstacle { why, needs_person: true })) => (ResponderState::Held, off.then(why.clone())),
            _ if !self.is_on => (ResponderState::Off, off),
            (_, Some(Obstacle { why, .. })) => (ResponderState::Stuck, say!("rules-state-stuck").then(why.clone())),
            _ if self.is_ours(now) => (ResponderState::Answering, say!("rules-state-answering")),
            (Some(Claimed::Failed(why)), _) => (ResponderState::Stuck, say!("rules-state-not-yet").then(why.clone())),
            _ => (ResponderState::Claiming, say!("rules-state-claiming")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000 + second * 1000)
    }

    fn message(id: &str, text: String, second: i64) -> TalkMessageFact {
        TalkMessageFact {
            id: Some(id.into()),
            text: Some(text),
            tm_create: Some(at(second)),
            ..TalkMessageFact::default()
        }
    }

    fn round(desk: &str, who: &str, held: Option<Claim>, second: i64) -> ClaimRound {
        ClaimRound { wants: true, desk: desk.into(), who: who.into(), held, renews: true, now: at(second) }
    }

    #[test]
    fn the_first_claim_holds_through_its_renewals_and_ends_by_itself() {
        let dana = Claim::read(&message("m1", round("d", "Dana", None, 0).text(), 1)).unwrap();
        let leo = Claim::read(&message("m2", round("l", "Leo", None, 2).text(), 3)).unwrap();
        assert_eq!((dana.who.as_str(), dana.since), ("Dana", at(1)));
        let both = [leo.clone(), dana.clone()];
        assert_eq!(Claim::holder(&both, at(10)).unwrap().who, "Dana");
        let renewed = Claim::read(&message("m3", round("d", "Dana", Some(dana), 240).text(), 241)).unwrap();
        assert_eq!(renewed.since, at(1), "it is the same claim");
        assert_eq!(Claim::holder(&[leo.clone(), renewed], at(300)).unwrap().who, "Dana");
        assert_eq!(Claim::holder(&[leo], at(3600)), None, "whoever is gone lets go");
    }

    #[test]
    fn a_claim_that_is_gone_holds_no_more_and_whoever_answered_is_the_first_again() {
        let mut standing = Standing::named("d".into());
        standing.switch(true);
        let round = standing.take_round("Dana", at(0), 0).unwrap();
        let claim = Claim::read(&message("m1", round.text(), 0)).unwrap();
        standing.take(Claimed::Ours(claim.clone()), 0);
        assert!(standing.take_round("Dana", at(30), 30_000).is_some());
        standing.lost(30_100);
        assert!(!standing.is_ours(30_100));
        standing.take(Claimed::Ours(claim.clone()), 30_200);
        assert!(!standing.is_ours(30_200), "what was read before counts no more");
        assert!(standing.take_round("Dana", at(31), 30_300).unwrap().renews);
        let mut other = Standing::named("l".into());
        other.switch(true);
        other.take_round("Leo", at(0), 0).unwrap();
        other.take(Claimed::Elsewhere(claim), 0);
        other.lost(30_100);
        assert!(other.take_round("Leo", at(31), 31_000).is_none() && other.take_round("Leo", at(46), 46_000).is_some());
    }

    #[test]
    fn what_stands_in_the_way_is_said_and_the_claim_is_let_go() {
        let mut standing = Standing::named("d".into());
        standing.switch(true);
        let round = standing.take_round("Dana", at(0), 0).unwrap();
        standing.take(Claimed::Ours(Claim::read(&message("m1", round.text(), 0)).unwrap()), 0);
        let obstacle = |needs_person| Some(Obstacle { why: say!("problems-sign-in-over"), needs_person });
        assert!(standing.hold(obstacle(false)) && !standing.hold(obstacle(false)));
        assert!(!standing.is_ours(1));
        assert_eq!(
            standing.state(1),
            (ResponderState::Stuck, say!("rules-state-stuck").then(say!("problems-sign-in-over")))
        );
        let round = standing.take_round("Dana", at(1), 1000).unwrap();
        assert!(!round.wants && round.held.is_none());
        standing.hold(obstacle(true));
        assert_eq!(standing.state(1).0, ResponderState::Held);
        standing.take(Claimed::Free, 1500);
        assert!(standing.hold(None) && standing.take_round("Dana", at(2), 2000).unwrap().wants);
    }

    #[test]
    fn other_messages_are_no_claims() {
        for text in ["Hello", "Dana answers texts by rules", "(ringside claim )"] {
            assert_eq!(Claim::read(&message("m1", text.to_owned(), 0)), None, "{text}");
        }
        let mut gone = message("m1", round("d", "Dana", None, 0).text(), 0);
        gone.tm_delete = Some(at(1));
        assert_eq!(Claim::read(&gone), None);
    }

    #[test]
    fn a_desk_that_hears_nothing_more_stops_before_its_claim_ends() {
        let mut standing = Standing::named("d".into());
        standing.switch(true);
        let round = standing.take_round("Dana", at(0), 0).unwrap();
        assert!(standing.take_round("Dana", at(0), 1).is_none(), "one at a time");
        let claim = Claim::read(&message("m1", round.text(), 0)).unwrap();
        standing.take(Claimed::Ours(claim.clone()), 0);
        assert!(standing.is_ours(1));
        let look = standing.take_round("Dana", at(30), 30_000).unwrap();
        assert!(!look.renews, "whether it still stands there is looked at more often");
        standing.take(Claimed::Ours(claim), 30_500);
        let renewal = standing.take_round("Dana", at(240), 240_000).unwrap();
        assert!(renewal.renews && renewal.held.is_some(), "it is renewed");
        standing.take(Claimed::Failed(Message::verbatim("No answer.")), 250_000);
        assert!(standing.is_ours(560_000) && !standing.is_ours(570_000));
        assert_eq!(standing.state(580_000).0, ResponderState::Claiming);
    }
}
