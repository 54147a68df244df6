// The desk as the window holds it: a map per kind, moved only by patches.
//
// Rust owns every rule. This file applies what Rust says and offers plain
// getters; a component that wants something changed calls the host.
import { getContext, setContext } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import { Board } from "./board.svelte";
import type { AwayView } from "./bindings/AwayView";
import type { Batch } from "./bindings/Batch";
import type { BoardCallView } from "./bindings/BoardCallView";
import type { CallView } from "./bindings/CallView";
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
import type { SessionView } from "./bindings/SessionView";
import type { TranscriptView } from "./bindings/TranscriptView";
import type { WaitView } from "./bindings/WaitView";

export class DeskStore {
  session = $state.raw<SessionView>({
    screen: "starting",
    service: "",
    email: "",
    demo: false,
    problem: null,
    endsAt: null,
    askAgain: null,
  });
  me = $state.raw<MeView | null>(null);
  link = $state.raw<LinkView | null>(null);
  /** What happened while the link was away, until it was read. */
  away = $state.raw<AwayView | null>(null);
  readonly past = new SvelteMap<string, PastView>();
  readonly calls = new SvelteMap<string, CallView>();
  readonly waits = new SvelteMap<string, WaitView>();
  readonly chats = new SvelteMap<string, ChatView>();
  readonly threads = new SvelteMap<string, SvelteMap<string, MessageView>>();
  /** In which conversation a text lies. */
  readonly #liesIn = new Map<string, string>();
  readonly colleagues = new SvelteMap<string, ColleagueView>();
  readonly cards = new SvelteMap<string, CardView>();
  /** The floor in figures. */
  floor = $state.raw<FloorView | null>(null);
  /** Every call the link tells of: there may be ten thousand. */
  readonly board = new Board<BoardCallView>();
  readonly queues = new SvelteMap<string, QueueView>();
  readonly flows = new SvelteMap<string, FlowView>();
  readonly conferences = new SvelteMap<string, ConferenceView>();
  readonly recordings = new SvelteMap<string, RecordingView>();
  readonly transcripts = new SvelteMap<string, TranscriptView>();

  readonly ringing = $derived(this.#calls("ringing"));
  readonly talking = $derived(this.#calls("talking"));
  readonly waiting = $derived([...this.waits.values()].sort((a, b) => a.since - b.since));
  readonly conversations = $derived([...this.chats.values()].sort((a, b) => b.lastAt - a.lastAt));
  readonly team = $derived([...this.colleagues.values()].sort((a, b) => a.name.localeCompare(b.name)));

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
    this.board.changed();
  }

  #calls(stage: CallView["stage"]): CallView[] {
    return [...this.calls.values()].filter((call) => call.stage === stage).sort((a, b) => a.since - b.since);
  }

  #take(patch: Patch): void {
    switch (patch.type) {
      case "reset":
        return this.#reset(patch.desk);
      case "putSession":
        this.session = patch.session;
        return;
      case "putMe":
        this.me = patch.me;
        return;
      case "putLink":
        this.link = patch.link;
        return;
      case "putCall":
        this.calls.set(patch.call.id, patch.call);
        return;
      case "dropCall":
        this.calls.delete(patch.id);
        return;
      case "putWait":
        this.waits.set(patch.wait.id, patch.wait);
        return;
      case "dropWait":
        this.waits.delete(patch.id);
        return;
      case "putChat":
        this.chats.set(patch.chat.id, patch.chat);
        return;
      case "dropChat":
        this.chats.delete(patch.id);
        this.threads.delete(patch.id);
        return;
      case "putMessage":
        this.#putMessage(patch.message);
        return;
      case "dropMessage":
        this.threads.get(this.#liesIn.get(patch.id) ?? "")?.delete(patch.id);
        this.#liesIn.delete(patch.id);
        return;
      case "putColleague":
        this.colleagues.set(patch.colleague.id, patch.colleague);
        return;
      case "putCard":
        this.cards.set(patch.card.number, patch.card);
        return;
      case "dropCard":
        this.cards.delete(patch.number);
        return;
      case "putPast":
        this.past.set(patch.past.id, patch.past);
        return;
      case "dropPast":
        this.past.delete(patch.id);
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
        this.queues.set(patch.queue.id, patch.queue);
        return;
      case "putFlow":
        this.flows.set(patch.flow.id, patch.flow);
        return;
      case "dropFlow":
        this.flows.delete(patch.id);
        return;
      case "putConference":
        this.conferences.set(patch.conference.id, patch.conference);
        return;
      case "dropConference":
        this.conferences.delete(patch.id);
        return;
      case "putRecording":
        this.recordings.set(patch.recording.id, patch.recording);
        return;
      case "dropRecording":
        this.recordings.delete(patch.id);
        return;
      case "putTranscript":
        this.transcripts.set(patch.transcript.id, patch.transcript);
        return;
      case "dropTranscript":
        this.transcripts.delete(patch.id);
        return;
      default:
        patch satisfies never;
    }
  }

  #reset(desk: DeskView): void {
    this.session = desk.session;
    this.me = desk.me;
    this.link = desk.link;
    this.away = desk.away;
    fill(this.past, desk.past, (past) => past.id);
    fill(this.calls, desk.calls, (call) => call.id);
    fill(this.waits, desk.waits, (wait) => wait.id);
    fill(this.chats, desk.chats, (chat) => chat.id);
    this.threads.clear();
    this.#liesIn.clear();
    for (const message of desk.messages) this.#putMessage(message);
    fill(this.colleagues, desk.colleagues, (colleague) => colleague.id);
    fill(this.cards, desk.cards, (card) => card.number);
    this.floor = desk.floor;
    this.board.reset(desk.board.map((call) => [call.id, call]));
    fill(this.queues, desk.queues, (queue) => queue.id);
    fill(this.flows, desk.flows, (flow) => flow.id);
    fill(this.conferences, desk.conferences, (conference) => conference.id);
    fill(this.recordings, desk.recordings, (recording) => recording.id);
    fill(this.transcripts, desk.transcripts, (transcript) => transcript.id);
  }

  #putMessage(message: MessageView): void {
    this.#liesIn.set(message.id, message.chat);
    let thread = this.threads.get(message.chat);
    if (!thread) {
      thread = new SvelteMap();
      this.threads.set(message.chat, thread);
    }
    thread.set(message.id, message);
  }
}

function fill<T>(map: SvelteMap<string, T>, items: T[], key: (item: T) => string): void {
  map.clear();
  for (const item of items) map.set(key(item), item);
}

const key = Symbol("desk");

export const provideDesk = (desk: DeskStore): DeskStore => setContext(key, desk);
export const useDesk = (): DeskStore => getContext<DeskStore>(key);
