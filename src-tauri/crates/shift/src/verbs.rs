//! What is asked of a shift, and how it gets to the session.
//!
//! What a window asks comes from the list of verbs: of each row are made the
//! message, the method of [`Shift`] that sends it, and the call of the session's
//! method of the same name. What only a host asks is written out below.

use std::path::PathBuf;

use ringside_desk::{
    CustomerDeed, Deed, DeskView, FilledView, RehearsalView, ResponderDeed, RuleBook, TraceView, Trial,
};
use ringside_words::Message;
use tokio::sync::oneshot;

use crate::account::{Credential, Place};
use crate::diagnostics::Diagnostics;
use crate::journal::JournalEntry;
use crate::problem::Problem;
use crate::refusal::Refusal;
use crate::session::{Session, Stay, TalkDeed};
use crate::tools::Tool;
use crate::windows::Sink;
use crate::{Asked, Shift};

/// Whoever asked for something, and waits for word of it.
#[derive(Debug)]
pub(crate) struct Answer<T = ()>(oneshot::Sender<Result<T, Problem>>);

impl<T> Answer<T> {
    /// What was asked, and where its answer comes.
    pub(crate) fn new() -> (Self, oneshot::Receiver<Result<T, Problem>>) {
        let (answer, answered) = oneshot::channel();
        (Self(answer), answered)
    }

    /// Whoever asked is told what came of it.
    pub(crate) fn give(self, result: Result<T, Problem>) {
        if self.0.send(result).is_err() {
            tracing::debug!("whoever asked is gone");
        }
    }

    /// It is done.
    pub(crate) fn done(self, value: T) {
        self.give(Ok(value));
    }

    /// It is not, and why.
    pub(crate) fn refuse(self, why: impl Into<Problem>) {
        self.give(Err(why.into()));
    }
}

/// What only a host asks: on a window's behalf with something of its own, or for itself.
#[derive(Debug)]
pub(crate) enum HostVerb {
    SignIn { place: Place, credential: Credential, stay: Stay, answer: Answer },
    SignOut { answer: Answer },
    ToastsFail { why: Option<Message> },
    SaveShared { file: String, folder: PathBuf, answer: Answer<String> },
    CustomerPage { number: String, answer: Answer<String> },
    FetchRecording { id: String, folder: PathBuf },
    ShowView { window: String, view: Option<String> },
    Desk { answer: Answer<Box<DeskView>> },
    Watch { sink: Sink },
    Drawn { window: String, seq: u64 },
    End { answer: Answer },
}

/// What a verb needs, by the word that its row has for it.
macro_rules! needs_agent {
    (always) => {
        false
    };
    (signed_in) => {
        true
    };
}

macro_rules! messages {
    (
        tell { $( $(#[$tell_doc:meta])* [$($tell_window:ident)*] $tell_when:ident $Tell:ident
            = $tell:ident($($tell_arg:ident: $tell_ty:ty),*) $(.$tell_wait:ident)?; )* }
        ask { $( $(#[$ask_doc:meta])* [$($ask_window:ident)*] $ask_when:ident $Ask:ident
            = $ask:ident($($ask_arg:ident: $ask_ty:ty),*) $(.$ask_wait:ident)? -> $ask_out:ty; )* }
        shell $of_the_shell:tt
        raw $also_of_the_shell:tt
    ) => {
        /// What a window asks of the session.
        #[derive(Debug)]
        pub(crate) enum Verb {
            $( $Tell { $($tell_arg: $tell_ty),* }, )*
            $( $Ask { $($ask_arg: $ask_ty,)* answer: Answer<$ask_out> }, )*
        }

        impl Shift {
            $(
                $(#[$tell_doc])*
                ///
                /// # Errors
                /// When the shift is over.
                pub async fn $tell(&self, $($tell_arg: $tell_ty),*) -> Result<(), Problem> {
                    self.tell(Asked::Verb(Verb::$Tell { $($tell_arg),* })).await
                }
            )*
            $(
                $(#[$ask_doc])*
                ///
                /// # Errors
                /// Why it cannot be done, or that the shift is over.
                pub async fn $ask(&self, $($ask_arg: $ask_ty),*) -> Result<$ask_out, Problem> {
                    self.ask(|answer| Asked::Verb(Verb::$Ask { $($ask_arg,)* answer })).await
                }
            )*
        }

        impl Session {
            /// Does what a window asks. What cannot be done while nobody is signed
            /// in is answered with that: a desk without an agent would wait for what
            /// never comes.
            pub(crate) async fn obey(&mut self, verb: Verb) {
                match verb {
                    $( Verb::$Tell { $($tell_arg),* } => {
                        if !needs_agent!($tell_when) || self.is_signed_in() {
                            self.$tell($($tell_arg),*) $(.$tell_wait)?;
                        }
                    } )*
                    $( Verb::$Ask { $($ask_arg,)* answer } => {
                        if needs_agent!($ask_when) && !self.is_signed_in() {
                            return answer.refuse(Refusal::NobodySignedIn);
                        }
                        self.$ask($($ask_arg,)* answer) $(.$ask_wait)?;
                    } )*
                }
            }
        }
    };
}

ringside_verbs::verbs!(messages);
