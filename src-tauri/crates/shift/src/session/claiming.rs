//! Which desk answers, asked of the team's channel over REST (the rules of it are
//! the desk's). The channel is looked for by its name, page by page; it is joined
//! once, since joining again tells everybody; and what seems to be gone is looked
//! at before anything is made of it, since the service answers 500 to both.

use std::time::Duration;

use ringside_desk::{CLAIM_CHANNEL, CLAIM_CHANNEL_DETAIL, Claim, ClaimRound, Claimed};
use ringside_words::{Message, say};
use tokio::time::sleep;
use uuid::Uuid;
use voipbin_client::{List, Rest, RestError};
use voipbin_wire::{Fact, TalkFact, Timestamp};

use crate::problem::in_words;

/// What was written in the channel is read again after this: another desk may
/// have written in the same moment.
const SETTLES_WITHIN: Duration = Duration::from_millis(500);
/// So many pages of chats are looked through.
const PAGES_OF_CHATS: usize = 100;
/// So many pages of messages are, for claims of the last minutes.
const PAGES_OF_CLAIMS: usize = 20;
const ALL: Timestamp = Timestamp::from_micros(i64::MIN);

/// The channel, as far as this desk knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Room {
    channel: Option<String>,
    /// The agent is in it.
    is_member: bool,
    /// How often it was forgotten: an answer that is older than that knows nothing.
    era: u32,
    /// Claims that an earlier run left were looked for. What is said under this
    /// desk's name later is said by a copy of it that is alive.
    has_tidied: bool,
}

/// Why nobody knows who answers.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotClaimed {
    /// The service did not say.
    #[error(transparent)]
    Rest(#[from] RestError),
    /// A list was too long to be read to its end.
    #[error("the team's chats could not be read to their end")]
    TooMuch,
    /// A claim that an earlier run of this desk left, or that a copy of it made,
    /// was taken back.
    #[error("an earlier run of this desk had left its claim")]
    LeftOver,
    /// The channel that this desk knew is gone.
    #[error("the channel of the claims was closed")]
    Closed,
}

impl NotClaimed {
    /// The same for the agent.
    pub(super) fn in_words(&self) -> Message {
        match self {
            Self::Rest(error) => say!("rules-team-not-told", why = in_words(error)),
            Self::TooMuch => say!("rules-channel-not-found", channel = CLAIM_CHANNEL),
            Self::LeftOver => say!("rules-earlier-run"),
            Self::Closed => say!("rules-channel-closed", channel = CLAIM_CHANNEL),
        }
    }
}

impl Room {
    /// Whether this chat is the channel.
    pub(super) fn is(&self, talk: &str) -> bool {
        self.channel.as_deref() == Some(talk)
    }

    /// Forgets the channel: it is gone, or no longer called so.
    pub(super) fn forget(&mut self) {
        *self = Self { era: self.era.saturating_add(1), has_tidied: self.has_tidied, ..Self::default() };
    }

    /// What an answer knows of it, unless it was forgotten since it was asked.
    pub(super) fn learn(&mut self, told: Self) {
        if told.era >= self.era {
            *self = told;
        }
    }

    /// One round: who answers? Nobody, and this desk is to: it says so, and
    /// looks again whether it was the first to say it.
    pub(super) async fn ask(&mut self, rest: &Rest, round: &ClaimRound) -> Result<Claimed, NotClaimed> {
        if let (Some(held), false) = (&round.held, round.renews)
            && self.still_holds(rest, held, round).await?
        {
            return Ok(Claimed::Ours(held.clone()));
        }
        let Some(channel) = self.enter(rest, round).await? else { return Ok(Claimed::Free) };
        let found = self.claims(rest, &channel, Claim::oldest(round.now)).await?;
        if round.wants && !self.has_tidied {
            let left: Vec<&Claim> = found.iter().filter(|claim| is_same_desk(claim, round)).collect();
            for claim in &left {
                rest.take_back_in_talk(&channel, &claim.message).await?;
            }
            self.has_tidied = true;
            if !left.is_empty() {
                // A copy of this desk that is alive notices, and says so again.
                return Err(NotClaimed::LeftOver);
            }
        }
        match Claim::holder(&found, round.now) {
            Some(holder) if holder.desk != round.desk => return Ok(Claimed::Elsewhere(holder.clone())),
            None if !round.wants => return Ok(Claimed::Free),
            _ => {}
        }
        let said =
            if round.wants { rest.say_in_talk(&channel, &round.text(), None).await? } else { Default::default() };
        sleep(SETTLES_WITHIN).await;
        // What was just written says what time it is there, whatever the clock is here.
        let now = said.tm_create.unwrap_or(round.now);
        let found = self.claims(rest, &channel, Claim::oldest(now)).await?;
        let newest = found.iter().find(|claim| said.id.as_ref() == Some(&claim.message));
        let holder = Claim::holder(&found, now);
        let is_ours = newest.is_some() && holder.is_some_and(|holder| holder.desk == round.desk);
        for old in found.iter().filter(|claim| claim.desk == round.desk && (!is_ours || Some(*claim) != newest)) {
            if let Err(error) = rest.take_back_in_talk(&channel, &old.message).await {
                tracing::info!(%error, "an earlier claim of this desk ends by itself");
            }
        }
        Ok(match (holder, newest) {
            (_, Some(newest)) if is_ours => Claimed::Ours(newest.clone()),
            (Some(holder), _) if holder.desk != round.desk => Claimed::Elsewhere(holder.clone()),
            _ => Claimed::Free,
        })
    }

