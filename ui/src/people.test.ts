import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { t } from "./catalogue";
import App from "./App.svelte";
import type { CallView } from "./bindings/CallView";
import type { CardView } from "./bindings/CardView";
import type { ChatView } from "./bindings/ChatView";
import type { DeskView } from "./bindings/DeskView";
import { allOn, emptyDesk, FakeHost, unread, untouched } from "./host.fake";
import Pop from "./Pop.svelte";
import { bytes, phone, typedPlain } from "./words";

class NoSizes {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
beforeAll(() => {
  vi.stubGlobal("ResizeObserver", NoSizes);
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
  };
});

const JOHN = "+15551234567";

const call = (id: string, number: string, stage: CallView["stage"] = "ringing"): CallView => ({
  id,
  stage,
  unseen: false,
  inbound: true,
  name: null,
  number,
  ourNumber: "+15559876543",
  queue: null,
  waitedS: null,
  since: Date.now(),
  stale: false,
  off: { ...allOn, endRing: "noRing" },
  controls: untouched,
});

const chat = (id: string, number: string, silentSince: number | null = null): ChatView => ({
  id,
  name: null,
  number,
  ourNumber: "+15559876543",
  unread: 0,
  lastText: `from ${id}`,
  lastInstead: null,
  lastIsOurs: false,
  lastAt: 1,
  channel: "sms",
  draft: "",
  givenBack: 0,
  canReply: number !== "anonymous",
  silentSince,
  visit: null,
});

const card: CardView = {
  ...unread,
  number: JOHN,
  state: "known",
  name: "John Delgado",
  company: null,
  jobTitle: null,
  notes: null,
  calls: 1,
  texts: 0,
  contact: "contact-1",
  tags: [
    { id: "vip", name: "VIP", on: false },
    { id: "en", name: "EN", on: true },
    { id: "wholesale", name: "Wholesale", on: false },
  ],
};

function show(part: Partial<DeskView>): FakeHost {
  const host = new FakeHost({ ...emptyDesk(), ...part });
  render(App, { host });
  return host;
}

const customer = () => within(screen.getByRole("region", { name: t("desk-panel-customer") }));

describe("a withheld number", () => {
  it("is shown as that wherever a caller is, and belongs to nobody", async () => {
    show({ calls: [call("c1", "anonymous"), call("c2", "anonymous")], chats: [chat("m1", "anonymous")] });
    expect(screen.queryByText(/anonymous/i)).toBeNull();
    expect(customer().getByText(t("common-withheld-number"))).toBeDefined();
    expect(customer().getByText(t("customer-withheld"))).toBeDefined();
    expect(customer().queryByLabelText(t("customer-new-name"))).toBeNull();
    // The text of another withheld sender is not this caller's.
    expect(screen.queryByRole("log")).toBeNull();
    await fireEvent.click(screen.getByText("from m1"));
    expect(screen.getByText(t("texts-withheld"))).toBeDefined();
    expect(screen.queryByRole("button", { name: new RegExp(t("texts-opt-out")) })).toBeNull();
  });

  it("is shown as that in the pop", () => {
    render(Pop, { host: new FakeHost({ ...emptyDesk(), calls: [call("c1", "anonymous")] }) });
    expect(screen.getByRole("heading", { name: t("common-withheld-number") })).toBeDefined();
  });
});

describe("labels", () => {
  it("are the customer's own; those of the account are only in the menu that adds one", async () => {
    const host = show({ calls: [call("c1", JOHN)], cards: [card] });
    expect(customer().getByText("EN")).toBeDefined();
    expect(customer().queryByText("VIP")).toBeNull();
    expect(customer().queryByText("Wholesale")).toBeNull();
    await fireEvent.click(customer().getByRole("button", { name: t("customer-add-label") }));
    await fireEvent.click(customer().getByRole("menuitem", { name: "VIP" }));
    expect(host.asked).toContainEqual(["serve", JOHN, { type: "tag", with: { tag: "vip", on: true } }]);
    await fireEvent.click(customer().getByRole("button", { name: t("customer-remove-label", { label: "EN" }) }));
    expect(host.asked).toContainEqual(["serve", JOHN, { type: "tag", with: { tag: "en", on: false } }]);
  });

  it("of the account are no facts about somebody who is in no address book", () => {
    show({ calls: [call("c1", JOHN)], cards: [{ ...card, contact: null, name: null, state: "unknown" }] });
    for (const label of ["VIP", "EN", "Wholesale", t("customer-add-label-ask")])
      expect(customer().queryByText(label)).toBeNull();
  });
});

