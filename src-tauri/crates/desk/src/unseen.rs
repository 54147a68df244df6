//! A ring that nobody told of: it began while events did not arrive, and only
//! the agent's own status at the service shows that something rings.

use voipbin_wire::Timestamp;

use crate::calls::RINGS_AT_MOST;
use crate::moment::Moment;
use crate::view::{CallStage, StatusView};
use crate::{Desk, Millis};

/// What the call is called on this desk that only the status tells of.
pub(crate) const UNSEEN: &str = "ringing";

/// The event of a ring comes within this time of the status.
const TOLD_WITHIN: Millis = 2000;

impl Desk {
    /// Whether the own status is worth looking at again soon.
    pub fn may_ring_unseen(&self) -> bool {
        self.people.me.status == StatusView::Ringing && self.calls.values().all(|call| call.view.id == UNSEEN)
    }

    /// The service said what this agent's status is, which tells of calls, too:
    /// of those that were seen before a loss, and of one that began in it.
    pub(crate) fn status_tells(&mut self, before: StatusView, changed: Option<Timestamp>, moment: &Moment) {
        let status = self.people.me.status;
        if !matches!(status, StatusView::Ringing) {
            self.drop_call(UNSEEN);
        }
        let doubtful = self.calls.which(|call| call.view.stage == CallStage::Ringing && call.stale_since.is_some());
        let is_since = |desk: &Self, id: &str| {
            let rang_at = desk.calls.get(id).map_or(moment.now, |call| call.rang_at);
            before == StatusView::Ringing || changed.is_some() && moment.at_latest(changed) >= rang_at
        };
        match (status, &doubtful[..]) {
            (StatusView::Ringing, [id]) => self.rings_still(id, moment),
            (StatusView::Ringing, []) => self.rings_unseen(changed, moment),
            // Somebody who was rung and is busy now answered, on whichever phone.
            (StatusView::Busy, [id]) if before != StatusView::Busy && is_since(self, id) => {
                let since = moment.when(changed);
                self.answered_by_status(id, since, moment);
            }
            (StatusView::Available | StatusView::Away | StatusView::Offline, _) => {
                for id in doubtful {
                    if is_since(self, &id) {
                        self.is_gone(&id, true, moment);
                    }
                }
            }
            _ => {}
        }
    }

    fn rings_unseen(&mut self, changed: Option<Timestamp>, moment: &Moment) {
        let since = moment.when(changed);
        let rang_for = moment.now - since;
        let is_told_by_now = changed.is_none() || rang_for >= TOLD_WITHIN;
        if self.calls.len() > 0 || self.people.me.id.is_empty() || !is_told_by_now || rang_for >= RINGS_AT_MOST {
            return;
        }
        self.new_call(UNSEEN, CallStage::Ringing, true, since, moment);
        self.dress_call(UNSEEN, None, false, moment);
    }
}
