// A desk that plays by itself, for designing in a browser and for tests. It
// records what was asked of it, and says what a test makes it say.
import type { About } from "./bindings/About";
import type { Batch } from "./bindings/Batch";
import type { ControlsView } from "./bindings/ControlsView";
import type { DeskView } from "./bindings/DeskView";
import type { FilledView } from "./bindings/FilledView";
import type { FloorView } from "./bindings/FloorView";
import type { JournalEntry } from "./bindings/JournalEntry";
import type { OffView } from "./bindings/OffView";
import type { Patch } from "./bindings/Patch";
import type { RehearsalView } from "./bindings/RehearsalView";
import type { RuleBook } from "./bindings/RuleBook";
import type { TraceView } from "./bindings/TraceView";
import type { Trial } from "./bindings/Trial";
import type { TalkDeed } from "./bindings/TalkDeed";
import type { Diagnostics } from "./bindings/Diagnostics";
import { nothing } from "./bindings/kinds.svelte";
import { readNumbers } from "./bindings/readNumbers";
import { RecordedVerbs } from "./bindings/verbs";
import type { Host } from "./host";

export function emptyDesk(): DeskView {
  return {
    ...nothing(),
    session: {
      screen: "desk",
      service: "api.voipbin.net",
      email: "dana@northwind.example",
      demo: false,
      problem: null,
      endsAt: null,
      askAgain: null,
      askKeyring: false,
      noToasts: null,
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
      reason: null,
      next: null,
      wrapUp: null,
      differs: null,
    },
    link: {
      live: true,
      hearsCalls: true,
      words: { id: "link-stage-live" },
      promise: { id: "link-promise-hears" },
      roundTripMs: 18,
      retryAt: null,
      lostAt: null,
      why: null,
      troubles: [],
      wrongDialect: false,
      notVisible: [],
      seesQueues: true,
      seesFloor: true,
      notUnderstood: 0,
      strangeFields: 0,
      notRead: null,
    },
    away: null,
    floor: quietFloor(),
    tools: {
      quickReplies: [
        { shortcut: "hours", text: "We are open from 9 to 5, {name}." },
        { shortcut: "moment", text: "One moment please." },
      ],
      reasons: [{ name: "Break", status: "away" }],
      favourites: [],
      voicemail: null,
      crm: null,
      wrapUpS: null,
      leftOut: [],
    },
    responder: {
      on: false,
      state: "off",
      words: { id: "rules-state-off" },
      book: emptyBook(),
      counts: [],
      traces: [],
      optOuts: [],
      held: [],
      limits: { perHour: 3, perDay: 10, apartS: 60, quickAtMost: 3, tooOldMinutes: 5 },
    },
    can: { steer: null, voicemail: "noVoicemail" },
  };
}

export function emptyBook(): RuleBook {
  return {
    zone: "",
    open: [],
    holidays: [],
    cap: 60,
    stopped: "You've been unsubscribed",
    started: "You will get our texts again.",
    help: "",
    rules: [],
  };
}

/** What a card holds before anybody asked. */
export const unread = {
  contact: null,
  external: null,
  others: [],
  tagIds: [],
  tags: [],
  history: null,
  touches: [],
  hasMore: false,
  cases: [],
  problem: null,
};

export const untouched: ControlsView = {
  hold: "off",
  music: "off",
  mute: "off",
  recording: "off",
  hangUp: "off",
  transfer: null,
  problem: null,
};

/** A call to which everything can be done. */
export const allOn: OffView = { switches: null, transfer: null, voicemail: null, hangUp: null, endRing: null };

export function quietFloor(): FloorView {
  const none = {
    answered: 0,
    inTime: 0,
    abandoned: 0,
    levelPercent: null,
    averageWaitS: null,
    averageHandleS: null,
  };
  return {
    ringing: 0,
    talking: 0,
    waiting: 0,
    longestSince: null,
    levelS: 20,
    amberS: 20,
    redS: 120,
    countsFrom: Date.now(),
    today: none,
    hour: none,
    chart: [],
    callsForAttention: false,
  };
}

