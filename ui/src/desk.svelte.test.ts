import { describe, expect, it } from "vitest";
import type { CallView } from "./bindings/CallView";
import type { Patch } from "./bindings/Patch";
import { DeskStore } from "./desk.svelte";
import { allOn, emptyDesk, untouched } from "./host.fake";

const call = (id: string, stage: CallView["stage"] = "ringing", since = 0): CallView => ({
  id,
  stage,
  unseen: false,
  inbound: true,
  name: null,
  number: "+15551234567",
  ourNumber: "+15559876543",
  queue: null,
  waitedS: null,
  since,
  stale: false,
  off: allOn,
  controls: untouched,
});

function desk(...patches: Patch[]): DeskStore {
  const desk = new DeskStore();
  desk.take({ seq: 0, patches: [{ type: "reset", desk: emptyDesk() }, ...patches] });
  return desk;
}

describe("the desk in the window", () => {
  it("shows the call that rings longest first, and on-call apart", () => {
    const store = desk(
      { type: "putCall", call: call("b", "ringing", 2) },
      { type: "putCall", call: call("a", "ringing", 1) },
      { type: "putCall", call: call("c", "talking", 0) },
    );
    expect(store.ringing.map((call) => call.id)).toEqual(["a", "b"]);
    expect(store.talking.map((call) => call.id)).toEqual(["c"]);
  });

  it("takes a dropped call off the screen", () => {
    const store = desk({ type: "putCall", call: call("a") }, { type: "dropCall", id: "a" });
    expect(store.ringing).toEqual([]);
  });

  it("forgets everything on a reset", () => {
    const store = desk({ type: "putCall", call: call("a") }, { type: "reset", desk: emptyDesk() });
    expect(store.calls.size).toBe(0);
    expect(store.session.screen).toBe("desk");
  });
});
