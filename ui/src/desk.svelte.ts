// The desk as the window holds it: a map per kind, moved only by patches.
//
// Rust owns every rule. This file applies what Rust says and offers plain
// getters; a component that wants something changed calls the host.
import { getContext, setContext } from "svelte";
import { Board } from "./board.svelte";
import type { AwayView } from "./bindings/AwayView";
import type { Batch } from "./bindings/Batch";
import type { BoardCallView } from "./bindings/BoardCallView";
import type { CallView } from "./bindings/CallView";
import type { CanView } from "./bindings/CanView";
import type { ToolsView } from "./bindings/ToolsView";
import type { CardView } from "./bindings/CardView";
import type { ChatView } from "./bindings/ChatView";
import type { ColleagueView } from "./bindings/ColleagueView";
import type { ConferenceView } from "./bindings/ConferenceView";
import type { DeskView } from "./bindings/DeskView";
import type { FloorView } from "./bindings/FloorView";
import type { FlowView } from "./bindings/FlowView";
import type { LinkView } from "./bindings/LinkView";
import type { MessageView } from "./bindings/MessageView";
import type { MeView } from "./bindings/MeView";
import type { PastView } from "./bindings/PastView";
import type { Patch } from "./bindings/Patch";
import type { QueueView } from "./bindings/QueueView";
import type { RecordingView } from "./bindings/RecordingView";
import type { ResponderView } from "./bindings/ResponderView";
import type { SessionView } from "./bindings/SessionView";
import type { TalkLineView } from "./bindings/TalkLineView";
import type { TalkView } from "./bindings/TalkView";
import type { TranscriptView } from "./bindings/TranscriptView";
import type { WaitView } from "./bindings/WaitView";
import { putNumber } from "./numbers";
import { byAlphabet } from "./words";

export class DeskStore {
  session = $state.raw<SessionView>({
    screen: "starting",
    service: "",
    email: "",
    demo: false,
    problem: null,
    endsAt: null,
    askAgain: null,
    askKeyring: false,
    noToasts: null,
  });
  me = $state.raw<MeView | null>(null);
  /** What the agent has set up. */
  tools = $state.raw<ToolsView | null>(null);
  /** Answers by rules. */
  responder = $state.raw<ResponderView | null>(null);
  /** What this account can do, and why not what it cannot. */
  can = $state.raw<CanView | null>(null);
  link = $state.raw<LinkView | null>(null);
  /** What happened while the link was away, until it was read. */
  away = $state.raw<AwayView | null>(null);
  readonly past = new Board<PastView>();
  readonly calls = new Board<CallView>();
  readonly waits = new Board<WaitView>();
  readonly chats = new Board<ChatView>();
  readonly threads = new Board<Map<string, MessageView>>();
  /** In which conversation a text lies. */
  readonly #liesIn = new Map<string, string>();
  readonly colleagues = new Board<ColleagueView>();
  readonly cards = new Board<CardView>();
  /** The floor in figures. */
  floor = $state.raw<FloorView | null>(null);
  /** Every call the link tells of: there may be ten thousand. */
  readonly board = new Board<BoardCallView>();
  readonly queues = new Board<QueueView>();
  readonly flows = new Board<FlowView>();
  readonly conferences = new Board<ConferenceView>();
  readonly recordings = new Board<RecordingView>();
  readonly transcripts = new Board<TranscriptView>();
  readonly talks = new Board<TalkView>();
  readonly talkLines = new Board<TalkLineView>();

