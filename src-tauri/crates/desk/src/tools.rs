//! What the agent has set up: quick replies, own reasons, where voicemail goes.

use crate::Desk;
use crate::view::{CanView, ToolsView};

impl Desk {
    /// What is set up on this computer and for this account.
    pub fn tools(&mut self, tools: ToolsView) {
        if self.tools != tools {
            self.tools = tools;
            self.redraw.tools = true;
            self.callers.redraw_cards();
        }
    }

    /// What is set up now.
    pub fn tools_view(&self) -> &ToolsView {
        &self.tools
    }

    /// What this account can do, and why not what it cannot.
    pub(crate) fn can(&self) -> CanView {
        let account = self.account();
        let steer = account.why_not_steer();
        CanView { voicemail: steer.or(account.why_no_voicemail()), steer }
    }
}
