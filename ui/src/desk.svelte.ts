// The desk as the window holds it: a map per kind, moved only by patches.
//
// Rust owns every rule. This file applies what Rust says and offers plain
// getters; a component that wants something changed calls the host.
import { getContext, setContext } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import type { AwayView } from "./bindings/AwayView";
import type { Batch } from "./bindings/Batch";
import type { CallView } from "./bindings/CallView";
import type { CardView } from "./bindings/CardView";
import type { ChatView } from "./bindings/ChatView";
import type { ColleagueView } from "./bindings/ColleagueView";
import type { DeskView } from "./bindings/DeskView";
import type { LinkView } from "./bindings/LinkView";
import type { MessageView } from "./bindings/MessageView";
import type { MeView } from "./bindings/MeView";
import type { PastView } from "./bindings/PastView";
import type { Patch } from "./bindings/Patch";
import type { SessionView } from "./bindings/SessionView";
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
  readonly messages = new SvelteMap<string, MessageView>();
  readonly colleagues = new SvelteMap<string, ColleagueView>();
  readonly cards = new SvelteMap<string, CardView>();

  readonly ringing = $derived(this.#calls("ringing"));
  readonly talking = $derived(this.#calls("talking"));
  readonly waiting = $derived([...this.waits.values()].sort((a, b) => a.since - b.since));
  readonly conversations = $derived([...this.chats.values()].sort((a, b) => b.lastAt - a.lastAt));
  readonly team = $derived([...this.colleagues.values()].sort((a, b) => a.name.localeCompare(b.name)));

  /** The texts of one conversation, oldest first. */
  thread(chat: string): MessageView[] {
    return [...this.messages.values()].filter((message) => message.chat === chat).sort((a, b) => a.at - b.at);
  }

  take(batch: Batch): void {
    for (const patch of batch.patches) this.#take(patch);
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
      case "putMessage":
        this.messages.set(patch.message.id, patch.message);
        return;
      case "dropMessage":
        this.messages.delete(patch.id);
        return;
      case "putColleague":
        this.colleagues.set(patch.colleague.id, patch.colleague);
        return;
      case "putCard":
        this.cards.set(patch.card.number, patch.card);
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
    fill(this.messages, desk.messages, (message) => message.id);
    fill(this.colleagues, desk.colleagues, (colleague) => colleague.id);
    fill(this.cards, desk.cards, (card) => card.number);
  }
}

function fill<T>(map: SvelteMap<string, T>, items: T[], key: (item: T) => string): void {
  map.clear();
  for (const item of items) map.set(key(item), item);
}

const key = Symbol("desk");

export const provideDesk = (desk: DeskStore): DeskStore => setContext(key, desk);
export const useDesk = (): DeskStore => getContext<DeskStore>(key);
