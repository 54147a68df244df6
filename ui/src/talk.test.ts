import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { t } from "./catalogue";
import type { DeskView } from "./bindings/DeskView";
import type { TalkLineView } from "./bindings/TalkLineView";
import type { TalkView } from "./bindings/TalkView";
import { aCall, aColleague, asked, isOff, look, MEI, reason, refusal, show, slow } from "./staged";

const talk = (id: string, name: string, part: Partial<TalkView> = {}): TalkView => ({
  id,
  name,
  kind: "direct",
  unread: 0,
  lastText: `from ${name}`,
  lastInstead: null,
  lastAt: 1,
  ...part,
});

const line = (id: string, text: string, part: Partial<TalkLineView> = {}): TalkLineView => ({
  id,
  talk: "talk-1",
  author: "Leo Marsh",
  mine: false,
  text,
  attached: [],
  at: 1,
  files: [],
  reactions: [],
  ...part,
});

const LEO = talk("talk-1", "Leo Marsh");
const ANN = talk("talk-2", "Ann Lee");
const NO = refusal({ id: "problems-slow-down" });

const open = async (part: Partial<DeskView> = {}) => {
  const host = show({ talks: [LEO, ANN], ...part });
  await look("talk");
  return host;
};
const choose = (id: string) => fireEvent.click(document.querySelector(`[data-talk="${id}"]`)!);
const box = () => screen.getByLabelText<HTMLInputElement>(t("team-message"));
const write = (value: string) => fireEvent.input(box(), { target: { value } });
const send = () => screen.getByRole("button", { name: t("texts-send") });
const said = (text: string, to = "talk-1") => [{ type: "say", with: { talk: to, text } }];

describe("a message to the team", () => {
  it("stays when it is refused, with the reason, and goes once the service has it", async () => {
    const host = await open();
    await choose("talk-1");
    await write("Line two?");
    host.fails = NO;
    await fireEvent.submit(box().form!);
    expect((await screen.findByRole("alert")).textContent).toBe(reason(NO));
    expect(box().value).toBe("Line two?");
    box().focus();
    await fireEvent.submit(box().form!);
    await waitFor(() => expect(box().value).toBe(""));
    expect(screen.queryByRole("alert")).toBeNull();
    expect(document.activeElement, "the next one can be typed").toBe(box());
    expect(asked(host, "speak")).toEqual([said("Line two?"), said("Line two?")]);
  });

  it("is for the chat it was written in, and waits there", async () => {
    const host = await open();
    await choose("talk-1");
    await write("For Leo");
    await choose("talk-2");
    expect(box().value, "Ann is not written to").toBe("");
    await write("For Ann");
    await look("settings");
    await look("talk");
    await choose("talk-1");
    expect(box().value).toBe("For Leo");
    await choose("talk-2");
    await fireEvent.submit(box().form!);
    expect(asked(host, "speak")).toEqual([said("For Ann", "talk-2")]);
    await choose("talk-1");
    expect(box().value).toBe("For Leo");
  });

  it("is sent once however often Enter is pressed, and what is written meanwhile stays", async () => {
    const host = await open();
    const { answer, done } = slow();
    const speak = vi.spyOn(host, "speak").mockReturnValue(answer);
    await choose("talk-1");
    await write("Line two?");
    for (let times = 0; times < 3; times++) await fireEvent.submit(box().form!);
    await fireEvent.click(send());
    expect(speak).toHaveBeenCalledOnce();
    await write("Line two? It is Mei.");
    done("talk-1");
    await waitFor(() => expect(isOff(send())).toBe(false));
    expect(box().value).toBe("Line two? It is Mei.");
  });

  it("that is refused late says so in its own chat only", async () => {
    const host = await open();
    const { answer, fail } = slow();
    vi.spyOn(host, "speak").mockReturnValueOnce(answer);
    await choose("talk-1");
    await write("Line two?");
    await fireEvent.submit(box().form!);
    await choose("talk-2");
    await write("Hi");
    fail(NO);
    await waitFor(() => expect(isOff(send())).toBe(false));
    expect([screen.queryByRole("alert"), box().value]).toEqual([null, "Hi"]);
  });

  it("keeps its words and the keyboard while others write and a call rings", async () => {
    const host = await open();
    await choose("talk-1");
    const typed = box();
    typed.focus();
    await write("Half a");
    host.say(
      { type: "putTalkLine", line: line("l1", "Are you there?") },
      { type: "putTalk", talk: { ...LEO, lastText: "Are you there?", lastAt: 9 } },
      { type: "putCall", call: aCall({ id: "c2", stage: "ringing", number: MEI }) },
    );
    await within(screen.getByRole("log", { name: t("team-messages") })).findByText("Are you there?");
    expect([box(), typed.value, document.activeElement]).toEqual([typed, "Half a", typed]);
  });

  it("needs words", async () => {
    const host = await open();
    await choose("talk-1");
    await write("  ");
    expect(isOff(send())).toBe(true);
    await fireEvent.click(send());
    await fireEvent.submit(box().form!);
    expect(asked(host, "speak")).toEqual([]);
  });
});

