// The real host inside the app, the fake one in a plain browser.
import type { Host } from "./host";

export async function host(): Promise<Host> {
  if ("__TAURI_INTERNALS__" in window) return (await import("./host.tauri")).tauriHost;
  const { FakeHost } = await import("./host.fake");
  return new FakeHost();
}
