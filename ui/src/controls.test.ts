import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { t } from "./catalogue";
import type { CallView } from "./bindings/CallView";
import type { ControlsView } from "./bindings/ControlsView";
import type { TransferView } from "./bindings/TransferView";
import { allOn, untouched } from "./host.fake";
import { aCall, aColleague, asked, isOff, reason, refusal, show } from "./staged";

const controls = () => within(screen.getByRole("group", { name: t("calls-controls") }));
const button = (name: string) => controls().getByRole("button", { name });
const on = (part: Partial<ControlsView>): CallView => aCall({ controls: { ...untouched, ...part } });
const to = (part: Partial<TransferView>): TransferView => ({
  to: { id: "common-verbatim", args: { words: "Leo Marsh" } },
  blind: false,
  stage: "ringing",
  ...part,
});
const NO = refusal({ id: "problems-forbidden" });

describe("the controls of a call", () => {
  const switches = [
    ["hold", "hold"],
    ["mute", "mute"],
    ["record", "recording"],
    ["music", "music"],
  ] as const;

  it.each(switches)("switch %s on and off, and say where it stands", async (id, field) => {
    const host = show({ calls: [aCall()] });
    await fireEvent.click(button(t(`calls-start-${id}`)));
    expect(asked(host, "steer")).toEqual([["c1", { type: id, with: true }]]);
    expect(controls().queryByText(t(`calls-state-${id}`)), "nothing is claimed before it is so").toBeNull();
    host.say({ type: "putCall", call: on({ [field]: "on" }) });
    await controls().findByText(t(`calls-state-${id}`));
    await fireEvent.click(button(t(`calls-stop-${id}`)));
    expect(asked(host, "steer")[1]).toEqual(["c1", { type: id, with: false }]);
  });

  it.each(switches)("ask for %s once while the service is asked, say so, and keep the keyboard", async (id, field) => {
    const host = show({ calls: [aCall()] });
    const pressed = button(t(`calls-start-${id}`));
    pressed.focus();
    await fireEvent.click(pressed);
    for (const state of ["asking", "on", "ending", "off"] as const) {
      host.say({ type: "putCall", call: on({ [field]: state }) });
      const [isAsked, isOn] = [state === "asking" || state === "ending", state === "on" || state === "ending"];
      await waitFor(() => expect(button(t(isOn ? `calls-stop-${id}` : `calls-start-${id}`))).toBe(pressed));
      expect(isOff(pressed)).toBe(isAsked);
      expect(pressed.title).toBe(isAsked ? t("calls-asked") : "");
      expect(document.activeElement).toBe(pressed);
      if (isAsked) await fireEvent.click(pressed);
    }
    expect(asked(host, "steer")).toHaveLength(1);
  });

  it("say why they are off where the account may not use them, and ask for nothing", async () => {
    const code = "noRight";
    const off = { switches: code, transfer: code, voicemail: code, hangUp: code, endRing: code } as const;
    const why = t(`calls-off-${code}`);
    const host = show({ calls: [aCall({ off })] });
    const names = switches.map(([id]) => t(`calls-start-${id}`));
    for (const name of [...names, t("calls-transfer"), t("calls-voicemail"), t("calls-hang-up")]) {
      expect([isOff(button(name)), button(name).title], name).toEqual([true, why]);
      await fireEvent.click(button(name));
    }
    expect(asked(host, "steer")).toEqual([]);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("say why at once when something is refused, until the agent has read it", async () => {
    const host = show({ calls: [aCall()] });
    host.fails = NO;
    await fireEvent.click(button(t("calls-start-hold")));
    expect((await controls().findByRole("alert")).textContent).toContain(reason(NO));
    expect(isOff(button(t("calls-start-hold"))), "it can be tried again").toBe(false);
    await fireEvent.click(button(t("common-ok")));
    expect(controls().queryByRole("alert")).toBeNull();
    expect(asked(host, "callProblemSeen"), "the desk knows nothing of it").toEqual([]);
  });

  it("say what the service refused later, and tell the desk that it was read", async () => {
    const host = show({ calls: [aCall()] });
    host.say({ type: "putCall", call: on({ problem: { id: "calls-failed-resume" } }) });
    await controls().findByText(t("calls-failed-resume"));
    await fireEvent.click(button(t("common-ok")));
    expect(asked(host, "callProblemSeen")).toEqual([["c1"]]);
  });

  it("hang up at once where nobody is left alone, and ask first while a colleague is still called", async () => {
    const host = show({ calls: [aCall()] });
    await fireEvent.click(button(t("calls-hang-up")));
    expect(asked(host, "steer")).toEqual([["c1", { type: "hangUp" }]]);
    for (const stage of ["starting", "ringing"] as const) {
      host.say({ type: "putCall", call: on({ transfer: to({ stage }) }) });
      await controls().findByText(new RegExp(t(`calls-transfer-${stage}`, { name: "Leo Marsh" })));
      await fireEvent.click(button(t("calls-hang-up")));
      const question = within(controls().getByRole("alertdialog", { name: t("common-sure") }));
      question.getByText(t("calls-hang-up-early", { name: "Leo Marsh" }));
      await fireEvent.click(question.getByRole("button", { name: t("common-cancel") }));
      expect(controls().queryByRole("alertdialog")).toBeNull();
      expect(document.activeElement, "the keyboard goes back").toBe(button(t("calls-hang-up")));
    }
    expect(asked(host, "steer")).toHaveLength(1);
    await fireEvent.click(button(t("calls-hang-up")));
    await fireEvent.click(button(t("calls-hang-up-anyway")));
    expect(asked(host, "steer")[1]).toEqual(["c1", { type: "hangUp" }]);
    host.say({ type: "putCall", call: on({ transfer: to({ stage: "answered" }) }) });
    await fireEvent.click(await controls().findByRole("button", { name: t("calls-hand-over") }));
    expect(asked(host, "steer")[2], "a colleague has the customer").toEqual(["c1", { type: "hangUp" }]);
  });

  it("decline a ringing call only when the agent is sure", async () => {
    const host = show({ calls: [aCall({ stage: "ringing" })] });
    await fireEvent.click(button(t("calls-decline")));
    controls().getByText(t("calls-decline-sure"));
    await fireEvent.click(button(t("common-cancel")));
    expect(asked(host, "steer")).toEqual([]);
    await fireEvent.click(button(t("calls-decline")));
    const sure = within(controls().getByRole("alertdialog"));
    await fireEvent.click(sure.getByRole("button", { name: t("calls-decline") }));
    expect(asked(host, "steer")).toEqual([["c1", { type: "endRing" }]]);
  });

  it("say why a ringing call can be neither transferred nor declined", async () => {
    const host = show({
      calls: [aCall({ stage: "ringing", off: { ...allOn, transfer: "answerFirst", endRing: "noRing" } })],
    });
    expect([isOff(button(t("calls-transfer"))), button(t("calls-transfer")).title]).toEqual([
      true,
      t("calls-off-answerFirst"),
    ]);
    expect([isOff(button(t("calls-decline"))), button(t("calls-decline")).title]).toEqual([
      true,
      t("calls-off-noRing"),
    ]);
    await fireEvent.click(button(t("calls-decline")));
    await fireEvent.click(button(t("calls-transfer")));
    expect(controls().queryByRole("alertdialog")).toBeNull();
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(asked(host, "steer")).toEqual([]);
  });

  it("are not there for a call that may be over", () => {
    show({ calls: [aCall({ stale: true })] });
    expect(screen.queryByRole("group", { name: t("calls-controls") })).toBeNull();
  });
});

describe("a transfer under way", () => {
  it.each(["starting", "ringing"] as const)("can be cancelled while it is %s", async (stage) => {
    const host = show({ calls: [on({ transfer: to({ stage }) })] });
    await fireEvent.click(button(t("common-cancel")));
    expect(asked(host, "steer")).toEqual([["c1", { type: "cancelTransfer" }]]);
  });

  it.each([
    ["once a colleague has answered", to({ stage: "answered" })],
    ["when it is blind", to({ blind: true })],
  ])("offers no cancel %s", (_, transfer) => {
    show({ calls: [on({ transfer })] });
    expect(controls().queryByRole("button", { name: t("common-cancel") })).toBeNull();
  });

  it("lets no second one begin, and says why", async () => {
    const off = { ...allOn, transfer: "underWay", voicemail: "underWay" } as const;
    const host = show({ calls: [{ ...on({ transfer: to({}) }), off }] });
    for (const name of [t("calls-transfer"), t("calls-voicemail")]) {
      expect([isOff(button(name)), button(name).title]).toEqual([true, t("calls-off-underWay")]);
      await fireEvent.click(button(name));
    }
    expect(asked(host, "steer")).toEqual([]);
    expect(screen.queryByRole("dialog")).toBeNull();
  });
});

describe("choosing who takes the call", () => {
  const team = [
    aColleague("ann", "Ann Lee"),
    aColleague("leo", "Leo Marsh", "available"),
    aColleague("max", "Max Lee"),
  ];
  const dialog = () => within(screen.getByRole("dialog", { name: t("calls-transfer-title") }));
  const box = () => dialog().getByLabelText<HTMLInputElement>(t("calls-transfer-to"));
  const open = async () => {
    const host = show({ calls: [aCall()], colleagues: team });
    await fireEvent.click(button(t("calls-transfer")));
    return host;
  };
  const type = (value: string) => fireEvent.input(box(), { target: { value } });
  const chosen = (kind: string, target: string, name: string, blind = false) => [
    "c1",
    { type: "transfer", with: { to: { kind, target, name }, blind } },
  ];

  it("offers whoever is available first, and gives the keyboard back when it is done", async () => {
    const host = await open();
    expect(
      dialog()
        .getAllByRole("listitem")
        .map((item) => item.querySelector("b")?.textContent),
    ).toEqual(["Leo Marsh", "Ann Lee", "Max Lee"]);
    await fireEvent.click(dialog().getByText("Leo Marsh"));
    expect(asked(host, "steer")).toEqual([chosen("agent", "leo", "Leo Marsh")]);
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(document.activeElement).toBe(button(t("calls-transfer")));
  });

  it("keeps what was typed when the transfer is refused, and says why", async () => {
    const host = await open();
    await type("+1 555 00");
    host.fails = NO;
    await fireEvent.click(dialog().getByRole("button", { name: t("calls-transfer-ring", { number: "+1 555 00" }) }));
    expect((await dialog().findByRole("alert")).textContent).toBe(reason(NO));
    expect(box().value).toBe("+1 555 00");
    await type("+1 555 000 1111");
    await fireEvent.submit(box().form!);
    expect(asked(host, "steer")[1]).toEqual(chosen("", "+1 555 000 1111", "+1 555 000 1111"));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("asks before a blind transfer, and goes back without one", async () => {
    const host = await open();
    await fireEvent.click(dialog().getByLabelText(t("calls-transfer-blind")));
    await fireEvent.click(dialog().getByText("Ann Lee"));
    dialog().getByText(t("calls-transfer-blind-risk", { name: "Ann Lee" }));
    expect(asked(host, "steer")).toEqual([]);
    await fireEvent.click(dialog().getByRole("button", { name: t("common-back") }));
    await fireEvent.click(dialog().getByText("Max Lee"));
    await fireEvent.click(dialog().getByRole("button", { name: t("calls-transfer-blind-yes") }));
    expect(asked(host, "steer")).toEqual([chosen("agent", "max", "Max Lee", true)]);
  });

  it("takes Enter for a colleague only where one is meant", async () => {
    const host = await open();
    await type("lee");
    await fireEvent.submit(box().form!);
    expect(asked(host, "steer"), "two are called so").toEqual([]);
    await type("nobody");
    dialog().getByText(t("calls-transfer-nobody"));
    await fireEvent.submit(box().form!);
    expect(asked(host, "steer")).toEqual([]);
    await type("ann");
    await fireEvent.submit(box().form!);
    expect(asked(host, "steer")).toEqual([chosen("agent", "ann", "Ann Lee")]);
  });

  it("stays as it is while the desk goes on", async () => {
    const host = await open();
    await type("le");
    const typed = box();
    typed.focus();
    host.say(
      { type: "putCall", call: on({ recording: "on" }) },
      { type: "putCall", call: aCall({ id: "c2", stage: "ringing", number: "+15550000002", since: Date.now() }) },
      { type: "putColleague", colleague: aColleague("zoe", "Zoe Lee", "available") },
    );
    await dialog().findByText("Zoe Lee");
    expect([box(), box().value, document.activeElement]).toEqual([typed, "le", typed]);
  });

  it("asks for nothing when it is closed, and gives the keyboard back", async () => {
    const host = await open();
    await fireEvent.click(dialog().getByRole("button", { name: t("common-cancel") }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(document.activeElement).toBe(button(t("calls-transfer")));
    expect(asked(host, "steer")).toEqual([]);
  });
});
