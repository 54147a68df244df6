import { fireEvent, render, screen } from "@testing-library/svelte";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { t } from "./catalogue";
import App from "./App.svelte";
import type { ChatView } from "./bindings/ChatView";
import { emptyDesk, FakeHost } from "./host.fake";
import { digitOf, letterOf } from "./keys";

class NoSizes {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
beforeAll(() => vi.stubGlobal("ResizeObserver", NoSizes));

const john: ChatView = {
  id: "john",
  name: "John Delgado",
  number: "+15551234567",
  ourNumber: "+15559876543",
  unread: 1,
  lastText: "Hello",
  lastInstead: null,
  lastIsOurs: false,
  lastAt: 1,
  channel: "sms",
  draft: "",
  givenBack: 0,
  canReply: true,
  silentSince: null,
  visit: null,
};

function desk(): FakeHost {
  const host = new FakeHost({ ...emptyDesk(), chats: [john] });
  render(App, { host });
  return host;
}

const view = () =>
  screen
    .getByRole("button", { current: "page" })
    .textContent?.trim()
    .replace(/\s+\d+$/, "");

describe("shortcuts", () => {
  const layouts = [
    ["US", "j", "KeyJ", "2", "Digit2"],
    ["Cyrillic", "о", "KeyJ", "2", "Digit2"],
    ["Greek", "ξ", "KeyJ", "2", "Digit2"],
    ["Hebrew", "ח", "KeyJ", "2", "Digit2"],
    ["Arabic", "ت", "KeyJ", "٢", "Digit2"],
    ["AZERTY", "j", "KeyJ", "é", "Digit2"],
    ["Dvorak", "j", "KeyC", "2", "Digit2"],
    ["the number pad", "j", "KeyJ", "2", "Numpad2"],
    ["capitals", "J", "KeyJ", "2", "Digit2"],
  ] as const;

  it.each(layouts)("work on a keyboard with %s", async (_, letter, letterCode, digit, digitCode) => {
    desk();
    expect(view()).toBe(t("desk-view-desk"));
    await fireEvent.keyDown(window, { key: digit, code: digitCode, ctrlKey: true });
    expect(view()).toBe(t("desk-view-queues"));
    await fireEvent.keyDown(window, { key: letter, code: letterCode, ctrlKey: true });
    expect(view()).toBe(t("desk-view-desk"));
    expect(screen.getByLabelText(t("texts-reply"))).toBeDefined();
  });

  it("do not take the key of another letter for theirs", () => {
    const key = (key: string, code: string) => new KeyboardEvent("keydown", { key, code });
    // On Dvorak the key in the place of J has H on it.
    expect(letterOf(key("h", "KeyJ"))).toBe("h");
    expect(letterOf(key("Enter", "Enter"))).toBeNull();
    expect(digitOf(key("é", "Digit2"))).toBe(2);
    expect(digitOf(key("F2", "F2"))).toBeNull();
  });
});

describe("an input method", () => {
  it.each([
    ["while it composes", { isComposing: true }],
    ["when the web view tells of it afterwards", { keyCode: 229 }],
  ])("keeps Enter to itself %s", async (_, how) => {
    const host = desk();
    await fireEvent.keyDown(window, { key: "j", code: "KeyJ", ctrlKey: true });
    const box = screen.getByLabelText<HTMLTextAreaElement>(t("texts-reply"));
    await fireEvent.input(box, { target: { value: "こんにちは" } });
    await fireEvent.keyDown(box, { key: "Enter", code: "Enter", ctrlKey: true, ...how });
    await fireEvent.keyDown(window, { key: "2", code: "Digit2", ctrlKey: true, ...how });
    expect(host.asked.filter(([verb]) => verb === "reply")).toEqual([]);
    expect(view()).toBe(t("desk-view-desk"));
    await fireEvent.keyDown(box, { key: "Enter", code: "Enter", ctrlKey: true });
    expect(host.asked).toContainEqual(["reply", "john", "こんにちは"]);
  });

  it("composes a slash without quick replies coming up", async () => {
    desk();
    await fireEvent.keyDown(window, { key: "j", code: "KeyJ", ctrlKey: true });
    const box = screen.getByLabelText<HTMLTextAreaElement>(t("texts-reply"));
    await fireEvent.compositionStart(box);
    box.value = "/h";
    box.setSelectionRange(2, 2);
    await fireEvent.input(box);
    expect(screen.queryByLabelText(t("settings-quick-replies"))).toBeNull();
    await fireEvent.compositionEnd(box);
    expect(screen.getByLabelText(t("settings-quick-replies"))).toBeDefined();
  });
});
