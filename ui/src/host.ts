// What the windows may ask of the app, and how they hear from it.
//
// The port between the screen and everything behind it: the real host speaks
// to Rust, the fake one plays a desk in a browser or a test. No component
// knows which it has.
import { getContext, setContext } from "svelte";
import type { About } from "./bindings/About";
import type { Batch } from "./bindings/Batch";
import type { CustomerDeed } from "./bindings/CustomerDeed";
import type { Deed } from "./bindings/Deed";
import type { Diagnostics } from "./bindings/Diagnostics";
import type { JournalEntry } from "./bindings/JournalEntry";
import type { Problem } from "./bindings/Problem";
import type { RehearsalView } from "./bindings/RehearsalView";
import type { ResponderDeed } from "./bindings/ResponderDeed";
import type { RuleBook } from "./bindings/RuleBook";
import type { TalkDeed } from "./bindings/TalkDeed";
import type { Tool } from "./bindings/Tool";
import type { TraceView } from "./bindings/TraceView";
import type { Trial } from "./bindings/Trial";
import { t } from "./catalogue";

/** What the sign-in form sends; nothing of it ever comes back. */
export type Form = { type: "password"; email: string; password: string } | { type: "token"; token: string };

/** How a service speaks: as documented, or as the live one does. */
export type Dialect = "documented" | "live";

/** A verb is done when it resolves; what it changed comes as patches. It rejects with a `Problem`. */
export interface Host {
  openDesk(take: (batch: Batch) => void): Promise<void>;
  onShow(show: (about: About) => void): Promise<void>;
  /** `authority` is a certificate authority as PEM, trusted beside the system's; without a `dialect` it is found. */
  signIn(service: string, form: Form, authority: string | null, dialect: Dialect | null): Promise<void>;
  /** The same, until Ringside ends: nothing of it is kept on this computer. */
  signInForNow(service: string, form: Form, authority: string | null, dialect: Dialect | null): Promise<void>;
  /** Asks the keyring once more for the sign-in it holds; what comes of it shows as a patch. */
  askKeyring(): Promise<void>;
  /** The same agent signs in again at the desk as it stands. */
  renew(form: Form): Promise<void>;
  tryDemo(): Promise<void>;
  signOut(): Promise<void>;
  reply(chat: string, text: string): Promise<void>;
  /** Writes to somebody who asked for no texts: the reason is kept. */
  replyDespite(chat: string, text: string, reason: string): Promise<void>;
  respond(deed: ResponderDeed): Promise<void>;
  /** What rules would do to a text that is typed; nothing is sent. */
  tryRules(book: RuleBook, trial: Trial): Promise<TraceView>;
  /** What rules would have done to the texts that are kept; nothing is sent. */
  rehearse(book: RuleBook): Promise<RehearsalView>;
  /** Rules out of a TOML file, checked. */
  readRules(text: string): Promise<RuleBook>;
  /** Writes rules into a TOML file and says where. */
  saveRules(book: RuleBook): Promise<string>;
  replyAgain(message: string): Promise<void>;
  /** Lets go of a text that was not sent, or may not have been. */
  dropReply(message: string): Promise<void>;
  keepDraft(chat: string, text: string): Promise<void>;
  /** On a call it is what comes after it. */
  setStatus(status: string, reason: string | null): Promise<void>;
  /** The service says another status than the agent chose: ask again, or let it be. */
  settleStatus(asChosen: boolean): Promise<void>;
  /** Resolves when it was asked for; what came of it shows on the desk. */
  steer(call: string, deed: Deed): Promise<void>;
  callProblemSeen(call: string): Promise<void>;
  keepTool(tool: Tool): Promise<void>;
  /** Resolves with the chat when the service has taken it; a text is the agent's until then. */
  speak(deed: TalkDeed): Promise<string>;
  /** Shares a file in a chat of the team; resolves with the chat. */
  share(talk: string, name: string, content: Uint8Array): Promise<string>;
  /** Fetches a file that a colleague shared, and says where it lies. */
  saveShared(file: string): Promise<string>;
  talkIn(talk: string | null): Promise<void>;
  /** Resolves when it was asked for; what came of it shows on the card. */
  serve(number: string, deed: CustomerDeed): Promise<void>;
  /** Opens the customer's page, as the agent's template has it, in the system's browser. */
  openCustomerPage(number: string): Promise<void>;
  lookAt(chat: string | null): Promise<void>;
  lookAgain(number: string): Promise<void>;
  moreTouches(number: string): Promise<void>;
  problemSeen(): Promise<void>;
  retryNow(): Promise<void>;
  awaySeen(): Promise<void>;
  setThresholds(levelS: number, amberS: number, redS: number): Promise<void>;
  waitsHeard(): Promise<void>;
  /** The account is set to a dialect that is not the service's: from now on it is detected. */
  detectDialect(): Promise<void>;
  /** Which view this window shows: what no view needs is not listened to for long. */
  showView(view: string | null): Promise<void>;
  historySeen(): Promise<void>;
  /** Fetches a recording's file; how far it got comes as patches. */
  fetchRecording(id: string): Promise<void>;
  /** Opens a fetched recording in the system's player. */
  playRecording(id: string): Promise<void>;
  journal(seq: number): Promise<JournalEntry[]>;
  /** Writes the journal into a file and says where. */
  saveJournal(): Promise<string>;
  /** The link from inside; null while nobody is signed in. */
  diagnostics(): Promise<Diagnostics | null>;
  showMain(about: About): Promise<void>;
  dismissPop(): Promise<void>;
}

const key = Symbol("host");

export const provideHost = (host: Host): Host => setContext(key, host);
export const useHost = (): Host => getContext<Host>(key);

/** What a rejected verb says, whatever it was rejected with. */
export function asProblem(error: unknown): Problem {
  if (typeof error === "object" && error !== null && "code" in error && "message" in error) return error as Problem;
  return { code: "other", message: t("problems-unexpected") };
}
