// A desk that plays by itself, for designing in a browser and for tests. It
// records what was asked of it, and says what a test makes it say.
import type { About } from "./bindings/About";
import type { Batch } from "./bindings/Batch";
import type { DeskView } from "./bindings/DeskView";
import type { Patch } from "./bindings/Patch";
import type { Form, Host } from "./host";

export function emptyDesk(): DeskView {
  return {
    session: {
      screen: "desk",
      service: "api.voipbin.net",
      email: "dana@northwind.example",
      demo: false,
      problem: null,
    },
    me: {
      id: "me",
      name: "Dana Kim",
      email: "dana@northwind.example",
      status: "available",
      since: Date.now(),
      asked: null,
      fixedBecause: null,
      problem: null,
    },
    link: {
      live: true,
      hearsCalls: true,
      words: "Subscribed",
      promise: "You will hear the next call",
      roundTripMs: 18,
      retryAt: null,
      lostAt: null,
      why: null,
      notVisible: [],
      notUnderstood: 0,
      strangeFields: 0,
    },
    calls: [],
    waits: [],
    chats: [],
    messages: [],
    colleagues: [],
    cards: [],
  };
}

export class FakeHost implements Host {
  readonly asked: [verb: string, ...args: unknown[]][] = [];
  /** What the next verb rejects with, if anything. */
  fails: unknown = undefined;
  #take: (batch: Batch) => void = () => {};
  #show: (about: About) => void = () => {};
  #seq = 0;

  constructor(private readonly desk: DeskView = emptyDesk()) {}

  say(...patches: Patch[]): void {
    this.#take({ seq: this.#seq++, patches });
  }

  click(about: About): void {
    this.#show(about);
  }

  async openDesk(take: (batch: Batch) => void): Promise<void> {
    this.#take = take;
    this.#seq = 0;
    this.say({ type: "reset", desk: this.desk });
  }

  async onShow(show: (about: About) => void): Promise<void> {
    this.#show = show;
  }

  signIn = (service: string, form: Form) => this.#ask("signIn", service, form);
  tryDemo = () => this.#ask("tryDemo");
  signOut = () => this.#ask("signOut");
  reply = (chat: string, text: string) => this.#ask("reply", chat, text);
  replyAgain = (message: string) => this.#ask("replyAgain", message);
  setStatus = (status: string) => this.#ask("setStatus", status);
  lookAt = (chat: string | null) => this.#ask("lookAt", chat);
  lookAgain = (number: string) => this.#ask("lookAgain", number);
  problemSeen = () => this.#ask("problemSeen");
  retryNow = () => this.#ask("retryNow");
  showMain = (about: About) => this.#ask("showMain", about);
  dismissPop = () => this.#ask("dismissPop");

  async #ask(verb: string, ...args: unknown[]): Promise<void> {
    this.asked.push([verb, ...args]);
    const fails = this.fails;
    this.fails = undefined;
    if (fails !== undefined) throw fails;
  }
}
