//! Callers who wait in queues.

use ringside_words::{Message, say};
use voipbin_wire::{QueueFact, QueuePlace, Timestamp};

use crate::Millis;
use crate::alert::{About, Alert, AlertKind};
use crate::callers::board::Tally;
use crate::callers::history::Left;
use crate::callers::queues::{Queue, Queues, Stand, WhyLeft, why_left};
use crate::callers::record::{Caller, Marks, Telling};
use crate::figures::Figures;
use crate::moment::{Heard, Moment};
use crate::numbers::shown_number;
use crate::shelf::{set, set_told};
use crate::view::{OutcomeView as Outcome, WaitView};

/// A caller who was told before a loss of the link and not since is taken to be
/// gone after this time.
const STALE_FOR: Millis = 30 * 60_000;
/// Nobody waits longer than this: a larger number is a mistake.
const LONGEST_BELIEVED: Millis = 24 * 3_600_000;
/// So many places in queues are remembered of one caller.
const PLACES: usize = 16;

/// A caller in a queue and when the newest fact about it was true.
#[derive(Debug)]
pub(crate) struct Wait {
    /// The queue; the live service names it only in the list of queues.
    pub(crate) queue: Option<Queue>,
    /// This caller's place: another after leaving and coming back.
    pub(crate) place: u64,
    position: Option<i64>,
    estimated_s: Option<i64>,
    likely_s: Option<i64>,
    pub(crate) since: Millis,
    pub(crate) is_stale: bool,
    stale_since: Option<Millis>,
    at: Heard,
    /// The agent has said that the tone was heard.
    pub(crate) is_heard: bool,
    /// Where the figures count this caller.
    stand: Option<Stand>,
}

/// A place in a queue that a caller has or had.
#[derive(Debug)]
pub(crate) struct Place {
    name: u64,
    pub(crate) queue: Option<Queue>,
    pub(crate) joined: Millis,
    /// When the caller left it, the latest that was told.
    left: Option<Option<Timestamp>>,
    /// What became of it was counted.
    is_counted: bool,
}

impl Wait {
    /// See [`Desk::clock_jumped`](crate::Desk::clock_jumped).
    pub(crate) fn clock_jumped(&mut self, by: Millis, shown: Millis, queues: &mut Queues) {
        self.stale_since = self.stale_since.map(|since| since + by);
        self.since += shown;
        self.takes_stand(queues);
    }

    /// Counts this caller where it waits now.
    fn takes_stand(&mut self, queues: &mut Queues) {
        self.stand = Some(queues.stand(self.queue, self.since, self.stand));
    }

    /// Whether nobody has told of it for far longer than anybody waits.
    pub(crate) fn is_old(&self, now: Millis) -> bool {
        self.stale_since.is_some_and(|since| now - since >= STALE_FOR)
    }

    /// Whether the list of waiting callers was whole enough to hold it.
    pub(crate) fn should_be_listed(&self, whole_since: Millis) -> bool {
        self.stale_since.is_some() && self.since >= whole_since
    }
}

impl Caller {
    /// A caller moved in a queue. Until when at the latest this was so.
    pub(crate) fn take_queue(
        &mut self,
        fact: &QueueFact,
        (name, queue): (u64, Option<Queue>),
        telling: Telling<'_>,
        queues: &mut Queues,
        figures: &mut Figures,
        tally: &mut Tally,
    ) -> Millis {
        let Telling { me, moment, .. } = telling;
        let began = moment.when(fact.tm_join.or(moment.at));
        let at_latest = moment.at_latest(moment.at);
        let place = self.place(name, queue, began);
        let (mut is_counted, left) = (self.places[place].is_counted, self.places[place].left);
        // Who was connected has not given up, whichever of the two is told first.
        let is_connected = fact.place == Some(QueuePlace::Connected) || fact.tm_connect.is_some();
        self.trail.is_connected |= is_connected;
        if !is_counted {
            let queue = queue.map(|queue| queues.id(queue));
            is_counted = self.count_place(fact, queue, is_connected, moment, figures);
            self.places[place].is_counted = is_counted;
        }
        if fact.place == Some(QueuePlace::Left) && !self.trail.is_connected {
            self.leaves_unanswered(fact, queue, began);
        }
        // A caller may come back to the same queue, so only an older frame is too late,
        // unless the place has a name of its own: who comes back gets another.
        if self.is_over || left.is_some_and(|left| fact.id.is_some() || moment.at <= left) {
            return at_latest;
        }
        self.meets(fact.source.as_ref(), None);
        self.board_queue(fact, queue, moment, tally);
        if fact.place == Some(QueuePlace::Waiting) {
            self.waits(fact, name, queue, began, moment, queues, figures);
            return at_latest;
        }
        // A copy of what was told before does not bring the caller back, whatever clock told of the leaving.
        let last = self.wait.as_ref().filter(|wait| wait.place == name).and_then(|wait| wait.at.at());
        self.places[place].left = Some(moment.at.max(last));
        let is_elsewhere = fact.agent_id.as_deref().is_some_and(|agent| !agent.is_empty() && agent != me);
        let is_given_away = fact.place == Some(QueuePlace::Connected) && is_elsewhere && !me.is_empty();
        if is_given_away {
            // Somebody else's agent has the caller: here it rings no longer.
            self.is_given_away(moment);
        }
        // The caller may have gone from this queue on to the next.
        let heard = moment.heard();
        // A place with a name of its own is never taken again: who left it left, whatever the time says.
        let is_last = |wait: &Wait| fact.id.is_some() || !heard.is_older(wait.at);
        if self.wait.as_ref().is_some_and(|wait| wait.place == name && is_last(wait)) {
            self.leaves_queue(queues);
        }
        if is_given_away { Millis::MAX } else { at_latest }
    }

