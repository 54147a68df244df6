// The real host. The only file that imports from @tauri-apps.
import { Channel, invoke } from "@tauri-apps/api/core";
import { getCurrentWebviewWindow } from "@tauri-apps/api/webviewWindow";
import type { About } from "./bindings/About";
import type { Batch } from "./bindings/Batch";
import type { Host } from "./host";

/** A window that nobody sees draws nothing: then a moment counts as drawn. */
const HIDDEN_MS = 100;

function whenDrawn(then: () => void): void {
  let isDone = false;
  const done = () => {
    if (!isDone) then();
    isDone = true;
  };
  requestAnimationFrame(() => setTimeout(done));
  setTimeout(done, HIDDEN_MS);
}

export const tauriHost: Host = {
  openDesk: (take) => {
    const channel = new Channel<Batch>();
    const saysWhatItDrew = getCurrentWebviewWindow().label === "main";
    channel.onmessage = (batch) => {
      take(batch);
      if (saysWhatItDrew) whenDrawn(() => void invoke("drawn", { seq: batch.seq }));
    };
    return invoke("open_desk", { channel });
  },
  onShow: async (show) => {
    await getCurrentWebviewWindow().listen<About>("show", (event) => show(event.payload));
  },
  signIn: (service, form, authority, dialect) => invoke("sign_in", { service, form, authority, dialect }),
  renew: (form) => invoke("renew", { form }),
  signInForNow: (service, form, authority, dialect) => invoke("sign_in_for_now", { service, form, authority, dialect }),
  askKeyring: () => invoke("ask_keyring"),
  tryDemo: () => invoke("try_demo"),
  signOut: () => invoke("sign_out"),
  reply: (chat, text) => invoke("reply", { chat, text }),
  replyDespite: (chat, text, reason) => invoke("reply_despite", { chat, text, reason }),
  respond: (deed) => invoke("respond", { deed }),
  tryRules: (book, trial) => invoke("try_rules", { book, trial }),
  rehearse: (book) => invoke("rehearse", { book }),
  readRules: (text) => invoke("read_rules", { text }),
  saveRules: (book) => invoke("save_rules", { book }),
  replyAgain: (message) => invoke("reply_again", { message }),
  dropReply: (message) => invoke("drop_reply", { message }),
  keepDraft: (chat, text) => invoke("keep_draft", { chat, text }),
  setStatus: (status, reason) => invoke("set_status", { status, reason }),
  settleStatus: (asChosen) => invoke("settle_status", { asChosen }),
  steer: (call, deed) => invoke("steer", { call, deed }),
  callProblemSeen: (call) => invoke("call_problem_seen", { call }),
  serve: (number, deed) => invoke("serve", { number, deed }),
  openCustomerPage: (number) => invoke("open_customer_page", { number }),
  speak: (deed) => invoke("speak", { deed }),
  // A header holds no more than ASCII.
  share: (talk, name, content) => invoke("share", content, { headers: { talk, name: encodeURIComponent(name) } }),
  saveShared: (file) => invoke("save_shared", { file }),
  talkIn: (talk) => invoke("talk_in", { talk }),
  keepTool: (tool) => invoke("keep_tool", { tool }),
  lookAt: (chat) => invoke("look_at", { chat }),
  lookAgain: (number) => invoke("look_again", { number }),
  moreTouches: (number) => invoke("more_touches", { number }),
  problemSeen: () => invoke("problem_seen"),
  retryNow: () => invoke("retry_now"),
  setThresholds: (levelS, amberS, redS) => invoke("set_thresholds", { levelS, amberS, redS }),
  waitsHeard: () => invoke("waits_heard"),
  detectDialect: () => invoke("detect_dialect"),
  showView: (view) => invoke("show_view", { view }),
  historySeen: () => invoke("history_seen"),
  fetchRecording: (id) => invoke("fetch_recording", { id }),
  playRecording: (id) => invoke("play_recording", { id }),
  journal: (seq) => invoke("journal", { seq }),
  saveJournal: () => invoke("save_journal"),
  awaySeen: () => invoke("away_seen"),
  diagnostics: () => invoke("diagnostics"),
  showMain: (about) => invoke("show_main", { about }),
  dismissPop: () => invoke("dismiss_pop"),
};
