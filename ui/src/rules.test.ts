import { fireEvent, render, screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { t } from "./catalogue";
import App from "./App.svelte";
import type { ChatView } from "./bindings/ChatView";
import type { RuleBook } from "./bindings/RuleBook";
import { emptyBook, emptyDesk, FakeHost } from "./host.fake";
import { between, lines, newRule, thenWords, whenWords } from "./rules";

class NoSizes {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
vi.stubGlobal("ResizeObserver", NoSizes);

const hours = {
  ...newRule(),
  name: "Opening hours",
  when: { ...newRule().when, keyword: ["hours"] },
  then: { ...newRule().then, reply: "We're open Mon-Fri 9-5!" },
};
const john: ChatView = {
  id: "john",
  name: "John Delgado",
  number: "+15551234567",
  ourNumber: "+15559876543",
  unread: 0,
  lastText: "STOP",
  lastInstead: null,
  lastIsOurs: false,
  lastAt: 1,
  channel: "sms",
  draft: "",
  givenBack: 0,
  canReply: true,
  silentSince: 1,
  visit: null,
};

async function open(book: RuleBook): Promise<FakeHost> {
  const desk = emptyDesk();
  const host = new FakeHost({ ...desk, responder: { ...desk.responder, book }, chats: [john] });
  render(App, { host });
  await fireEvent.click(await screen.findByRole("button", { name: t("desk-view-rules") }));
  return host;
}

describe("rules", () => {
  it("are told in a few words", () => {
    expect([whenWords(hours), thenWords(hours)]).toEqual([
      t("rules-if-keyword", { word: "hours" }),
      t("rules-then-reply", { reply: "We're open Mon-Fri 9-5!" }),
    ]);
    expect([whenWords(newRule()), thenWords(newRule())]).toEqual([t("rules-if-any"), t("rules-then-nothing")]);
    expect([between(" a, ,b "), lines("a\n\n b")]).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
  });

  it("are written, tried while they are written, and kept; a slip is undone", async () => {
    const host = await open(emptyBook());
    await fireEvent.click(screen.getByRole("button", { name: t("rules-new") }));
    await fireEvent.input(screen.getByLabelText(t("rules-name")), { target: { value: "Opening hours" } });
    await fireEvent.input(screen.getByLabelText(t("rules-keywords")), { target: { value: "hours, open" } });
    await fireEvent.input(screen.getByLabelText(new RegExp(`^${t("rules-reply")} *{`)), {
      target: { value: "Nine to five" },
    });
    host.tried = {
      ...host.tried,
      fate: "sent",
      words: { id: "rules-said-answered", args: { rule: "Opening hours" } },
      reply: "Nine to five",
    };
    await fireEvent.input(screen.getByLabelText(t("rules-try-text")), { target: { value: "hours?" } });
    await screen.findByText(t("rules-said-answered", { rule: "Opening hours" }));
    const tried = host.asked.find(([verb]) => verb === "tryRules")?.[1] as RuleBook;
    expect(tried.rules[0]?.when.keyword, "what is not kept yet is tried").toEqual(["hours", "open"]);
    host.fails = {
      code: "other",
      message: { id: "common-verbatim", args: { words: "Rule “Opening hours”: a keyword is empty." } },
    };
    await fireEvent.click(screen.getByRole("button", { name: t("rules-save-rule") }));
    await screen.findByText("Rule “Opening hours”: a keyword is empty.");
    expect(screen.getByLabelText<HTMLInputElement>(t("rules-name")).value, "nothing is lost").toBe("Opening hours");
    await fireEvent.click(screen.getByRole("button", { name: t("rules-save-rule") }));
    await screen.findByText(t("rules-saved"), { exact: false });
    await fireEvent.click(screen.getByRole("button", { name: t("common-undo") }));
    expect(host.asked.at(-1)).toEqual(["respond", { type: "keep", with: emptyBook() }]);
  });

  it("are switched on, rehearsed, ordered and switched off", async () => {
    const host = await open({ ...emptyBook(), rules: [hours, { ...hours, name: "Second" }] });
    await fireEvent.click(screen.getByRole("button", { name: t("rules-switch-on") }));
    expect(host.asked).toContainEqual(["respond", { type: "switch", with: true }]);
    await fireEvent.click(screen.getByRole("button", { name: t("rules-move-up", { rule: "Second" }) }));
    const kept = host.asked.at(-1)?.[1] as { with: RuleBook };
    expect(kept.with.rules.map((rule) => rule.name)).toEqual(["Second", "Opening hours"]);
    await fireEvent.click(screen.getByRole("button", { name: t("rules-test") }));
    await screen.findByText(/1 would have been answered, to 1\s+person/);
    const responder = {
      ...emptyDesk().responder,
      on: true,
      state: "answering" as const,
      words: { id: "rules-state-answering" } as const,
    };
    host.say({ type: "putResponder", responder });
    await screen.findByText(t("rules-state-answering"));
    await screen.findByRole("button", { name: t("rules-switch-off") });
  });

  it("keep what is being typed when a decision comes in", async () => {
    const host = await open(emptyBook());
    await fireEvent.input(screen.getByLabelText(t("rules-answer-help")), { target: { value: "Call us" } });
    const responder = { ...emptyDesk().responder, book: emptyBook(), traces: [host.tried] };
    host.say({ type: "putResponder", responder });
    await screen.findByText(t("rules-said-no-match"));
    expect(screen.getByLabelText<HTMLInputElement>(t("rules-answer-help")).value).toBe("Call us");
  });

  it("write to nobody who asked for silence without a reason", async () => {
    const host = new FakeHost({ ...emptyDesk(), chats: [john] });
    render(App, { host });
    await fireEvent.click(await screen.findByText("John Delgado"));
    const box = screen.getByLabelText<HTMLTextAreaElement>(t("texts-reply"));
    await fireEvent.input(box, { target: { value: "Your parcel" } });
    await fireEvent.click(screen.getByRole("button", { name: t("texts-send") }));
    await screen.findByText(t("texts-reason-needed"));
    expect(host.asked.some(([verb]) => verb === "reply" || verb === "replyDespite")).toBe(false);
    await fireEvent.input(screen.getByLabelText(t("texts-reason")), { target: { value: "They called." } });
    await fireEvent.click(screen.getByRole("button", { name: t("texts-send") }));
    expect(host.asked).toContainEqual(["replyDespite", "john", "Your parcel", "They called."]);
    await fireEvent.click(screen.getByRole("button", { name: t("texts-opt-in") }));
    expect(host.asked).toContainEqual(["respond", { type: "optOut", with: { chat: "john", out: false } }]);
  });

  it("let nobody back in by a slip of the mouse", async () => {
    const out = { chat: "john", name: "John Delgado", number: john.number, ourNumber: "", by: "STOP", at: 1 };
    const host = new FakeHost({ ...emptyDesk(), responder: { ...emptyDesk().responder, optOuts: [out] } });
    render(App, { host });
    await fireEvent.click(await screen.findByRole("button", { name: new RegExp(`^${t("desk-view-rules")}`) }));
    const deeds = () => host.asked.filter(([verb]) => verb === "respond").map(([, deed]) => deed);
    const ask = () => fireEvent.click(screen.getByRole("button", { name: t("texts-opt-in-ask") }));
    await ask();
    const question = within(screen.getByRole("alertdialog", { name: t("common-sure") }));
    question.getByText(t("rules-opt-in-sure", { name: "John Delgado" }));
    await fireEvent.click(question.getByRole("button", { name: t("common-cancel") }));
    expect([deeds(), screen.queryByRole("alertdialog")]).toEqual([[], null]);
    await ask();
    await fireEvent.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: t("texts-opt-in") }));
    expect(deeds()).toEqual([{ type: "optOut", with: { chat: "john", out: false } }]);
    await screen.findByText(t("rules-opted-in", { name: "John Delgado" }));
  });
});