    /// The record of a place in a queue. Of more than are kept the first goes.
    fn place(&mut self, name: u64, queue: Option<Queue>, joined: Millis) -> usize {
        if let Some(at) = self.places.iter().position(|place| place.name == name) {
            let place = &mut self.places[at];
            let queue = place.queue.or(queue);
            let is_news = set(&mut place.queue, queue) | (joined < place.joined);
            place.joined = place.joined.min(joined);
            self.changed.add_if(is_news && self.past.is_some(), Marks::PAST);
            return at;
        }
        if self.places.len() >= PLACES {
            self.places.remove(0);
        }
        self.places.reserve_exact(1);
        self.places.push(Place { name, queue, joined, left: None, is_counted: false });
        self.changed.add_if(self.past.is_some(), Marks::PAST);
        self.places.len() - 1
    }

    #[expect(clippy::too_many_arguments, reason = "all that one fact tells of one place")]
    fn waits(
        &mut self,
        fact: &QueueFact,
        name: u64,
        queue: Option<Queue>,
        began: Millis,
        moment: &Moment,
        queues: &mut Queues,
        figures: &Figures,
    ) {
        let is_new = self.wait.is_none();
        let heard = moment.heard();
        let wait = self.wait.get_or_insert_with(|| {
            Box::new(Wait {
                queue,
                place: name,
                position: None,
                estimated_s: None,
                likely_s: None,
                since: began,
                is_stale: false,
                stale_since: None,
                at: Heard::default(),
                is_heard: false,
                stand: None,
            })
        });
        let mut is_news = is_new | set(&mut wait.is_stale, false);
        if !heard.is_older(wait.at) {
            is_news |= set_told(&mut wait.position, fact.position.as_ref());
            is_news |= set_told(&mut wait.estimated_s, fact.estimated_wait.as_ref());
            if wait.place != name {
                wait.place = name;
                is_news |= set(&mut wait.since, began);
            }
            is_news |= set_told(&mut wait.queue, queue.as_ref());
        }
        if moment.at.is_some() && !heard.is_older(wait.at) {
            wait.at = heard;
        }
        wait.stale_since = None;
        let likely = wait.queue.filter(|_| wait.estimated_s.is_none());
        is_news |= set(&mut wait.likely_s, likely.and_then(|queue| figures.likely_s(queues.id(queue))));
        wait.takes_stand(queues);
        self.changed.add_if(is_news, Marks::WAIT);
    }

    /// The queues say which one a place is in.
    pub(crate) fn is_placed(&mut self, queues: &mut Queues, figures: &Figures) {
        let Some(wait) = &mut self.wait else { return };
        if wait.queue.is_some() {
            return;
        }
        let Some(queue) = queues.at(wait.place) else { return };
        wait.queue = Some(queue);
        wait.likely_s = figures.likely_s(queues.id(queue)).filter(|_| wait.estimated_s.is_none());
        wait.takes_stand(queues);
        let name = wait.place;
        if let Some(place) = self.places.iter_mut().find(|place| place.name == name) {
            place.queue = Some(queue);
            self.changed.add_if(self.past.is_some(), Marks::PAST);
        }
        self.changed.add(Marks::WAIT);
    }