describe("the team's chats", () => {
  it("say who is written to, what is new, and that nothing was said yet", async () => {
    const host = await open({ talks: [LEO, { ...ANN, unread: 3, lastAt: 5 }], talkLines: [line("l1", "Hi")] });
    screen.getByText(t("team-choose"));
    const list = within(screen.getByRole("list", { name: t("team-chats") })).getAllByRole("button");
    expect(list.map((each) => each.querySelector("b")?.textContent)).toEqual(["Ann Lee", "Leo Marsh"]);
    expect(list[0]!.textContent).toContain("3");
    await choose("talk-2");
    screen.getByText(t("team-no-messages"), { exact: false });
    expect(box().placeholder).toBe(t("team-write-to", { name: "Ann Lee" }));
    await choose("talk-1");
    within(screen.getByRole("log", { name: t("team-messages") })).getByText("Hi");
    expect(asked(host, "talkIn")).toEqual([["talk-2"], ["talk-1"]]);
  });

  it("are listened to no longer than they are looked at", async () => {
    const host = await open();
    await choose("talk-1");
    await look("desk");
    await waitFor(() => expect(asked(host, "talkIn").at(-1)).toEqual([null]));
  });

  it("begin with a colleague, or say why not", async () => {
    const host = await open({
      talks: [ANN],
      colleagues: [aColleague("leo", "Leo Marsh"), aColleague("ann", "Ann Lee")],
    });
    const begin = () => fireEvent.click(document.querySelector('[data-colleague="leo"]')!);
    expect(document.querySelector('[data-colleague="ann"]'), "there is a chat already").toBeNull();
    host.fails = NO;
    await begin();
    expect((await screen.findByRole("alert")).textContent).toBe(reason(NO));
    await begin();
    expect(asked(host, "speak")[1]).toEqual([{ type: "open", with: { agent: "leo" } }]);
    host.say({ type: "putTalk", talk: LEO });
    expect((await screen.findByLabelText<HTMLInputElement>(t("team-message"))).placeholder).toBe(
      t("team-write-to", { name: "Leo Marsh" }),
    );
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("show what colleagues think of a message, and let the agent say it too", async () => {
    const reactions = [{ emoji: "👍", count: 2, mine: true }];
    const host = await open({ talkLines: [line("l1", "Lunch?", { reactions })] });
    await choose("talk-1");
    screen.getByText("👍 2");
    await fireEvent.click(screen.getByRole("button", { name: t("team-react", { emoji: "✅" }) }));
    expect(asked(host, "speak")).toEqual([[{ type: "react", with: { message: "l1", emoji: "✅" } }]]);
  });

  it("save a file and say where it lies, or why not", async () => {
    const host = await open({ talkLines: [line("l1", "The plan", { files: ["file-1"] })] });
    await choose("talk-1");
    const save = () => fireEvent.click(screen.getByRole("button", { name: t("team-save-file") }));
    host.fails = refusal({ id: "team-file-gone" });
    await save();
    expect((await screen.findByRole("alert")).textContent).toBe(t("team-file-gone"));
    await save();
    await screen.findByText(t("common-saved-as", { path: "/home/dana/Downloads/plan.pdf" }));
    expect(asked(host, "saveShared")).toEqual([["file-1"], ["file-1"]]);
  });

  it("say when there is nobody", async () => {
    await open({ talks: [] });
    screen.getByText(t("team-nobody"));
  });
});
