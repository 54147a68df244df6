//! What only a host asks.

use super::Session;
use crate::diagnostics::{Counted, Diagnostics, diagnostics};
use crate::refusal::Refusal;
use crate::verbs::{Answer, HostVerb};

impl Session {
    /// Does what a host asks.
    pub(super) async fn oblige(&mut self, verb: HostVerb) {
        match verb {
            HostVerb::SignIn { place, credential, stay, answer } => self.sign_in(place, credential, stay, answer),
            HostVerb::SignOut { answer } => {
                let forgets = !self.desk.session_view().demo;
                self.sign_out(None).await;
                if forgets {
                    self.forget(answer);
                } else {
                    answer.done(());
                }
            }
            HostVerb::ToastsFail { why } => self.toasts_fail(why),
            HostVerb::SaveShared { answer, .. } | HostVerb::CustomerPage { answer, .. } if self.work.is_none() => {
                answer.refuse(Refusal::NobodySignedIn);
            }
            HostVerb::SaveShared { file, folder, answer } => self.save_shared(file, folder, answer),
            HostVerb::CustomerPage { number, answer } => answer.give(self.customer_page(&number).map_err(Into::into)),
            HostVerb::FetchRecording { .. } if self.work.is_none() => {}
            HostVerb::FetchRecording { id, folder } => self.fetch_recording(id, folder),
            HostVerb::ShowView { window, view } => self.show_view(window, view).await,
            HostVerb::Desk { answer } => answer.done(Box::new(self.desk.view())),
            HostVerb::Watch { sink } => {
                let whole = self.desk.view();
                self.screens.windows.join(sink, whole);
            }
            HostVerb::Drawn { window, seq } => self.screens.windows.drawn(&window, seq),
            HostVerb::End { answer } => answer.done(()),
        }
    }

    pub(crate) async fn diagnostics(&mut self, answer: Answer<Option<Diagnostics>>) {
        answer.done(self.diagnose().await);
    }

    pub(super) async fn diagnose(&mut self) -> Option<Diagnostics> {
        let work = self.work.as_ref()?;
        let diagnosis = work.connection.diagnose().await?;
        let (rereads, rereads_failed) = (work.rereads, work.rereads_failed);
        let (patches, batches) = self.screens.windows.told();
        Some(diagnostics(&work.account, diagnosis, Counted { rereads, rereads_failed, patches, batches }))
    }
}