  readonly #all = [
    this.past,
    this.calls,
    this.waits,
    this.chats,
    this.threads,
    this.colleagues,
    this.cards,
    this.board,
    this.queues,
    this.flows,
    this.conferences,
    this.recordings,
    this.transcripts,
    this.talks,
    this.talkLines,
  ];

  readonly ringing = $derived(this.#calls("ringing"));
  readonly talking = $derived(this.#calls("talking"));
  readonly waiting = $derived([...this.waits.values()].sort((a, b) => a.since - b.since));
  readonly conversations = $derived([...this.chats.values()].sort((a, b) => b.lastAt - a.lastAt));
  readonly team = $derived([...this.colleagues.values()].sort((a, b) => byAlphabet(a.name, b.name)));

  /** The texts of one conversation, oldest first. */
  thread(chat: string): MessageView[] {
    return [...(this.threads.get(chat)?.values() ?? [])].sort((a, b) => a.at - b.at);
  }

  /** Who is on a call, in a word; nothing where nobody told. */
  who(call: string | null): string | null {
    if (call === null) return null;
    const known = this.board.get(call) ?? this.calls.get(call) ?? this.past.get(call);
    return known ? (known.name ?? (known.number || null)) : null;
  }

  take(batch: Batch): void {
    for (const patch of batch.patches) this.#take(patch);
    for (const things of this.#all) things.changed();
  }

  #calls(stage: CallView["stage"]): CallView[] {
    return [...this.calls.values()].filter((call) => call.stage === stage).sort((a, b) => a.since - b.since);
  }

  #take(patch: Patch): void {
    switch (patch.type) {
      case "reset":
        return this.#reset(patch.desk);
      case "putNumber":
        putNumber(patch.number);
        return;
      case "putSession":
        this.session = patch.session;
        return;
      case "putTalk":
        this.talks.put(patch.talk.id, patch.talk);
        return;
      case "dropTalk":
        this.talks.drop(patch.id);
        return;
      case "putTalkLine":
        this.talkLines.put(patch.line.id, patch.line);
        return;
      case "dropTalkLine":
        this.talkLines.drop(patch.id);
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
      case "putCall":
        this.calls.put(patch.call.id, patch.call);
        return;
      case "dropCall":
        this.calls.drop(patch.id);
        return;
      case "putWait":
        this.waits.put(patch.wait.id, patch.wait);
        return;
      case "dropWait":
        this.waits.drop(patch.id);
        return;
      case "putChat":
        this.chats.put(patch.chat.id, patch.chat);
        return;
      case "dropChat":
        this.chats.drop(patch.id);
        for (const text of this.threads.peek(patch.id)?.keys() ?? []) this.#liesIn.delete(text);
        this.threads.drop(patch.id);
        return;
      case "putMessage":
        this.#putMessage(patch.message);
        return;
      case "dropMessage":
        if (this.threads.peek(this.#liesIn.get(patch.id) ?? "")?.delete(patch.id)) this.threads.touch();
        this.#liesIn.delete(patch.id);
        return;
      case "putColleague":
        this.colleagues.put(patch.colleague.id, patch.colleague);
        return;
      case "putCard":
        this.cards.put(patch.card.number, patch.card);
        return;
      case "dropCard":
        this.cards.drop(patch.number);
        return;
      case "putPast":
        this.past.put(patch.past.id, patch.past);
        return;
      case "dropPast":
        this.past.drop(patch.id);
        return;
      case "putAway":
        this.away = patch.away;
        return;
      case "putFloor":
        this.floor = patch.floor;
        return;
      case "putBoardCall":
        this.board.put(patch.call.id, patch.call);
        return;
      case "dropBoardCall":
        this.board.drop(patch.id);
        return;
      case "putQueue":
        this.queues.put(patch.queue.id, patch.queue);
        return;
      case "putFlow":
        this.flows.put(patch.flow.id, patch.flow);
        return;
      case "dropFlow":
        this.flows.drop(patch.id);
        return;
      case "putConference":
        this.conferences.put(patch.conference.id, patch.conference);
        return;
      case "dropConference":
        this.conferences.drop(patch.id);
        return;
      case "putRecording":
        this.recordings.put(patch.recording.id, patch.recording);
        return;
      case "dropRecording":
        this.recordings.drop(patch.id);
        return;
      case "putTranscript":
        this.transcripts.put(patch.transcript.id, patch.transcript);
        return;
      case "dropTranscript":
        this.transcripts.drop(patch.id);
        return;
      default:
        patch satisfies never;
    }
  }

  #reset(desk: DeskView): void {
    desk.numbers.forEach(putNumber);
    this.session = desk.session;
    this.me = desk.me;
    this.tools = desk.tools;
    this.can = desk.can;
    this.responder = desk.responder;
    this.link = desk.link;
    this.away = desk.away;
    this.past.reset(desk.past, (past) => past.id);
    this.calls.reset(desk.calls, (call) => call.id);
    this.waits.reset(desk.waits, (wait) => wait.id);
    this.chats.reset(desk.chats, (chat) => chat.id);
    this.threads.reset([], () => "");
    this.#liesIn.clear();
    for (const message of desk.messages) this.#putMessage(message);
    this.colleagues.reset(desk.colleagues, (colleague) => colleague.id);
    this.cards.reset(desk.cards, (card) => card.number);
    this.floor = desk.floor;
    this.board.reset(desk.board, (call) => call.id);
    this.queues.reset(desk.queues, (queue) => queue.id);
    this.flows.reset(desk.flows, (flow) => flow.id);
    this.conferences.reset(desk.conferences, (conference) => conference.id);
    this.recordings.reset(desk.recordings, (recording) => recording.id);
    this.talks.reset(desk.talks, (talk) => talk.id);
    this.talkLines.reset(desk.talkLines, (line) => line.id);
    this.transcripts.reset(desk.transcripts, (transcript) => transcript.id);
  }

  #putMessage(message: MessageView): void {
    this.#liesIn.set(message.id, message.chat);
    const thread = this.threads.peek(message.chat) ?? new Map<string, MessageView>();
    thread.set(message.id, message);
    this.threads.put(message.chat, thread);
  }
}

const key = Symbol("desk");

export const provideDesk = (desk: DeskStore): DeskStore => setContext(key, desk);
export const useDesk = (): DeskStore => getContext<DeskStore>(key);