describe("opting somebody out", () => {
  it("asks first, and can be undone at once", async () => {
    const host = show({ chats: [chat("john", JOHN)] });
    await fireEvent.click(screen.getByText("from john"));
    const deeds = () => host.asked.filter(([verb]) => verb === "respond").map(([, deed]) => deed);
    await fireEvent.click(screen.getByRole("button", { name: t("texts-opt-out-ask") }));
    expect(deeds()).toEqual([]);
    await fireEvent.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: t("common-cancel") }));
    expect(screen.queryByRole("alertdialog")).toBeNull();
    await fireEvent.click(screen.getByRole("button", { name: t("texts-opt-out-ask") }));
    await fireEvent.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: t("texts-opt-out") }));
    expect(deeds()).toEqual([{ type: "optOut", with: { chat: "john", out: true } }]);
    host.say({ type: "putChat", chat: chat("john", JOHN, 5) });
    await fireEvent.click(await screen.findByRole("button", { name: t("common-undo") }));
    expect(deeds()[1]).toEqual({ type: "optOut", with: { chat: "john", out: false } });
  });

  it("can be taken back, and that undone", async () => {
    const host = show({ chats: [chat("john", JOHN, 5)] });
    await fireEvent.click(screen.getByText("from john"));
    expect(screen.getByText(t("texts-opted-out"))).toBeDefined();
    await fireEvent.click(screen.getByRole("button", { name: t("texts-opt-in") }));
    host.say({ type: "putChat", chat: chat("john", JOHN) });
    await fireEvent.click(await screen.findByRole("button", { name: t("common-undo") }));
    const deeds = host.asked.filter(([verb]) => verb === "respond").map(([, deed]) => deed);
    expect(deeds).toEqual([false, true].map((out) => ({ type: "optOut", with: { chat: "john", out } })));
  });
});

describe("a file for the team", () => {
  const talk = {
    id: "talk-1",
    name: "Leo",
    kind: "direct",
    unread: 0,
    lastText: "Hi",
    lastAt: 1,
  };

  it("that is too large is not even read", async () => {
    const host = show({ talks: [talk as never] });
    await fireEvent.click(screen.getByRole("button", { name: new RegExp(`^${t("desk-view-talk")}`) }));
    await fireEvent.click(screen.getByText("Leo"));
    const input = document.querySelector<HTMLInputElement>("input[type=file]")!;
    const give = async (size: number) => {
      const file = new File(["hi"], "film.mkv");
      Object.defineProperty(file, "size", { value: size });
      const read = vi.fn(() => Promise.resolve(new ArrayBuffer(2)));
      Object.defineProperty(file, "arrayBuffer", { value: read });
      Object.defineProperty(input, "files", { value: [file], configurable: true });
      await fireEvent.change(input);
      return read;
    };
    expect(await give(400 * 1024 * 1024)).not.toHaveBeenCalled();
    expect(screen.getByRole("alert").textContent).toBe(
      t("team-file-size", { file: "film.mkv", size: bytes(400 * 1024 * 1024), most: bytes(5 * 1024 * 1024) }),
    );
    expect(await give(0)).not.toHaveBeenCalled();
    expect(host.asked.some(([verb]) => verb === "share" || verb === "speak")).toBe(false);
    expect(await give(5 * 1024 * 1024)).toHaveBeenCalledOnce();
    await waitFor(() => expect(host.asked).toContainEqual(["share", "talk-1", "film.mkv", 2]));
  });
});

describe("a number that is typed or pasted", () => {
  it("is read in the digits of other scripts", () => {
    expect(typedPlain("+٤٤ ۲۰ ७९४६ 0018")).toBe("+44 20 7946 0018");
  });

  it("is what the transfer rings, without the marks that came along", async () => {
    const host = show({ calls: [call("c1", JOHN, "talking")] });
    await fireEvent.click(screen.getByRole("button", { name: t("calls-transfer") }));
    const box = screen.getByLabelText(t("calls-transfer-to"));
    await fireEvent.input(box, { target: { value: "\u202atel:+44 (0)20 7946\u201100\u20601\uff18\u202c" } });
    await fireEvent.click(
      screen.getByRole("button", {
        name: t("calls-transfer-ring", { number: "tel:+44 (0)20 7946\u20100018" }),
      }),
    );
    const steered = host.asked.find(([verb]) => verb === "steer");
    expect(steered?.[2]).toMatchObject({
      type: "transfer",
      with: { to: { kind: "", target: "tel:+44 (0)20 7946\u20100018" } },
    });
  });

  it("is written as it is known", () => {
    expect(phone("anonymous")).toBe(t("common-withheld-number"));
  });
});
