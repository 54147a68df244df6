// The desk as the window holds it: a map per kind, moved only by patches.
//
// Rust owns every rule. What is held, and what each patch does to it, is written
// from the desk's list of kinds; here are plain getters, and a component that
// wants something changed calls the host.
import { getContext, setContext } from "svelte";
import type { Batch } from "./bindings/Batch";
import type { CallView } from "./bindings/CallView";
import { Held } from "./bindings/kinds.svelte";
import type { MessageView } from "./bindings/MessageView";
import { byAlphabet } from "./words";

export class DeskStore extends Held {
  readonly ringing = $derived(this.#calls("ringing"));
  readonly talking = $derived(this.#calls("talking"));
  readonly waiting = $derived([...this.waits.values()].sort((a, b) => a.since - b.since));
  readonly conversations = $derived([...this.chats.values()].sort((a, b) => b.lastAt - a.lastAt));
  readonly team = $derived([...this.colleagues.values()].sort((a, b) => byAlphabet(a.name, b.name)));

  /** The texts of one conversation, oldest first. */
  thread(chat: string): MessageView[] {
    return this.messages.of(chat);
  }

  /** Who is on a call, in a word; nothing where nobody told. */
  who(call: string | null): string | null {
    if (call === null) return null;
    const known = this.board.get(call) ?? this.calls.get(call) ?? this.past.get(call);
    return known ? (known.name ?? (known.number || null)) : null;
  }

  take(batch: Batch): void {
    for (const patch of batch.patches) this.put(patch);
    this.changed();
  }

  #calls(stage: CallView["stage"]): CallView[] {
    return [...this.calls.values()].filter((call) => call.stage === stage).sort((a, b) => a.since - b.since);
  }
}

const key = Symbol("desk");

export const provideDesk = (desk: DeskStore): DeskStore => setContext(key, desk);
export const useDesk = (): DeskStore => getContext<DeskStore>(key);
