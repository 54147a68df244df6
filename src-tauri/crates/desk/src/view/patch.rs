//! What changes on the screen, and what it replaces.

use serde::Serialize;

use super::{
    AwayView, BoardCallView, CallView, CanView, CardView, ChatView, ColleagueView, ConferenceView, DeskView, FloorView,
    FlowView, LinkView, MeView, MessageView, NumberView, PastView, QueueView, RecordingView, ResponderView,
    SessionView, TalkLineView, TalkView, ToolsView, TranscriptView, WaitView,
};

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
    /// Another screen.
    PutSession {
        /// Which.
        session: SessionView,
    },
    /// A chat of the team appeared or changed.
    PutTalk {
        /// It.
        talk: TalkView,
    },
    /// A chat of the team is gone.
    DropTalk {
        /// Which.
        id: String,
    },
    /// A message of the team appeared or changed.
    PutTalkLine {
        /// It.
        line: TalkLineView,
    },
    /// A message of the team is gone.
    DropTalkLine {
        /// Which.
        id: String,
    },
    /// What the agent has set up changed, or what the account can do.
    PutTools {
        /// What is set up.
        tools: ToolsView,
        /// What the account can do.
        can: CanView,
    },
    /// Answers by rules changed.
    PutResponder {
        /// They.
        responder: Box<ResponderView>,
    },
    /// The agent changed.
    PutMe {
        /// The agent.
        me: MeView,
    },
    /// The link moved.
    PutLink {
        /// The link.
        link: LinkView,
    },
    /// How a number is written that is shown from now on.
    PutNumber {
        /// It.
        number: NumberView,
    },
    /// A call is new or changed.
    PutCall {
        /// The call.
        call: CallView,
    },
    /// A call is no longer at this desk.
    DropCall {
        /// Its identifier.
        id: String,
    },
    /// A waiting caller is new or changed.
    PutWait {
        /// The caller.
        wait: WaitView,
    },
    /// A caller waits no longer.
    DropWait {
        /// The call's identifier.
        id: String,
    },
    /// A conversation is new or changed.
    PutChat {
        /// The conversation.
        chat: ChatView,
    },
    /// A conversation is kept no longer.
    DropChat {
        /// Its identifier.
        id: String,
    },
    /// A text is new or changed.
    PutMessage {
        /// The text.
        message: MessageView,
    },
    /// A text turned out to be the same as another, or is kept no longer.
    DropMessage {
        /// Its identifier.
        id: String,
    },
    /// A colleague is new or changed.
    PutColleague {
        /// The colleague.
        colleague: ColleagueView,
    },
    /// A past call is new or changed.
    PutPast {
        /// The call.
        past: PastView,
    },
    /// A past call is kept no longer.
    DropPast {
        /// Its identifier.
        id: String,
    },
    /// What happened while the link was away, or that it was read.
    PutAway {
        /// What happened.
        away: Option<AwayView>,
    },
    /// What is known about a number changed.
    PutCard {
        /// What is known.
        card: Box<CardView>,
    },
    /// A number's card is kept no longer.
    DropCard {
        /// The number.
        number: String,
    },
    /// The floor's figures changed.
    PutFloor {
        /// The figures.
        floor: FloorView,
    },
    /// A call on the board is new or changed.
    PutBoardCall {
        /// The call.
        call: BoardCallView,
    },
    /// A call is no longer on the board.
    DropBoardCall {
        /// Its identifier.
        id: String,
    },
    /// A queue is new or changed.
    PutQueue {
        /// The queue.
        queue: QueueView,
    },
    /// A flow is new or changed.
    PutFlow {
        /// The flow.
        flow: FlowView,
    },
    /// A flow is no longer shown.
    DropFlow {
        /// Its identifier.
        id: String,
    },
    /// A conference is new or changed.
    PutConference {
        /// The conference.
        conference: ConferenceView,
    },
    /// A conference is no longer shown.
    DropConference {
        /// Its identifier.
        id: String,
    },
    /// A recording is new or changed.
    PutRecording {
        /// The recording.
        recording: RecordingView,
    },
    /// A recording is no longer shown.
    DropRecording {
        /// Its identifier.
        id: String,
    },
    /// A transcript is new or changed.
    PutTranscript {
        /// The transcript.
        transcript: TranscriptView,
    },
    /// A transcript is no longer shown.
    DropTranscript {
        /// Its identifier.
        id: String,
    },
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

    /// The whole as single patches: what a window holds that drew it.
    pub fn into_patches(self) -> Vec<Patch> {
        let Self { session, me, link, calls, waits, chats, messages, colleagues, cards, past, away, floor, .. } = self;
        let Self {
            board,
            queues,
            flows,
            conferences,
            recordings,
            transcripts,
            tools,
            can,
            talks,
            talk_lines,
            responder,
            numbers,
            ..
        } = self;
        let mut patches = vec![
            Patch::PutSession { session },
            Patch::PutTools { tools, can },
            Patch::PutResponder { responder: Box::new(responder) },
            Patch::PutMe { me },
            Patch::PutLink { link },
            Patch::PutAway { away },
            Patch::PutFloor { floor },
        ];
        patches.extend(numbers.into_iter().map(|number| Patch::PutNumber { number }));
        patches.extend(calls.into_iter().map(|call| Patch::PutCall { call }));
        patches.extend(talks.into_iter().map(|talk| Patch::PutTalk { talk }));
        patches.extend(talk_lines.into_iter().map(|line| Patch::PutTalkLine { line }));
        patches.extend(waits.into_iter().map(|wait| Patch::PutWait { wait }));
        patches.extend(chats.into_iter().map(|chat| Patch::PutChat { chat }));
        patches.extend(messages.into_iter().map(|message| Patch::PutMessage { message }));
        patches.extend(colleagues.into_iter().map(|colleague| Patch::PutColleague { colleague }));
        patches.extend(cards.into_iter().map(|card| Patch::PutCard { card: Box::new(card) }));
        patches.extend(past.into_iter().map(|past| Patch::PutPast { past }));
        patches.extend(board.into_iter().map(|call| Patch::PutBoardCall { call }));
        patches.extend(queues.into_iter().map(|queue| Patch::PutQueue { queue }));
        patches.extend(flows.into_iter().map(|flow| Patch::PutFlow { flow }));
        patches.extend(conferences.into_iter().map(|conference| Patch::PutConference { conference }));
        patches.extend(recordings.into_iter().map(|recording| Patch::PutRecording { recording }));
        patches.extend(transcripts.into_iter().map(|transcript| Patch::PutTranscript { transcript }));
        patches
    }
}

