// What the agent looks at: private to the eye, so it lives in the window.
//
// The agent chooses. A ringing call may choose itself only where that takes
// nothing away: when nothing is chosen, or what chose itself is over and no
// answer is being written.
import { getContext, setContext } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import type { About } from "./bindings/About";
import type { CallView } from "./bindings/CallView";
import type { DeskStore } from "./desk.svelte";
import { isWithheld } from "./words";

export class Focus {
  about = $state.raw<About | null>(null);
  /** Which view of the window is open. */
  view = $state.raw("desk");
  /** Half-typed replies, by conversation. */
  readonly drafts = new Map<string, string>();
  /** What is half-written elsewhere, by what it is for: it stays while another view is open. */
  readonly #written = new SvelteMap<string, string>();
  /** The number of what was chosen, which stays when its call is over. */
  #number = $state.raw<string | null>(null);
  #choseItself = false;

  constructor(private readonly desk: DeskStore) {}

  show(about: About): void {
    // The card of an absence stands above everything anyway: what is chosen stays.
    if (about.type === "away") return;
    this.view = "desk";
    this.#choose(about);
    this.#choseItself = false;
  }

  offer(call: CallView, isWriting: boolean): void {
    const isOver = this.about?.type === "call" && !this.desk.calls.has(this.about.id);
    if (this.about !== null && !(this.#choseItself && isOver && !isWriting)) return;
    this.#choose({ type: "call", id: call.id, number: call.number });
    this.#choseItself = true;
  }

  /** Another desk: nothing of the last one stays. */
  forget(): void {
    this.about = null;
    this.view = "desk";
    this.#number = null;
    this.drafts.clear();
    this.#written.clear();
  }

  /** What is half-written for this, if anything. */
  written(what: string): string {
    return this.#written.get(what) ?? "";
  }

  write(what: string, text: string): void {
    if (text === "") this.#written.delete(what);
    else this.#written.set(what, text);
  }

  /** It was taken: what was written since then stays. */
  taken(what: string, text: string): void {
    if (this.written(what) === text) this.write(what, "");
  }

  isOn(type: "call" | "wait" | "chat", id: string): boolean {
    return this.about?.type === type && this.about.id === id;
  }

  /** The customer's number the chosen thing is about. */
  get number(): string | null {
    return this.#told(this.about) ?? this.#number;
  }

  /** The conversation to show: the chosen one, or the chosen customer's. */
  get chat(): string | null {
    if (this.about?.type === "chat") return this.desk.chats.has(this.about.id) ? this.about.id : null;
    const number = this.number;
    if (isWithheld(number)) return null;
    return this.desk.conversations.find((chat) => chat.number === number)?.id ?? null;
  }

  #choose(about: About): void {
    this.about = about;
    this.#number = this.#told(about);
  }

  #told(about: About | null): string | null {
    switch (about?.type) {
      case "chat":
        return this.desk.chats.get(about.id)?.number ?? null;
      case "call":
      case "wait":
        // The call may have ended before the agent came to look.
        return this.desk.calls.get(about.id)?.number || this.desk.waits.get(about.id)?.number || about.number || null;
      default:
        return null;
    }
  }
}

const key = Symbol("focus");

export const provideFocus = (focus: Focus): Focus => setContext(key, focus);
export const useFocus = (): Focus => getContext<Focus>(key);
