// The real host. The only file that imports from @tauri-apps.
import { Channel, invoke } from "@tauri-apps/api/core";
import { getCurrentWebviewWindow } from "@tauri-apps/api/webviewWindow";
import type { About } from "./bindings/About";
import type { Batch } from "./bindings/Batch";
import { verbsOver } from "./bindings/verbs";
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
  ...verbsOver(invoke),
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
  // A header holds no more than ASCII.
  share: (talk, name, content) => invoke("share", content, { headers: { talk, name: encodeURIComponent(name) } }),
};
