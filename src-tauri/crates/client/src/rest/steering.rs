//! What is done to calls (live-service.md, sections 4.10 and 5.8): for managers.

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use voipbin_wire::read_json;

use super::{Rest, RestError, has_id};

/// Somebody who can be rung.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transferee {
    /// `agent`, `extension`, `tel`, `sip`.
    pub kind: String,
    /// Which.
    pub target: String,
}

impl Rest {
    /// Puts a call on hold, or takes it back: `/v1.0/calls/{id}/hold`.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn hold(&self, call: &str, on: bool) -> Result<(), RestError> {
        self.switch(call, "hold", on).await
    }

    /// Plays music to a call, or no longer: `/v1.0/calls/{id}/moh`.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn music(&self, call: &str, on: bool) -> Result<(), RestError> {
        self.switch(call, "moh", on).await
    }

    /// Mutes a call both ways, or no longer: `/v1.0/calls/{id}/mute`, which
    /// wants a body.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn mute(&self, call: &str, on: bool) -> Result<(), RestError> {
        let path = format!("/v1.0/calls/{call}/mute");
        let method = if on { Method::POST } else { Method::DELETE };
        self.done(self.request(method, &path, &[]).json(&json!({"direction": "both"}))).await
    }

    /// Records a call from now on: `POST /v1.0/calls/{id}/recording_start`. That
    /// it is recorded already is no error.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn record(&self, call: &str) -> Result<(), RestError> {
        let path = format!("/v1.0/calls/{call}/recording_start");
        let body = json!({"format": "wav", "end_of_silence": 0, "end_of_key": "", "duration": 0});
        unless(self.changed(self.request(Method::POST, &path, &[]).json(&body)).await, "RECORDING_ALREADY_ACTIVE")
    }

    /// Records a call no longer: `POST /v1.0/calls/{id}/recording_stop`. That it
    /// is not recorded is no error.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn record_no_more(&self, call: &str) -> Result<(), RestError> {
        let path = format!("/v1.0/calls/{call}/recording_stop");
        unless(self.changed(self.request(Method::POST, &path, &[])).await, "RECORDING_NOT_ACTIVE")
    }

    /// Hangs a call up: `POST /v1.0/calls/{id}/hangup`. One that has ended is no error.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn hang_up(&self, call: &str) -> Result<(), RestError> {
        let path = format!("/v1.0/calls/{call}/hangup");
        unless(self.changed(self.request(Method::POST, &path, &[])).await, "CALL_ALREADY_HANGUP")
    }

    /// Ends a ring: `POST /v1.0/groupcalls/{id}/hangup`.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn end_ring(&self, groupcall: &str) -> Result<(), RestError> {
        self.changed(self.request(Method::POST, &format!("/v1.0/groupcalls/{groupcall}/hangup"), &[])).await
    }

    /// Hands a call over: `POST /v1.0/transfers`. The ring by which it is told,
    /// where the service names one. Every failure is a bare 500.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn transfer(&self, leg: &str, blind: bool, to: &Transferee) -> Result<Option<String>, RestError> {
        #[derive(Deserialize)]
        struct Transfer {
            groupcall_id: Option<String>,
        }
        let body = json!({
            "transfer_type": if blind { "blind" } else { "attended" }, "transferer_call_id": leg,
            "transferee_addresses": [{"type": to.kind, "target": to.target}],
        });
        let request = self.request(Method::POST, "/v1.0/transfers", &[]).json(&body);
        let transfer: Transfer = self.send(request, |text| read_json(text).filter(|_| has_id(text))).await?;
        Ok(transfer.groupcall_id.filter(|id| !id.is_empty() && !id.starts_with("00000000-")))
    }

    /// Sends a caller who waits on in the flow:
    /// `POST /v1.0/queuecalls/reference_id/{call}/kick`.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn kick(&self, call: &str) -> Result<(), RestError> {
        self.changed(self.request(Method::POST, &format!("/v1.0/queuecalls/reference_id/{call}/kick"), &[])).await
    }

    async fn switch(&self, call: &str, what: &str, on: bool) -> Result<(), RestError> {
        let method = if on { Method::POST } else { Method::DELETE };
        self.done(self.request(method, &format!("/v1.0/calls/{call}/{what}"), &[])).await
    }
}

/// A refusal that says that it is so already.
fn unless(result: Result<(), RestError>, so_already: &str) -> Result<(), RestError> {
    match result {
        Err(RestError::Rejected { reason, .. }) if reason == so_already => Ok(()),
        other => other,
    }
}
