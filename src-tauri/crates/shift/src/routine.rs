//! What is looked at regularly, and when (live-service.md, sections 4.12 and 7.7).
//!
//! A manager's socket tells everything, so the lists are only compared every
//! few minutes. A plain agent's tells rings and little more: the rest is looked
//! at by and by, well within what one agent may ask (section 7.10). Whose texts
//! are read when is written in [`crate::turns`].

use std::time::Duration;

use tokio::time::Instant;

/// The lists are compared this often, …
const COMPARE_EVERY: Duration = Duration::from_secs(300);
/// … give or take this much, so that a floor of desks does not ask at once.
const GIVE_OR_TAKE: Duration = Duration::from_secs(60);
/// The own status, while it says that something rings of which nothing was told.
const ME_WHILE_RINGING: Duration = Duration::from_secs(3);
const ME_EVERY: Duration = Duration::from_secs(60);
const CONVERSATIONS_EVERY: Duration = Duration::from_secs(45);
/// The agent's calls follow a ring by about this much.
const CALLS_AFTER_RING: Duration = Duration::from_secs(2);
/// Who waits in which queue is read soon after somebody joins, …
const QUEUES_AFTER_JOIN: Duration = Duration::from_secs(1);
/// … and no more often than this.
const QUEUES_AT_MOST_EVERY: Duration = Duration::from_secs(5);

/// Something to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// All lists, for what was lost in silence.
    Everything,
    /// The agent, the colleagues and the queues' names: once the link is live.
    Surroundings,
    /// Which queue a caller waits in, where the caller's event does not say so.
    Queues,
    /// The own status.
    Me,
    /// The own calls.
    OwnCalls,
    /// Which conversations there are.
    Conversations,
}

/// When to look at what next.
#[derive(Debug)]
pub(crate) struct Routine {
    next: Vec<(Look, Instant)>,
    under_way: Vec<Look>,
    queues_read: Option<Instant>,
    /// Spreads the desks of a floor, in 0..=1.
    chance: f64,
}

impl Routine {
    /// What a manager, or a plain agent, looks at.
    pub(crate) fn new(is_plain_agent: bool, now: Instant, chance: f64) -> Self {
        let compare = COMPARE_EVERY - GIVE_OR_TAKE + 2 * GIVE_OR_TAKE.mul_f64(chance.clamp(0.0, 1.0));
        let next = vec![(Look::Everything, now + compare)];
        let mut routine = Self { next, under_way: Vec::new(), queues_read: None, chance: chance.clamp(0.0, 1.0) };
        if is_plain_agent {
            routine.looks_at_own(now);
        }
        routine
    }

    /// The socket tells nothing of the customer's, so the agent's own things are
    /// looked at from now on.
    pub(crate) fn looks_at_own(&mut self, now: Instant) {
        if self.next.iter().any(|(look, _)| *look == Look::Me) {
            return;
        }
        self.next.push((Look::Me, now + ME_EVERY.mul_f64(0.5 + self.chance / 2.0)));
        self.next.push((Look::Conversations, now + CONVERSATIONS_EVERY));
    }

    /// The socket tells of the customer's things after all: they are looked at no longer.
    pub(crate) fn looks_at_own_no_more(&mut self) {
        self.next.retain(|(look, _)| !matches!(look, Look::Me | Look::Conversations | Look::OwnCalls));
    }

    /// A ring began or changed: soon the own calls say more.
    pub(crate) fn ring_changed(&mut self, now: Instant) {
        let is_planned = self.next.iter().any(|(look, _)| *look == Look::OwnCalls);
        let looks_at_own = self.next.iter().any(|(look, _)| *look == Look::Me);
        if looks_at_own && !is_planned {
            self.next.push((Look::OwnCalls, now + CALLS_AFTER_RING));
        }
    }

    /// The own status may tell of a ring that no event did.
    pub(crate) fn status_matters(&mut self, now: Instant) {
        for (_, at) in self.next.iter_mut().filter(|(look, _)| *look == Look::Me) {
            *at = (*at).min(now + ME_WHILE_RINGING);
        }
    }

    /// Somebody waits in a queue that nobody has named: soon the queues say which.
    pub(crate) fn queue_unknown(&mut self, now: Instant) {
        if !self.next.iter().any(|(look, _)| *look == Look::Queues) {
            let free_at = self.queues_read.map_or(now, |read| read + QUEUES_AT_MOST_EVERY);
            self.next.push((Look::Queues, free_at.max(now + QUEUES_AFTER_JOIN)));
        }
    }

    /// Something was not read to its end: it is looked at once more.
    pub(crate) fn look_again(&mut self, look: Look, at: Instant) {
        if !self.next.iter().any(|(planned, _)| *planned == look) {
            self.next.push((look, at));
        }
    }

    /// The list of conversations took so many requests: a longer one is looked at less often.
    pub(crate) fn conversations_took(&mut self, requests: u32, now: Instant) {
        for (_, at) in self.next.iter_mut().filter(|(look, _)| *look == Look::Conversations) {
            *at = (*at).max(now + CONVERSATIONS_EVERY * requests);
        }
    }

    /// The link is live and all lists were just read: what is around is looked
    /// at next, and the lists are not compared before their time comes again.
    pub(crate) fn went_live(&mut self, now: Instant) {
        for (_, at) in self.next.iter_mut().filter(|(look, _)| *look == Look::Everything) {
            *at = (*at).max(now + COMPARE_EVERY);
        }
        if !self.next.iter().any(|(look, _)| *look == Look::Surroundings) {
            self.next.push((Look::Surroundings, now));
        }
    }

