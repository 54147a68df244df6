// A desk for tests of one panel: what lies on it, and how it is looked at.
import { fireEvent, render, screen } from "@testing-library/svelte";
import type { CallView } from "./bindings/CallView";
import type { CardView } from "./bindings/CardView";
import type { ColleagueView } from "./bindings/ColleagueView";
import type { DeskView } from "./bindings/DeskView";
import type { Problem } from "./bindings/Problem";
import { t, words, type Message } from "./catalogue";
import App from "./App.svelte";
import { allOn, emptyDesk, FakeHost, unread, untouched } from "./host.fake";

// The test's document has no sizes, so nothing ever changes its own.
class NoSizes {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.ResizeObserver = NoSizes;
HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
  this.open = true;
};

export const JOHN = "+15551234567";
export const MEI = "+15559012000";

export const aCall = (part: Partial<CallView> = {}): CallView => ({
  id: "c1",
  stage: "talking",
  unseen: false,
  inbound: true,
  name: null,
  number: JOHN,
  ourNumber: "+15559876543",
  queue: null,
  waitedS: null,
  since: Date.now(),
  stale: false,
  controls: untouched,
  off: allOn,
  ...part,
});

export const aCard = (part: Partial<CardView> = {}): CardView => ({
  ...unread,
  number: JOHN,
  state: "known",
  name: "John Delgado",
  company: null,
  jobTitle: null,
  notes: null,
  calls: 1,
  texts: 0,
  contact: "contact-1",
  ...part,
});

export const aColleague = (id: string, name: string, status: ColleagueView["status"] = "away"): ColleagueView => ({
  id,
  name,
  status,
  since: null,
});

/** A desk in its window, with this on it. */
export function show(part: Partial<DeskView> = {}): FakeHost {
  const host = new FakeHost({ ...emptyDesk(), ...part });
  render(App, { host });
  return host;
}

type View = "desk" | "talk" | "settings" | "rules";

export async function look(view: View): Promise<void> {
  await fireEvent.click(screen.getByRole("button", { name: new RegExp(`^${t(`desk-view-${view}`)}`) }));
}

/** A "no" as the app says it. */
export const refusal = (message: Message): Problem => ({ code: "other", message });

/** Its reason, as the agent reads it. */
export const reason = (problem: Problem): string => words(problem.message);

/** What was asked with this verb, in order. */
export const asked = (host: FakeHost, verb: string): unknown[][] =>
  host.asked.filter(([each]) => each === verb).map(([, ...args]) => args);

/** Off, but in its place: it can be read, and has the keyboard if it had it. */
export const isOff = (button: HTMLElement): boolean => button.getAttribute("aria-disabled") === "true";

/** A verb that is answered when the test says so. */
export function slow() {
  let done!: (answer?: unknown) => void;
  let fail!: (why: Problem) => void;
  const answer = new Promise<unknown>((resolve, reject) => ([done, fail] = [resolve, reject]));
  return { answer: answer as Promise<never>, done, fail };
}
