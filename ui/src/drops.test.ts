import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refuseDrops } from "./drops";

let stop: () => void;
beforeEach(() => {
  document.body.innerHTML = `<p>text</p><textarea></textarea><input type="text" /><input type="file" />`;
  stop = refuseDrops(window);
});
afterEach(() => stop());

/** Whether the window would do with it what windows do by themselves: go there. */
function isTaken(kind: string, on: string, types: string[]): boolean {
  const event = new Event(kind, { bubbles: true, cancelable: true });
  Object.defineProperty(event, "dataTransfer", { value: { types, dropEffect: "copy" } });
  return document.querySelector(on)!.dispatchEvent(event);
}

describe("what is dropped onto a window", () => {
  it.each(["dragenter", "dragover", "drop"])("is refused at %s where it is a link or a file", (kind) => {
    for (const on of ["p", "textarea", "input[type=text]"]) {
      expect(isTaken(kind, on, ["Files"])).toBe(false);
      expect(isTaken(kind, on, ["text/uri-list", "text/plain"])).toBe(false);
    }
    expect(isTaken(kind, "p", ["text/plain"])).toBe(false);
  });

  it("is taken where one writes, or where a file is asked for", () => {
    expect(isTaken("drop", "textarea", ["text/plain"])).toBe(true);
    expect(isTaken("drop", "input[type=text]", ["text/plain"])).toBe(true);
    expect(isTaken("drop", "input[type=file]", ["Files"])).toBe(true);
  });
});
