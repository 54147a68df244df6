//! What there is only while somebody is signed in.

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;

use ringside_desk::{Around, Millis};
use ringside_words::Message;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use voipbin_client::{Connection, Feed, News, Rest, Service, Token};
use voipbin_wire::Timestamp;

use super::Session;
use super::reading::TextsRead;
use super::signing_in::Stay;
use crate::account::Account;
use crate::listening::Listening;
use crate::problem::{Problem, in_words};
use crate::reading::{Reading, UnreadLists};
use crate::routine::Routine;
use crate::turns::Turns;

/// So much news is taken in before anything else is looked at.
const NEWS_AT_ONCE: usize = 256;

/// What there is only while somebody is signed in.
pub(super) struct Work {
    pub(super) account: Account,
    pub(super) token: Token,
    pub(super) stay: Stay,
    pub(super) connection: Connection,
    pub(super) feed: Feed,
    pub(super) rest: Rest,
    pub(super) stage: Stage,
    pub(super) routine: Routine,
    pub(super) turns: Turns,
    /// What is being read over REST, what of it is asked for, and since when it is wanted.
    pub(super) reading: Option<Reading>,
    pub(super) asking: Vec<AbortHandle>,
    pub(super) reading_since: Timestamp,
    pub(super) readings: u64,
    /// The conversations on the pages that were read of their list.
    pub(super) listed: BTreeSet<String>,
    /// The list was read to its end once.
    pub(super) knows_conversations: bool,
    /// Up to when no SMS is missing, where the link was not live since.
    pub(super) messages_until: Option<Timestamp>,
    /// Texts are to be read back to this moment: no desk of this ledger was there since.
    pub(super) texts_since: Option<Timestamp>,
    /// Topics of the customer were refused: texts come by lists, whatever the role.
    pub(super) is_refused: bool,
    /// The conversations that could not be read, and what else, why, and since when it is missing.
    pub(super) missed: BTreeSet<String>,
    pub(super) missed_because: Option<(UnreadLists, Millis)>,
    /// Lists of who and what there is that could not be read whole: why, and since when.
    pub(super) unread: BTreeMap<&'static str, (Message, Millis)>,
    pub(super) texts: TextsRead,
    /// Since when what is around calls is not listened to.
    pub(super) unheard_since: BTreeMap<Around, Millis>,
    /// Since when nothing has escaped us, as far as lists and socket go.
    pub(super) whole_at: Millis,
    pub(super) was_live: bool,
    pub(super) listening: Listening,
    pub(super) rereads: u64,
    pub(super) rereads_failed: u64,
}

/// What the shift does about the link.
pub(super) enum Stage {
    /// Nothing: it is not there yet.
    Down,
    /// Reads what was missed before this socket.
    CatchingUp { socket: u64 },
    /// Looks from time to time.
    Live,
}

/// With what somebody is signed in.
pub(super) struct SignedIn {
    pub(super) account: Account,
    pub(super) token: Token,
    pub(super) stay: Stay,
    pub(super) rest: Rest,
}

impl Work {
    /// The link is being opened, and nothing has been read yet.
    pub(super) fn begin(signed_in: SignedIn, (connection, feed): (Connection, Feed), now: Millis, chance: f64) -> Self {
        let SignedIn { account, token, stay, rest } = signed_in;
        Self {
            routine: Routine::new(!account.is_manager(), Instant::now(), chance),
            turns: Turns::new(!account.is_manager(), Instant::now()),
            reading: None,
            asking: Vec::new(),
            reading_since: Timestamp::from_millis(now),
            readings: 0,
            listed: BTreeSet::new(),
            knows_conversations: false,
            messages_until: None,
            texts_since: None,
            is_refused: false,
            missed: BTreeSet::new(),
            missed_because: None,
            unread: BTreeMap::new(),
            texts: TextsRead::default(),
            unheard_since: BTreeMap::new(),
            account,
            token,
            stay,
            connection,
            feed,
            rest,
            stage: Stage::Down,
            whole_at: now,
            was_live: false,
            listening: Listening::new(Instant::now()),
            rereads: 0,
            rereads_failed: 0,
        }
    }

    /// Other rights, so other things are heard and looked at, on another link; the
    /// one that is left comes back.
    pub(super) fn connect_anew(&mut self, (connection, feed): (Connection, Feed), chance: f64) -> Connection {
        let is_manager = self.account.is_manager();
        self.feed = feed;
        self.stage = Stage::Down;
        self.routine = Routine::new(!is_manager, Instant::now(), chance);
        self.turns = Turns::new(!is_manager, Instant::now());
        self.is_refused = false;
        self.listening = Listening::new(Instant::now());
        std::mem::replace(&mut self.connection, connection)
    }

    /// Events of the customer's things come or are refused: where they are, what they
    /// tell of is read from lists.
    pub(super) fn hears_of_customer(&mut self, is_heard: bool) {
        match is_heard {
            true if self.is_refused => {
                self.routine.looks_at_own_no_more();
                self.turns.beside_events();
            }
            true => {}
            false => {
                self.routine.looks_at_own(Instant::now());
                self.turns.by_lists_only();
            }
        }
        self.is_refused = !is_heard;
    }

    /// The link is live.
    pub(super) fn went_live(&mut self, now: Millis) {
        if !matches!(self.stage, Stage::Live) {
            self.routine.went_live(Instant::now());
            self.messages_until = None;
            self.texts = TextsRead::since(now);
        }
        self.stage = Stage::Live;
        self.was_live = true;
    }

    /// The link is not live, or no longer: what came since it last showed a sign of
    /// life is missing, too.
    pub(super) fn went_down(&mut self, proven_at: Millis) {
        if matches!(self.stage, Stage::Live) {
            self.whole_at = proven_at;
        }
        self.stage = Stage::Down;
        self.turns.let_go();
    }
}

impl Session {
    pub(super) async fn leave(&mut self) {
        if let Some(Work { connection, feed, .. }) = self.work.take() {
            drop(feed);
            connection.leave().await;
        }
    }
}

/// The service of an account, and its request side with the token.
pub(super) fn reach(account: &Account, token: &Token) -> Result<(Service, Rest), Problem> {
    let service = account.service()?;
    let rest = Rest::new(service.clone()).map_err(|error| Problem::from(in_words(&error)))?;
    Ok((service, rest.signed_in(token.clone())))
}

pub(super) async fn next(work: &mut Option<Work>) -> Vec<News> {
    match work {
        Some(work) => work.feed.recv(NEWS_AT_ONCE).await,
        None => pending().await,
    }
}