export class FakeHost extends RecordedVerbs implements Host {
  readonly asked: [verb: string, ...args: unknown[]][] = [];
  /** What the next verb rejects with, if anything. */
  fails: unknown = undefined;
  /** The link from inside, as it is told. */
  inside: Diagnostics = {
    service: "https://api.voipbin.net",
    proxy: "proxy.example:3128",
    state: "live",
    dialect: "live",
    dialectIsGiven: false,
    sockets: 2,
    heardAgoMs: 800,
    roundTripMs: 18,
    wanted: ["agent_id:me:groupcall:groupcall_", "customer_id:c:call:call_"],
    confirmed: ["agent_id:me:groupcall:groupcall_"],
    refused: { "customer_id:c:call:call_": "DROPPED" },
    frames: { groupcall: 12, call: 7 },
    notOurs: 1,
    unknownKinds: { "fax.received": 1 },
    unknownFields: { mood: 2 },
    misfitFields: {},
    merged: 3,
    patches: 4210,
    batches: 1730,
    mostWaiting: 70,
    losses: [{ why: { id: "link-cause-broke", args: { host: "api.voipbin.net" } }, times: 1 }],
    rereads: 2,
    rereadsFailed: 0,
  };
  #take: (batch: Batch) => void = () => {};
  #show: (about: About) => void = () => {};
  #seq = 0;

  constructor(private readonly desk: DeskView = emptyDesk()) {
    super();
  }

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

  /** What rules do to a text, as it is told. */
  tried: TraceView = {
    message: "trial",
    chat: "",
    number: "",
    text: "",
    at: 0,
    fate: "silent",
    words: { id: "rules-said-no-match" },
    reply: null,
    steps: [],
  };
  /** What stands in a conversation's box once a quick reply is filled in. */
  filled: FilledView | null = { text: "We are open from 9 to 5, John.", cursor: 30 };
  async quickReply(chat: string, shortcut: string): Promise<FilledView | null> {
    await this.record("quickReply", chat, shortcut);
    return this.filled;
  }
  async readNumber(text: string): Promise<string[]> {
    await this.record("readNumber", text);
    return readNumbers[text] ?? [];
  }
  async tryRules(book: RuleBook, trial: Trial): Promise<TraceView> {
    await this.record("tryRules", book, trial);
    return this.tried;
  }
  async rehearse(book: RuleBook): Promise<RehearsalView> {
    await this.record("rehearse", book);
    return { texts: 3, replies: 1, people: 1, traces: [{ ...this.tried, message: "m1", text: "hours?" }] };
  }
  async readRules(text: string): Promise<RuleBook> {
    await this.record("readRules", text);
    return { ...emptyBook(), help: text };
  }
  async saveRules(book: RuleBook): Promise<string> {
    await this.record("saveRules", book);
    return "/home/dana/Downloads/ringside-rules.toml";
  }
  async speak(deed: TalkDeed): Promise<string> {
    await this.record("speak", deed);
    return "talk-1";
  }

  async share(talk: string, name: string, content: Uint8Array): Promise<string> {
    await this.record("share", talk, name, content.length);
    return talk;
  }
  async saveShared(file: string): Promise<string> {
    await this.record("saveShared", file);
    return "/home/dana/Downloads/plan.pdf";
  }
  /** What came in, as it is told. */
  entries: JournalEntry[] = [];

  async journal(seq: number): Promise<JournalEntry[]> {
    await this.record("journal", seq);
    return this.entries.filter((entry) => entry.seq >= seq);
  }

  async saveJournal(): Promise<string> {
    await this.record("saveJournal");
    return "/home/dana/Downloads/ringside-events.jsonl";
  }

  async diagnostics(): Promise<Diagnostics> {
    await this.record("diagnostics");
    return this.inside;
  }

  protected async record(verb: string, ...args: unknown[]): Promise<void> {
    this.asked.push([verb, ...args]);
    const fails = this.fails;
    this.fails = undefined;
    if (fails !== undefined) throw fails;
  }
}