impl Patch {
    /// Whether it takes something off the screen.
    pub fn drops(&self) -> bool {
        matches!(
            self,
            Self::DropCall { .. }
                | Self::DropWait { .. }
                | Self::DropTalk { .. }
                | Self::DropTalkLine { .. }
                | Self::DropChat { .. }
                | Self::DropMessage { .. }
                | Self::DropCard { .. }
                | Self::DropPast { .. }
                | Self::DropBoardCall { .. }
                | Self::DropFlow { .. }
                | Self::DropConference { .. }
                | Self::DropRecording { .. }
                | Self::DropTranscript { .. }
        )
    }

    /// The phone numbers that it shows; what is none is among them.
    pub(crate) fn numbers(&self) -> Vec<&str> {
        match self {
            Self::PutCall { call } => vec![&call.number, &call.our_number],
            Self::PutWait { wait } => wait.number.iter().map(String::as_str).collect(),
            Self::PutChat { chat } => vec![&chat.number, &chat.our_number],
            Self::PutPast { past } => vec![&past.number],
            Self::PutCard { card } => vec![&card.number],
            Self::PutBoardCall { call } => vec![&call.number, &call.our_number],
            Self::PutAway { away } => away.iter().flat_map(|away| &away.items).map(|item| &*item.number).collect(),
            Self::PutResponder { responder } => responder.numbers().collect(),
            _ => Vec::new(),
        }
    }

    /// Patches with the same key replace one another; `Reset` replaces all.
    pub fn key(&self) -> (&'static str, &str) {
        match self {
            Self::Reset { .. } => ("reset", ""),
            Self::PutSession { .. } => ("session", ""),
            Self::PutTools { .. } => ("tools", ""),
            Self::PutResponder { .. } => ("responder", ""),
            Self::PutTalk { talk: TalkView { id, .. } } | Self::DropTalk { id } => ("talk", id),
            Self::PutTalkLine { line: TalkLineView { id, .. } } | Self::DropTalkLine { id } => ("talk line", id),
            Self::PutMe { .. } => ("me", ""),
            Self::PutNumber { number } => ("number", &number.number),
            Self::PutLink { .. } => ("link", ""),
            Self::PutCall { call: CallView { id, .. } } | Self::DropCall { id } => ("call", id),
            Self::PutWait { wait: WaitView { id, .. } } | Self::DropWait { id } => ("wait", id),
            Self::PutChat { chat: ChatView { id, .. } } | Self::DropChat { id } => ("chat", id),
            Self::PutMessage { message: MessageView { id, .. } } | Self::DropMessage { id } => ("message", id),
            Self::PutColleague { colleague } => ("colleague", &colleague.id),
            Self::PutPast { past: PastView { id, .. } } | Self::DropPast { id } => ("past", id),
            Self::PutAway { .. } => ("away", ""),
            Self::PutCard { card } => ("card", &card.number),
            Self::DropCard { number } => ("card", number),
            Self::PutFloor { .. } => ("floor", ""),
            Self::PutBoardCall { call: BoardCallView { id, .. } } | Self::DropBoardCall { id } => ("board", id),
            Self::PutQueue { queue } => ("queue", &queue.id),
            Self::PutFlow { flow: FlowView { id, .. } } | Self::DropFlow { id } => ("flow", id),
            Self::PutConference { conference: ConferenceView { id, .. } } | Self::DropConference { id } => {
                ("conference", id)
            }
            Self::PutRecording { recording: RecordingView { id, .. } } | Self::DropRecording { id } => {
                ("recording", id)
            }
            Self::PutTranscript { transcript: TranscriptView { id, .. } } | Self::DropTranscript { id } => {
                ("transcript", id)
            }
        }
    }
}
