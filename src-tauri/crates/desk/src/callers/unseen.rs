//! A ring that nobody told of: it began while events did not arrive, and only
//! the agent's own status at the service shows that something rings.

use voipbin_wire::Timestamp;

use crate::Millis;
use crate::callers::Callers;
use crate::callers::card::RINGS_AT_MOST;
use crate::moment::Moment;
use crate::view::{CallStage, StatusView};

/// What the call is called on this desk that only the status tells of.
pub(crate) const UNSEEN: &str = "ringing";

/// The event of a ring comes within this time of the status.
const TOLD_WITHIN: Millis = 2000;

impl Callers {
    /// Whether no call here was told of by an event.
    pub(crate) fn are_unseen(&self) -> bool {
        self.table.all().filter(|caller| caller.here.is_some()).all(|caller| *caller.id == *UNSEEN)
    }

    /// The service said what this agent's status is, which tells of calls, too:
    /// of those that were seen before a loss, and of one that began in it.
    pub(crate) fn take_status(
        &mut self,
        (before, status): (StatusView, StatusView),
        changed: Option<Timestamp>,
        moment: &Moment,
    ) {
        if !matches!(status, StatusView::Ringing) {
            self.drop_unseen();
        }
        self.status_rings_since =
            matches!(status, StatusView::Ringing).then(|| self.status_rings_since.unwrap_or(moment.now));
        let is_doubtful =
            |call: &crate::callers::card::Here| call.stage == CallStage::Ringing && call.stale_since.is_some();
        let doubtful = self.table.which(|caller| caller.here.as_deref().is_some_and(is_doubtful));
        let is_since = |rang_at: Option<Millis>| {
            let rang_at = rang_at.unwrap_or(moment.now);
            before == StatusView::Ringing || changed.is_some() && moment.at_latest(changed) >= rang_at
        };
        let rang_at = |callers: &Self, slot| callers.table[slot].here.as_ref().map(|here| here.rang_at);
        match (status, &doubtful[..]) {
            // The service says that it rings: it is not in doubt.
            (StatusView::Ringing, [slot]) => {
                self.merge(*slot, moment.now, |callers| callers.table[*slot].is_heard_of(None, moment));
            }
            (StatusView::Ringing, []) => self.rings_unseen(changed, moment),
            // Somebody who was rung and is busy now answered, on whichever phone.
            (StatusView::Busy, [slot]) if before != StatusView::Busy && is_since(rang_at(self, *slot)) => {
                let since = moment.when(changed);
                self.merge(*slot, since, |callers| callers.table[*slot].is_answered_by_status(since, moment.now));
            }
            (StatusView::Available | StatusView::Away | StatusView::Offline, _) => {
                for slot in doubtful {
                    if is_since(rang_at(self, slot)) {
                        self.merge(slot, Millis::MAX, |callers| callers.table[slot].is_gone(true));
                    }
                }
            }
            _ => {}
        }
    }

    fn rings_unseen(&mut self, changed: Option<Timestamp>, moment: &Moment) {
        let since = moment.when(changed);
        // The service's clock may be far from this one: at least so long ago, and
        // at least so long by this clock alone.
        let rang_for = moment.now - moment.at_latest(changed);
        let seen_for = self.status_rings_since.map_or(0, |since| moment.now - since);
        let is_told_by_now = changed.is_none() || rang_for.max(seen_for) >= TOLD_WITHIN;
        if self.here > 0 || self.me.is_empty() || !is_told_by_now || rang_for >= RINGS_AT_MOST {
            return;
        }
        let slot = self.table.of(UNSEEN);
        self.merge(slot, moment.now, |callers| callers.table[slot].is_here(CallStage::Ringing, since, moment));
    }

    /// What only the status told of is another call, or over.
    pub(crate) fn drop_unseen(&mut self) {
        if let Some(slot) = self.table.find(UNSEEN).filter(|slot| self.table[*slot].here.is_some()) {
            self.merge(slot, Millis::MAX, |callers| callers.table[slot].leaves_desk());
        }
    }
}
