// What the windows may ask of the app, and how they hear from it.
//
// The port between the screen and everything behind it: the real host speaks
// to Rust, the fake one plays a desk in a browser or a test. No component
// knows which it has.
import { getContext, setContext } from "svelte";
import type { About } from "./bindings/About";
import type { Batch } from "./bindings/Batch";
import type { Problem } from "./bindings/Problem";
import type { Verbs } from "./bindings/verbs";
import { words } from "./catalogue";

/** Every verb of the list, and what does not only hand on plain values. */
export interface Host extends Verbs {
  openDesk(take: (batch: Batch) => void): Promise<void>;
  onShow(show: (about: About) => void): Promise<void>;
  /** Shares a file in a chat of the team; resolves with the chat. */
  share(talk: string, name: string, content: Uint8Array): Promise<string>;
}

const key = Symbol("host");

export const provideHost = (host: Host): Host => setContext(key, host);
export const useHost = (): Host => getContext<Host>(key);

/** What a rejected verb says, whatever it was rejected with. */
export function asProblem(error: unknown): Problem {
  if (typeof error === "object" && error !== null && "code" in error && "message" in error) return error as Problem;
  return { code: "other", message: { id: "problems-unexpected" } };
}

/** The same for the agent to read. */
export function problemWords(error: unknown): string {
  return words(asProblem(error).message);
}