    /// Whether the claim of this desk still stands in the channel, and is the first.
    async fn still_holds(&mut self, rest: &Rest, held: &Claim, round: &ClaimRound) -> Result<bool, NotClaimed> {
        let Some(channel) = self.channel.clone() else { return Ok(false) };
        match self.claims(rest, &channel, Claim::oldest(round.now)).await {
            Ok(found) => {
                let is_first = Claim::holder(&found, round.now).is_none_or(|holder| holder.desk == round.desk);
                Ok(is_first && found.iter().any(|claim| claim.message == held.message))
            }
            Err(NotClaimed::Rest(error)) if error.may_mean_gone() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The channel, found or opened, with the agent in it; none when there is
    /// none and nobody needs one.
    async fn enter(&mut self, rest: &Rest, round: &ClaimRound) -> Result<Option<String>, NotClaimed> {
        let found = match (first_channel(rest).await?, self.channel.clone()) {
            (Some(channel), _) => Some(channel),
            // Not on the list: it is asked for by name before it is given up.
            (None, Some(known)) => rest.talk(&known).await?.filter(is_for_claims).and_then(|talk| talk.id),
            (None, None) => None,
        };
        let was_known = self.channel.is_some();
        if found.is_none() || found != self.channel {
            self.forget();
        }
        let channel = match found {
            Some(channel) => channel,
            None if !round.wants => return Ok(None),
            None if was_known && round.held.is_none() => return Err(NotClaimed::Closed),
            None => self.open(rest).await?,
        };
        if !self.is_member {
            let mine = whole(rest, &List::Talks).await?;
            if !mine.iter().any(|talk| talk.id.as_ref() == Some(&channel)) {
                rest.join_channel(&channel).await?;
            }
        }
        (self.channel, self.is_member) = (Some(channel.clone()), true);
        Ok(Some(channel))
    }

    /// Opens the channel. Where another desk did so in the same moment, the one
    /// that both find counts, and the other is closed.
    async fn open(&mut self, rest: &Rest) -> Result<String, NotClaimed> {
        let opened = rest.open_channel(CLAIM_CHANNEL, CLAIM_CHANNEL_DETAIL).await?.id;
        let first = first_channel(rest).await?.or_else(|| opened.clone()).ok_or(RestError::NotFound)?;
        match opened {
            Some(opened) if opened != first => {
                if let Err(error) = rest.close_talk(&opened).await {
                    tracing::info!(%error, "a channel that nobody needs stays");
                }
            }
            _ => self.is_member = true,
        }
        Ok(first)
    }

    async fn claims(&mut self, rest: &Rest, channel: &str, since: Timestamp) -> Result<Vec<Claim>, NotClaimed> {
        let listed = rest.list(&List::TalkMessages(channel.to_owned()), since, PAGES_OF_CLAIMS).await;
        if matches!(listed, Err(RestError::Forbidden { .. })) {
            // Somebody put the agent out: the next round joins again.
            self.is_member = false;
        }
        let listed = listed?;
        if listed.whole_since.is_none_or(|whole| whole > since) {
            return Err(NotClaimed::TooMuch);
        }
        let read = |told: voipbin_wire::Told| match told.fact {
            Fact::TalkMessage(message) => Claim::read(&message),
            _ => None,
        };
        Ok(listed.told.into_iter().filter_map(read).collect())
    }
}

/// What a run of a desk is called: each start is another one, so that a ledger
/// that was copied to another computer makes no two desks that are one.
pub(super) fn name_of_run(desk: &str) -> String {
    format!("{desk}.{}", &Uuid::new_v4().simple().to_string()[..8])
}

/// Whether a claim is another run's of the same desk.
fn is_same_desk(claim: &Claim, round: &ClaimRound) -> bool {
    let desk = |name: &str| name.split_once('.').map_or(name, |(desk, _)| desk).to_owned();
    claim.desk != round.desk && desk(&claim.desk) == desk(&round.desk)
}

/// The channel of the claims: of several the first that was opened.
async fn first_channel(rest: &Rest) -> Result<Option<String>, NotClaimed> {
    let channels = whole(rest, &List::Channels).await?.into_iter().filter(is_for_claims);
    Ok(channels.min_by_key(|talk| (talk.tm_create, talk.id.clone())).and_then(|talk| talk.id))
}

/// Whether this is the channel of the claims.
pub(super) fn is_for_claims(talk: &TalkFact) -> bool {
    talk.name.as_deref() == Some(CLAIM_CHANNEL) && talk.tm_delete.is_none()
}

/// A list of chats to its end: half of it says nothing of what is not on it.
async fn whole(rest: &Rest, list: &List) -> Result<Vec<TalkFact>, NotClaimed> {
    let listed = rest.list(list, ALL, PAGES_OF_CHATS).await?;
    if listed.whole_since != Some(ALL) {
        return Err(NotClaimed::TooMuch);
    }
    let talk = |told: voipbin_wire::Told| match told.fact {
        Fact::Talk(talk) => Some(talk),
        _ => None,
    };
    Ok(listed.told.into_iter().filter_map(talk).collect())
}