    /// A caller who left the queue unanswered; the wait may have been heard of or not.
    fn leaves_unanswered(&mut self, fact: &QueueFact, queue: Option<Queue>, began: Millis) {
        let (outcome, why) = match why_left(fact) {
            WhyLeft::GaveUp => (Outcome::GaveUp, None),
            WhyLeft::SentAway(words) if fact.tm_connect.is_none() => (Outcome::Left, Some(Box::new(words))),
            WhyLeft::Served | WhyLeft::SentAway(_) => return,
        };
        if self.left.as_ref().is_none_or(|left| left.outcome < outcome) {
            let queue = queue.or(self.wait.as_ref().and_then(|wait| wait.queue));
            self.left = Some(Box::new(Left { outcome, queue, began, why }));
        }
    }

    /// What became of a caller's place counts once, however often it is told.
    fn count_place(
        &self,
        fact: &QueueFact,
        queue: Option<&str>,
        is_answered: bool,
        moment: &Moment,
        figures: &mut Figures,
    ) -> bool {
        let is_abandoned = fact.place == Some(QueuePlace::Left) && !is_answered && why_left(fact) == WhyLeft::GaveUp;
        if !(is_answered || is_abandoned) {
            return false;
        }
        let ended = moment.when(fact.tm_connect.or(fact.tm_leave).or(moment.at));
        if is_abandoned {
            figures.abandoned(queue, ended);
            return true;
        }
        let known = self.wait.as_ref().map(|wait| wait.since);
        let joined = fact.tm_join.map(|joined| moment.when(Some(joined))).or(known);
        let told = fact.duration_waiting.or(fact.wait_time.map(|seconds| seconds.saturating_mul(1000)));
        let told = told.filter(|told| (0..=LONGEST_BELIEVED).contains(told));
        if let Some(waited) = told.or(joined.map(|joined| ended - joined)) {
            figures.answered(queue, ended, waited);
        }
        true
    }

    /// It waits in no queue.
    pub(crate) fn leaves_queue(&mut self, queues: &mut Queues) {
        let Some(wait) = self.wait.take() else { return };
        if let Some(stand) = wait.stand {
            queues.leave(stand);
        }
        self.changed.add(Marks::WAIT);
    }

    /// The link is lost: it may wait no longer.
    pub(crate) fn wait_is_doubted(&mut self, now: Millis) {
        let Some(wait) = &mut self.wait else { return };
        if set(&mut wait.is_stale, true) {
            wait.stale_since = Some(now);
            self.changed.add(Marks::WAIT);
        }
    }

    /// A caller whose call is at this desk already is not listed as waiting too,
    /// but on a desk that shows every call of the customer.
    pub(crate) fn is_listed(&self, me: &str) -> bool {
        self.wait.is_some() && (me.is_empty() || self.here.is_none())
    }

    /// The waiting caller as the window draws it, if it is listed.
    pub(crate) fn waiting(&self, me: &str, queues: &Queues, name: Option<&str>) -> Option<WaitView> {
        let wait = self.wait.as_ref().filter(|_| self.is_listed(me))?;
        Some(WaitView {
            id: self.id.to_string(),
            queue: wait.queue.map_or_else(String::new, |queue| queues.name(queue)),
            name: name.or(self.party.name.as_deref()).map(str::to_owned),
            number: self.party.number.as_deref().map(str::to_owned),
            position: wait.position,
            estimated_s: wait.estimated_s,
            likely_s: wait.likely_s,
            mine: wait.queue.and_then(|queue| queues.is_mine(queue)),
            since: wait.since,
            stale: wait.is_stale,
        })
    }
}

/// What the notice of a waiting caller is called.
pub(crate) fn key(id: &str) -> String {
    format!("wait {id}")
}

/// The notice that somebody waits.
pub(crate) fn began_to_wait(wait: &WaitView) -> Alert {
    let who = wait.name.as_deref().map(Message::verbatim).or_else(|| wait.number.as_deref().map(shown_number));
    let position = wait.position.map(|position| say!("alerts-position", position = position));
    let estimate =
        wait.estimated_s.map(|seconds| say!("alerts-estimate", time = say!("common-seconds", seconds = seconds)));
    let title = match wait.queue.as_str() {
        "" => say!("alerts-waiting-somewhere"),
        queue => say!("alerts-waiting", queue = queue),
    };
    Alert::Raise {
        key: key(&wait.id),
        kind: AlertKind::Waiting,
        title,
        body: Message::beside([who, position, estimate].into_iter().flatten()),
        about: About::Wait { id: wait.id.clone(), number: wait.number.clone() },
    }
}