    /// What is due now. The next time is planned from now on, and nothing is
    /// begun anew before it is [`Routine::done`].
    pub(crate) fn due(&mut self, now: Instant) -> Vec<Look> {
        let mut due = Vec::new();
        let under_way = &self.under_way;
        self.next.retain_mut(|(look, at)| {
            if *at > now || under_way.contains(look) {
                return true;
            }
            due.push(*look);
            let every = match look {
                Look::Everything => COMPARE_EVERY,
                Look::Me => ME_EVERY,
                Look::Conversations => CONVERSATIONS_EVERY,
                Look::OwnCalls | Look::Surroundings | Look::Queues => return false,
            };
            *at = now + every;
            true
        });
        if due.contains(&Look::Queues) {
            self.queues_read = Some(now);
        }
        self.under_way.extend(&due);
        due
    }

    pub(crate) fn done(&mut self, look: Look) {
        self.under_way.retain(|under_way| *under_way != look);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks_in_an_hour(is_plain: bool) -> Vec<Look> {
        let start = Instant::now();
        let mut routine = Routine::new(is_plain, start, 0.5);
        let mut looks = Vec::new();
        for second in 0..3600 {
            let now = start + Duration::from_secs(second);
            if second % 360 == 0 {
                routine.ring_changed(now);
            }
            for look in routine.due(now) {
                looks.push(look);
                routine.done(look);
            }
        }
        looks
    }

    #[test]
    fn a_manager_compares_every_few_minutes_and_looks_at_nothing_else() {
        let looks = looks_in_an_hour(false);
        assert!((11..=12).contains(&looks.len()) && looks.iter().all(|look| *look == Look::Everything), "{looks:?}");
    }

    #[test]
    fn a_plain_agent_leaves_room_for_texts_within_a_quarter_request_a_second() {
        let looks = looks_in_an_hour(true);
        let requests: usize = looks.iter().map(|look| if *look == Look::Everything { 2 } else { 1 }).sum();
        let of_texts = 3600 / 5;
        assert!(requests + of_texts <= 900, "{requests} in an hour, and {of_texts} for texts");
        let count = |wanted| looks.iter().filter(|look| **look == wanted).count();
        assert!(count(Look::Me) >= 59 && count(Look::Conversations) >= 79 && count(Look::OwnCalls) == 10);
    }

    #[test]
    fn a_manager_whose_topics_are_refused_looks_as_a_plain_agent_does() {
        let start = Instant::now();
        let mut routine = Routine::new(false, start, 0.5);
        routine.looks_at_own(start);
        routine.looks_at_own(start + Duration::from_secs(1));
        let due = routine.due(start + Duration::from_secs(61));
        for look in [Look::Me, Look::Conversations] {
            assert_eq!(due.iter().filter(|due| **due == look).count(), 1, "{look:?}");
        }
    }

    #[test]
    fn topics_that_were_refused_for_a_while_make_nobody_ask_for_ever() {
        let start = Instant::now();
        let mut routine = Routine::new(false, start, 0.5);
        routine.looks_at_own(start);
        routine.ring_changed(start);
        routine.looks_at_own_no_more();
        assert_eq!(routine.due(start + Duration::from_secs(61)), [], "events tell again");
        routine.looks_at_own(start);
        assert!(routine.due(start + Duration::from_secs(61)).contains(&Look::Me), "and may be refused again");
    }

    #[test]
    fn lists_that_were_just_read_are_not_compared_at_once() {
        let start = Instant::now();
        let mut routine = Routine::new(false, start, 0.5);
        routine.went_live(start + Duration::from_secs(299));
        assert!(!routine.due(start + Duration::from_secs(301)).contains(&Look::Everything));
        assert!(routine.due(start + Duration::from_secs(600)).contains(&Look::Everything));
    }

    #[test]
    fn a_rush_into_the_queues_reads_them_every_few_seconds() {
        let start = Instant::now();
        let mut routine = Routine::new(false, start, 0.5);
        let mut read = Vec::new();
        for second in 0..60 {
            routine.queue_unknown(start + Duration::from_secs(second));
            for look in routine.due(start + Duration::from_secs(second)) {
                read.push((look, second));
                routine.done(look);
            }
        }
        assert_eq!(read[0], (Look::Queues, 1));
        assert!(read.windows(2).all(|two| two[1].1 - two[0].1 == 5), "{read:?}");
    }

    #[test]
    fn a_slow_answer_is_waited_for() {
        let start = Instant::now();
        let mut routine = Routine::new(true, start, 0.5);
        let later = start + Duration::from_secs(61);
        assert!(routine.due(later).contains(&Look::Me));
        assert!(!routine.due(later + Duration::from_secs(600)).contains(&Look::Me), "not a second one beside it");
        routine.done(Look::Me);
        assert!(routine.due(later + Duration::from_secs(601)).contains(&Look::Me));
    }

    #[test]
    fn what_could_not_be_read_to_its_end_is_looked_at_once_more() {
        let start = Instant::now();
        let mut routine = Routine::new(false, start, 0.5);
        routine.went_live(start);
        assert_eq!(routine.due(start), [Look::Surroundings]);
        routine.done(Look::Surroundings);
        let later = start + Duration::from_secs(60);
        routine.look_again(Look::Surroundings, later);
        routine.look_again(Look::Surroundings, later);
        assert_eq!(routine.due(later - Duration::from_secs(1)), []);
        assert_eq!(routine.due(later), [Look::Surroundings]);
        assert_eq!(routine.due(later), []);
    }
}
