// What a window holds of the desk. Written by the desk's tests from its list of kinds: do not edit.
import { Board } from "../board.svelte";
import { Numbers } from "../numbers.svelte";
import { Threads } from "../threads.svelte";
import { starting } from "../starting";
import type { AwayView } from "./AwayView";
import type { BoardCallView } from "./BoardCallView";
import type { CallView } from "./CallView";
import type { CanView } from "./CanView";
import type { CardView } from "./CardView";
import type { ChatView } from "./ChatView";
import type { ColleagueView } from "./ColleagueView";
import type { ConferenceView } from "./ConferenceView";
import type { FloorView } from "./FloorView";
import type { FlowView } from "./FlowView";
import type { LinkView } from "./LinkView";
import type { MeView } from "./MeView";
import type { PastView } from "./PastView";
import type { QueueView } from "./QueueView";
import type { RecordingView } from "./RecordingView";
import type { ResponderView } from "./ResponderView";
import type { SessionView } from "./SessionView";
import type { TalkLineView } from "./TalkLineView";
import type { TalkView } from "./TalkView";
import type { ToolsView } from "./ToolsView";
import type { TranscriptView } from "./TranscriptView";
import type { WaitView } from "./WaitView";
import type { DeskView } from "./DeskView";
import type { Patch } from "./Patch";

/** Nothing of what there may be many of. */
export function nothing() {
  return {
    numbers: [],
    calls: [],
    talks: [],
    talkLines: [],
    waits: [],
    chats: [],
    messages: [],
    colleagues: [],
    cards: [],
    past: [],
    board: [],
    queues: [],
    flows: [],
    conferences: [],
    recordings: [],
    transcripts: [],
  } satisfies Partial<DeskView>;
}

export class Held {
  session = $state.raw<SessionView>(starting);
  tools = $state.raw<ToolsView | null>(null);
  can = $state.raw<CanView | null>(null);
  responder = $state.raw<ResponderView | null>(null);
  me = $state.raw<MeView | null>(null);
  link = $state.raw<LinkView | null>(null);
  away = $state.raw<AwayView | null>(null);
  floor = $state.raw<FloorView | null>(null);
  readonly numbers = new Numbers();
  readonly calls = new Board<CallView>();
  readonly talks = new Board<TalkView>();
  readonly talkLines = new Board<TalkLineView>();
  readonly waits = new Board<WaitView>();
  readonly chats = new Board<ChatView>();
  readonly messages = new Threads();
  readonly colleagues = new Board<ColleagueView>();
  readonly cards = new Board<CardView>();
  readonly past = new Board<PastView>();
  readonly board = new Board<BoardCallView>();
  readonly queues = new Board<QueueView>();
  readonly flows = new Board<FlowView>();
  readonly conferences = new Board<ConferenceView>();
  readonly recordings = new Board<RecordingView>();
  readonly transcripts = new Board<TranscriptView>();

  /** Does what a patch says. */
  protected put(patch: Patch): void {
    switch (patch.type) {
      case "reset":
        return this.#reset(patch.desk);
      case "putSession":
        this.session = patch.session;
        return;
      case "putTools":
        this.tools = patch.tools;
        this.can = patch.can;
        return;
      case "putResponder":
        this.responder = patch.responder;
        return;
      case "putMe":
        this.me = patch.me;
        return;
      case "putLink":
        this.link = patch.link;
        return;
      case "putAway":
        this.away = patch.away;
        return;
      case "putFloor":
        this.floor = patch.floor;
        return;
      case "putNumber":
        return this.numbers.put(patch.number.number, patch.number);
      case "putCall":
        return this.calls.put(patch.call.id, patch.call);
      case "dropCall":
        return this.calls.drop(patch.id);
      case "putTalk":
        return this.talks.put(patch.talk.id, patch.talk);
      case "dropTalk":
        return this.talks.drop(patch.id);
      case "putTalkLine":
        return this.talkLines.put(patch.line.id, patch.line);
      case "dropTalkLine":
        return this.talkLines.drop(patch.id);
      case "putWait":
        return this.waits.put(patch.wait.id, patch.wait);
      case "dropWait":
        return this.waits.drop(patch.id);
      case "putChat":
        return this.chats.put(patch.chat.id, patch.chat);
      case "dropChat":
        return this.chats.drop(patch.id);
      case "putMessage":
        return this.messages.put(patch.message.id, patch.message);
      case "dropMessage":
        return this.messages.drop(patch.id);
      case "putColleague":
        return this.colleagues.put(patch.colleague.id, patch.colleague);
      case "putCard":
        return this.cards.put(patch.card.number, patch.card);
      case "dropCard":
        return this.cards.drop(patch.number);
      case "putPast":
        return this.past.put(patch.past.id, patch.past);
      case "dropPast":
        return this.past.drop(patch.id);
      case "putBoardCall":
        return this.board.put(patch.call.id, patch.call);
      case "dropBoardCall":
        return this.board.drop(patch.id);
      case "putQueue":
        return this.queues.put(patch.queue.id, patch.queue);
      case "putFlow":
        return this.flows.put(patch.flow.id, patch.flow);
      case "dropFlow":
        return this.flows.drop(patch.id);
      case "putConference":
        return this.conferences.put(patch.conference.id, patch.conference);
      case "dropConference":
        return this.conferences.drop(patch.id);
      case "putRecording":
        return this.recordings.put(patch.recording.id, patch.recording);
      case "dropRecording":
        return this.recordings.drop(patch.id);
      case "putTranscript":
        return this.transcripts.put(patch.transcript.id, patch.transcript);
      case "dropTranscript":
        return this.transcripts.drop(patch.id);
      default:
        patch satisfies never;
    }
  }

  /** A batch is done: say so to whoever looks. */
  protected changed(): void {
    this.numbers.changed();
    this.calls.changed();
    this.talks.changed();
    this.talkLines.changed();
    this.waits.changed();
    this.chats.changed();
    this.messages.changed();
    this.colleagues.changed();
    this.cards.changed();
    this.past.changed();
    this.board.changed();
    this.queues.changed();
    this.flows.changed();
    this.conferences.changed();
    this.recordings.changed();
    this.transcripts.changed();
  }

  #reset(desk: DeskView): void {
    this.session = desk.session;
    this.tools = desk.tools;
    this.can = desk.can;
    this.responder = desk.responder;
    this.me = desk.me;
    this.link = desk.link;
    this.away = desk.away;
    this.floor = desk.floor;
    this.numbers.reset(desk.numbers, (one) => one.number);
    this.calls.reset(desk.calls, (one) => one.id);
    this.talks.reset(desk.talks, (one) => one.id);
    this.talkLines.reset(desk.talkLines, (one) => one.id);
    this.waits.reset(desk.waits, (one) => one.id);
    this.chats.reset(desk.chats, (one) => one.id);
    this.messages.reset(desk.messages, (one) => one.id);
    this.colleagues.reset(desk.colleagues, (one) => one.id);
    this.cards.reset(desk.cards, (one) => one.number);
    this.past.reset(desk.past, (one) => one.id);
    this.board.reset(desk.board, (one) => one.id);
    this.queues.reset(desk.queues, (one) => one.id);
    this.flows.reset(desk.flows, (one) => one.id);
    this.conferences.reset(desk.conferences, (one) => one.id);
    this.recordings.reset(desk.recordings, (one) => one.id);
    this.transcripts.reset(desk.transcripts, (one) => one.id);
  }
}
