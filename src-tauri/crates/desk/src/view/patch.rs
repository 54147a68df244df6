//! What windows show, one row per kind of thing, and what changes on the screen.

use serde::Serialize;

use super::{
    AwayView, BoardCallView, CallView, CanView, CardView, ChatView, ColleagueView, ConferenceView, FloorView, FlowView,
    LinkView, MeView, MessageView, NumberView, PastView, QueueView, RecordingView, ResponderView, SessionView,
    TalkLineView, TalkView, ToolsView, TranscriptView, WaitView,
};

/// The rows. Each declares its place in the whole desk, the patch that puts it and
/// the one that drops it, and, by the tests below, what the window does with them.
///
/// `one` row: what there is one of. `put { place: view }`; one patch may put two of them. `from` names
/// what the window holds before it is told.
///
/// `many` row: what there are many of. `place: view by identifier = put { field: what it holds } / drop`;
/// without a drop they only change. `in` names what holds them in the window where that is no `Board`.
macro_rules! kinds {
    (
        one { $( $put_one:ident { $( $(#[$one_doc:meta])* $one:ident: $one_kind:ty $(; from $start:ident)?, )+ }; )+ }
        many { $(
            $(#[$doc:meta])*
            $many:ident: $kind:ident by $id:ident $(in $holder:ident)? = $put:ident { $field:ident: $held:ty } $(/ $drop:ident)?;
        )+ }
    ) => {
        /// Everything on the desk.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[cfg_attr(test, derive(ts_rs::TS), ts(export))]
        #[serde(rename_all = "camelCase")]
        pub struct DeskView {
            $( $( $(#[$one_doc])* pub $one: $one_kind, )+ )+
            $( $(#[$doc])* pub $many: Vec<$kind>, )+
        }

        /// One change of the screen.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[cfg_attr(test, derive(ts_rs::TS), ts(export))]
        #[serde(tag = "type", rename_all = "camelCase")]
        pub enum Patch {
            /// Forget everything and draw this.
            Reset {
                /// The whole desk.
                desk: Box<DeskView>,
            },
            $(
                /// What there is one of changed.
                $put_one { $( $(#[$one_doc])* $one: $one_kind, )+ },
            )+
            $(
                /// One is new or changed.
                $put {
                    /// It.
                    $field: $held,
                },
                $(
                    /// One is gone.
                    $drop {
                        /// Which.
                        $id: String,
                    },
                )?
            )+
        }

        impl DeskView {
            /// A desk with nothing on it of what there may be many of.
            #[expect(clippy::too_many_arguments, reason = "what there is one of, each once")]
            pub fn bare($( $( $one: $one_kind, )+ )+) -> Self {
                Self { $( $( $one, )+ )+ $( $many: Vec::new(), )+ }
            }

            /// The whole as single patches: what a window holds that drew it.
            pub fn into_patches(self) -> Vec<Patch> {
                let Self { $( $( $one, )+ )+ $( $many, )+ } = self;
                let mut patches = vec![$( Patch::$put_one { $( $one, )+ }, )+];
                $( patches.extend($many.into_iter().map(|one| Patch::$put { $field: one.into() })); )+
                patches
            }
        }

        impl Patch {
            /// Whether it takes something off the screen.
            pub fn drops(&self) -> bool {
                match self {
                    $( $( Self::$drop { .. } => true, )? )+
                    _ => false,
                }
            }

            /// Patches with the same key replace one another; `Reset` replaces all.
            pub fn key(&self) -> (&'static str, &str) {
                match self {
                    Self::Reset { .. } => ("reset", ""),
                    $( Self::$put_one { .. } => (stringify!($put_one), ""), )+
                    $(
                        Self::$put { $field } => (stringify!($many), &$field.$id),
                        $( Self::$drop { $id } => (stringify!($many), $id), )?
                    )+
                }
            }
        }

        $(
            impl Shown for $kind {
                fn put(self) -> Patch {
                    Patch::$put { $field: self.into() }
                }

                #[allow(unused_variables, unreachable_code, reason = "what never goes has no drop")]
                fn dropped(id: String) -> Option<Patch> {
                    $( return Some(Patch::$drop { $id: id }); )?
                    None
                }
            }
        )+

        /// The rows as the window's side is written from them.
        #[cfg(test)]
        mod rows {
            pub(super) const ONE: &[(&str, &[super::written::One])] =
                &[$( (stringify!($put_one), &[$( super::written::One {
                    place: stringify!($one),
                    view: stringify!($one_kind),
                    start: &[$( stringify!($start) )?],
                }, )+]), )+];
            pub(super) const MANY: &[super::written::Many] = &[$( super::written::Many {
                place: stringify!($many),
                view: stringify!($kind),
                id: stringify!($id),
                holder: &[$( stringify!($holder) )?],
                put: stringify!($put),
                field: stringify!($field),
                drop: &[$( stringify!($drop) )?],
            }, )+];
        }
    };
}

/// A kind of thing of which windows show many.
pub(crate) trait Shown {
    /// It is new or changed.
    fn put(self) -> Patch;
    /// One is gone; none where they never go.
    fn dropped(id: String) -> Option<Patch>;
}

/// What is to be said of one that may be gone.
pub(crate) fn drawn<V: Shown>(id: &str, view: Option<V>) -> Option<Patch> {
    view.map_or_else(|| V::dropped(id.to_owned()), |view| Some(view.put()))
}

kinds! {
    one {
        PutSession {
            /// Who sits at the desk, if anybody.
            session: SessionView; from starting,
        };
        PutTools {
            /// What the agent has set up.
            tools: ToolsView,
            /// What this account can do.
            can: CanView,
        };
        PutResponder {
            /// Answers by rules.
            responder: Box<ResponderView>,
        };
        PutMe {
            /// The agent.
            me: MeView,
        };
        PutLink {
            /// The connection.
            link: LinkView,
        };
        PutAway {
            /// What happened while the link was away, until it was read.
            away: Option<AwayView>,
        };
        PutFloor {
            /// The floor in figures.
            floor: FloorView,
        };
    }
    many {
        /// How the phone numbers that stand on the desk are written.
        numbers: NumberView by number in Numbers = PutNumber { number: NumberView };
        /// Calls that ring at this desk or are talked on.
        calls: CallView by id = PutCall { call: CallView } / DropCall;
        /// The team's chats.
        talks: TalkView by id = PutTalk { talk: TalkView } / DropTalk;
        /// The messages of all of them.
        talk_lines: TalkLineView by id = PutTalkLine { line: TalkLineView } / DropTalkLine;
        /// Callers in queues.
        waits: WaitView by id = PutWait { wait: WaitView } / DropWait;
        /// Conversations.
        chats: ChatView by id = PutChat { chat: ChatView } / DropChat;
        /// The texts of all conversations.
        messages: MessageView by id in Threads = PutMessage { message: MessageView } / DropMessage;
        /// Other agents.
        colleagues: ColleagueView by id = PutColleague { colleague: ColleagueView };
        /// What is known about numbers.
        cards: CardView by number = PutCard { card: Box<CardView> } / DropCard;
        /// What became of calls since signing in.
        past: PastView by id = PutPast { past: PastView } / DropPast;
        /// Every call the link tells of, whoever's it is.
        board: BoardCallView by id = PutBoardCall { call: BoardCallView } / DropBoardCall;
        /// Queues.
        queues: QueueView by id = PutQueue { queue: QueueView };
        /// Running flows, and the last that ran.
        flows: FlowView by id = PutFlow { flow: FlowView } / DropFlow;
        /// Conferences.
        conferences: ConferenceView by id = PutConference { conference: ConferenceView } / DropConference;
        /// Recordings.
        recordings: RecordingView by id = PutRecording { recording: RecordingView } / DropRecording;
        /// What was said in calls.
        transcripts: TranscriptView by id = PutTranscript { transcript: TranscriptView } / DropTranscript;
    }
}

impl DeskView {
    /// The phone numbers that it shows; what is none is among them.
    pub(crate) fn shown_numbers(&self) -> impl Iterator<Item = &str> {
        let calls = self.calls.iter().flat_map(|call| [&call.number, &call.our_number]);
        let waits = self.waits.iter().filter_map(|wait| wait.number.as_ref());
        let chats = self.chats.iter().flat_map(|chat| [&chat.number, &chat.our_number]);
        let past = self.past.iter().map(|past| &past.number);
        let cards = self.cards.iter().map(|card| &card.number);
        let board = self.board.iter().flat_map(|call| [&call.number, &call.our_number]);
        let away = self.away.iter().flat_map(|away| &away.items).map(|item| &item.number);
        let all = calls.chain(waits).chain(chats).chain(past).chain(cards).chain(board).chain(away);
        all.map(String::as_str).chain(self.responder.numbers())
    }
}

impl Patch {
    /// Looks at the phone numbers that it shows; what is none is among them.
    pub(crate) fn for_numbers<'a>(&'a self, mut look: impl FnMut(&'a str)) {
        match self {
            Self::PutCall { call } => [&call.number, &call.our_number].into_iter().for_each(|number| look(number)),
            Self::PutWait { wait } => wait.number.iter().for_each(|number| look(number)),
            Self::PutChat { chat } => [&chat.number, &chat.our_number].into_iter().for_each(|number| look(number)),
            Self::PutPast { past } => look(&past.number),
            Self::PutCard { card } => look(&card.number),
            Self::PutBoardCall { call } => [&call.number, &call.our_number].into_iter().for_each(|number| look(number)),
            Self::PutAway { away } => away.iter().flat_map(|away| &away.items).for_each(|item| look(&item.number)),
            Self::PutResponder { responder } => responder.numbers().for_each(look),
            _ => {}
        }
    }
}

#[cfg(test)]
mod written;
