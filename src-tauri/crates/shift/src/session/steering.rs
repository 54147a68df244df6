//! What the agent does to calls, and what came of it.

use ringside_desk::{CallRequest, Deed, Steered};
use ringside_words::say;
use voipbin_client::{Class, Rest, RestError, Transferee};

use super::{Done, Session};
use crate::problem::in_words;
use crate::refusal::Refusal;
use crate::verbs::Answer;

impl Session {
    /// Asks the service for what the desk says this takes. The answer is that
    /// it was asked for; what came of it shows on the desk.
    pub(crate) fn steer(&mut self, call: String, deed: Deed, answer: Answer) {
        let requests = match self.desk.steer(&call, &deed) {
            Ok(requests) => requests,
            Err(why) => return answer.refuse(Refusal::Steering(why)),
        };
        answer.done(());
        self.request(|rest| async move {
            let rest = rest.of_class(Class::Action);
            let mut rings = None;
            for request in requests {
                match ask(&rest, request).await {
                    Ok(told) => rings = told.or(rings),
                    Err(error) => return Done::Steered { call, came: failed(&deed, &error), deed },
                }
            }
            let came = match deed {
                Deed::Transfer { .. } | Deed::Voicemail => Steered::Rings(rings),
                _ => Steered::Done,
            };
            Done::Steered { call, came, deed }
        });
    }
}

async fn ask(rest: &Rest, request: CallRequest) -> Result<Option<String>, RestError> {
    match request {
        CallRequest::Hold { call, on } => rest.hold(&call, on).await?,
        CallRequest::Music { call, on } => rest.music(&call, on).await?,
        CallRequest::Mute { call, on } => rest.mute(&call, on).await?,
        CallRequest::Record { call, on: true } => rest.record(&call).await?,
        CallRequest::Record { call, on: false } => rest.record_no_more(&call).await?,
        CallRequest::HangUp { call } => rest.hang_up(&call).await?,
        CallRequest::EndRing { groupcall } => rest.end_ring(&groupcall).await?,
        CallRequest::Kick { call } => rest.kick(&call).await?,
        CallRequest::Transfer { call, blind, to } => {
            return rest.transfer(&call, blind, &Transferee { kind: to.kind, target: to.target }).await;
        }
    }
    Ok(None)
}

/// What a failure means for the agent who asked for this.
fn failed(deed: &Deed, error: &RestError) -> Steered {
    let what = match deed {
        Deed::Hold(true) => say!("calls-failed-hold"),
        Deed::Hold(false) => say!("calls-failed-resume"),
        Deed::Music(true) => say!("calls-failed-music"),
        Deed::Music(false) => say!("calls-failed-stop-music"),
        Deed::Mute(true) => say!("calls-failed-mute"),
        Deed::Mute(false) => say!("calls-failed-unmute"),
        Deed::Record(true) => say!("calls-failed-record"),
        Deed::Record(false) => say!("calls-failed-stop-record"),
        Deed::HangUp => say!("calls-failed-hang-up"),
        Deed::EndRing => say!("calls-failed-decline"),
        Deed::Transfer { .. } => say!("calls-failed-transfer"),
        Deed::Voicemail => say!("calls-failed-voicemail"),
        Deed::CancelTransfer => say!("calls-failed-cancel-transfer"),
    };
    let may_be_done = matches!(error, RestError::Unclear { .. } | RestError::Foreign { .. });
    let why = match (error, deed) {
        // The service gives no reason for it (section 5.8).
        (RestError::Rejected { status: 500, .. }, Deed::Transfer { .. } | Deed::Voicemail) => {
            return Steered::Failed(what);
        }
        (RestError::NotFound, _) => say!("calls-failed-unknown-call"),
        (RestError::Rejected { status: 409, .. }, _) => say!("calls-failed-wrong-state"),
        (error, _) => in_words(error),
    };
    let message = if may_be_done { why.then(say!("calls-failed-maybe")) } else { what.then(why) };
    Steered::Failed(message)
}
