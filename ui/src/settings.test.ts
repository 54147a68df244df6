import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { t } from "./catalogue";
import { emptyDesk } from "./host.fake";
import { aCall, asked, isOff, look, reason, refusal, show } from "./staged";

const NO = refusal({ id: "settings-shortcut-wrong" });

const open = async (part = {}) => {
  const host = show({ tools: { ...emptyDesk().tools, ...part } });
  await look("settings");
  return host;
};
const box = (label: string) => screen.getByLabelText<HTMLInputElement>(label);
const type = (label: string, value: string) => fireEvent.input(box(label), { target: { value } });
const form = (label: string) => within(box(label).form!);
const save = (label: string) => form(label).getByRole("button", { name: t("common-save") });
const row = (name: string) => within(screen.getByText(name).closest("li")!);

const forms = [
  {
    what: "a quick reply",
    entered: { [t("settings-shortcut")]: "bye", [t("settings-text")]: "Have a nice day." },
    tool: { type: "quickReply", with: { shortcut: "bye", text: "Have a nice day." } },
    saved: t("settings-quick-reply-saved"),
  },
  {
    what: "a reason",
    entered: { [t("settings-reason")]: "Training" },
    tool: { type: "reason", with: { name: "Training", status: "away" } },
    saved: t("settings-reason-saved"),
  },
  {
    what: "a favourite",
    entered: { [t("settings-favourite-name")]: "Billing", [t("settings-favourite-number")]: "2001" },
    tool: { type: "favourite", with: { target: "2001", name: "Billing" } },
    saved: t("settings-favourite-saved"),
  },
];

describe.each(forms)("$what", ({ entered, tool, saved }) => {
  const labels = Object.keys(entered);
  const first = labels[0]!;
  const values = () => labels.map((label) => box(label).value);
  const enter = async () => {
    for (const label of labels) await type(label, entered[label]!);
  };

  it("stays as it was written when it is refused, with the reason, and goes once it is kept", async () => {
    const host = await open();
    await enter();
    host.fails = NO;
    await fireEvent.click(save(first));
    await screen.findByText(reason(NO));
    expect(values()).toEqual(Object.values(entered));
    const pressed = save(first);
    pressed.focus();
    await fireEvent.click(pressed);
    await screen.findByText(saved);
    expect(values()).toEqual(labels.map(() => ""));
    expect(asked(host, "keepTool")).toEqual([[tool], [tool]]);
    expect([isOff(pressed), document.activeElement], "the keyboard stays where it was").toEqual([true, pressed]);
  });

  it("can be saved only when nothing is missing", async () => {
    const host = await open();
    for (const label of labels) {
      expect(isOff(save(first)), label).toBe(true);
      await fireEvent.click(save(first));
      await type(label, entered[label]!);
    }
    expect(isOff(save(first))).toBe(false);
    await type(first, "   ");
    expect(isOff(save(first))).toBe(true);
    expect(asked(host, "keepTool")).toEqual([]);
  });

  it("stays half-written while the agent is at another view", async () => {
    const host = await open();
    await enter();
    await look("desk");
    host.say({ type: "putCall", call: aCall({ stage: "ringing" }) });
    await look("settings");
    expect(values()).toEqual(Object.values(entered));
  });
});

describe("what was set up", () => {
  it("is changed under its own name", async () => {
    const host = await open();
    await fireEvent.click(row("/hours").getByRole("button", { name: t("common-change") }));
    expect([box(t("settings-shortcut")).value, box(t("settings-text")).value]).toEqual([
      "hours",
      "We are open from 9 to 5, {name}.",
    ]);
    await type(t("settings-shortcut"), "/hours");
    await fireEvent.click(save(t("settings-shortcut")));
    expect(asked(host, "keepTool")[0]).toEqual([
      { type: "quickReply", with: { shortcut: "hours", text: "We are open from 9 to 5, {name}." } },
    ]);
  });

  it("can be brought back when a quick reply was removed, and stays where that is refused", async () => {
    const host = await open();
    const remove = () => fireEvent.click(row("/hours").getByRole("button", { name: t("common-remove") }));
    host.fails = NO;
    await remove();
    await screen.findByText(reason(NO));
    expect(box(t("settings-shortcut")).value).toBe("");
    await remove();
    await screen.findByText(t("settings-quick-reply-removed", { shortcut: "hours" }));
    await fireEvent.click(save(t("settings-shortcut")));
    expect(asked(host, "keepTool").at(-1)).toEqual([
      { type: "quickReply", with: { shortcut: "hours", text: "We are open from 9 to 5, {name}." } },
    ]);
  });

  it("is removed when it is a reason or a favourite", async () => {
    const host = await open({ favourites: [{ target: "2001", name: "Billing" }] });
    await fireEvent.click(row("Break").getByRole("button", { name: t("common-remove") }));
    await screen.findByText(t("settings-reason-removed"));
    await fireEvent.click(row("Billing").getByRole("button", { name: t("common-remove") }));
    await screen.findByText(t("settings-favourite-removed"));
    expect(asked(host, "keepTool")).toEqual([
      [{ type: "reason", with: { name: "Break", status: "" } }],
      [{ type: "favourite", with: { target: "2001", name: "" } }],
    ]);
  });

  it.each([
    [t("settings-voicemail"), "voicemail", "+1 555 000 1111", t("settings-voicemail-saved")],
    [t("settings-crm"), "crm", "https://crm.example/{number}", t("settings-crm-saved")],
    [t("settings-wrap-up"), "wrapUp", "90", t("settings-wrap-up-saved")],
  ])("of the account is saved, and stays written when it is refused: %s", async (label, kind, value, saved) => {
    const host = await open();
    await type(label, value);
    host.fails = NO;
    await fireEvent.click(save(label));
    await screen.findByText(reason(NO));
    expect(box(label).value).toBe(value);
    await fireEvent.click(save(label));
    await screen.findByText(saved);
    expect(asked(host, "keepTool")).toEqual([1, 2].map(() => [{ type: kind, with: value }]));
  });
});

describe("what this desk listens to", () => {
  const flows = () => box(t("desk-view-flows"));

  it("is chosen, beside what is left out already", async () => {
    const host = await open({ leftOut: ["recordings"] });
    expect([flows().checked, box(t("desk-view-recordings")).checked]).toEqual([true, false]);
    await fireEvent.click(flows());
    await fireEvent.click(box(t("desk-view-recordings")));
    expect(asked(host, "keepTool")).toEqual([
      [{ type: "leaveOut", with: ["recordings", "flows"] }],
      [{ type: "leaveOut", with: [] }],
    ]);
  });

  it("shows what is so when the choice is refused", async () => {
    const host = await open();
    host.fails = NO;
    await fireEvent.click(flows());
    await screen.findByText(reason(NO));
    await waitFor(() => expect(flows().checked).toBe(true));
  });
});
