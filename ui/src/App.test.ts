import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { t, words, type Message } from "./catalogue";
import App from "./App.svelte";
import type { BoardCallView } from "./bindings/BoardCallView";
import type { CallView } from "./bindings/CallView";
import type { ChatView } from "./bindings/ChatView";
import { readNumbers } from "./bindings/readNumbers";
import { allOn, emptyDesk, FakeHost, untouched } from "./host.fake";

// The test's document has no sizes, so nothing ever changes its own.
class NoSizes {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
vi.stubGlobal("ResizeObserver", NoSizes);

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

const ringing = (id: string, name: string): CallView => ({
  id,
  stage: "ringing",
  unseen: false,
  inbound: true,
  name,
  number: `+1555000000${id}`,
  ourNumber: "+15559876543",
  queue: "Sales",
  waitedS: 45,
  since: Date.now(),
  stale: false,
  off: allOn,
  controls: untouched,
});

function signedOut(): FakeHost {
  const desk = emptyDesk();
  return new FakeHost({ ...desk, session: { ...desk.session, screen: "signedOut", service: "", email: "" } });
}

describe("the sign-in form", () => {
  it("sends what was typed and shows the problem beside its field", async () => {
    const host = signedOut();
    render(App, { host });
    await fireEvent.input(screen.getByLabelText(t("sign-in-email")), { target: { value: "dana@northwind.example" } });
    await fireEvent.input(screen.getByLabelText(t("sign-in-password")), { target: { value: "secret" } });
    host.fails = { code: "password", message: { id: "problems-wrong-login" } };
    await fireEvent.click(screen.getByRole("button", { name: t("sign-in-sign-in") }));
    expect(host.asked).toContainEqual([
      "signIn",
      "api.voipbin.net",
      { type: "password", email: "dana@northwind.example", password: "secret" },
      null,
      null,
    ]);
    await screen.findByText(t("problems-wrong-login"));
    expect(screen.getByLabelText(t("sign-in-password")).getAttribute("aria-invalid")).toBe("true");
  });

  it("keeps the address of a self-hosted service when the keyring cannot be read, and asks it again", async () => {
    const desk = emptyDesk();
    const service = "https://voip.northwind.example";
    const problem: Message = { id: "sign-in-keyring-locked" };
    const session = {
      ...desk.session,
      screen: "signedOut" as const,
      service,
      email: "dana@northwind.example",
      problem,
    };
    const host = new FakeHost({ ...desk, session: { ...session, askKeyring: true } });
    render(App, { host });
    await fireEvent.click(screen.getByRole("button", { name: t("sign-in-keyring-again") }));
    expect(host.asked).toContainEqual(["askKeyring"]);
    await fireEvent.input(screen.getByLabelText(t("sign-in-password")), { target: { value: "secret" } });
    await fireEvent.click(screen.getByLabelText(t("sign-in-stay")));
    await fireEvent.click(screen.getByRole("button", { name: t("sign-in-sign-in") }));
    expect(host.asked).toContainEqual([
      "signInForNow",
      service,
      { type: "password", email: "dana@northwind.example", password: "secret" },
      null,
      null,
    ]);
  });

  it("opens the address when the address is the trouble", async () => {
    const host = signedOut();
    render(App, { host });
    host.fails = { code: "address", message: { id: "problems-no-service" } };
    await fireEvent.click(screen.getByRole("button", { name: t("sign-in-sign-in") }));
    const address = await screen.findByLabelText(t("sign-in-service-address"));
    expect(address.getAttribute("aria-invalid")).toBe("true");
  });

  it("trusts the certificate authority that was chosen, and asks for it when the certificate is the trouble", async () => {
    const host = signedOut();
    render(App, { host });
    host.fails = { code: "certificate", message: { id: "problems-no-certificate" } };
    await fireEvent.click(screen.getByRole("button", { name: t("sign-in-sign-in") }));
    const authority = await screen.findByLabelText(t("sign-in-authority"));
    const pem = "-----BEGIN CERTIFICATE-----";
    await fireEvent.change(authority, { target: { files: [{ name: "own.pem", text: async () => pem }] } });
    await fireEvent.click(screen.getByRole("button", { name: t("sign-in-sign-in") }));
    await waitFor(() => expect(host.asked.at(-1)?.[3]).toBe(pem));
    await fireEvent.change(screen.getByLabelText(t("sign-in-dialect")), { target: { value: "live" } });
    await fireEvent.click(screen.getByRole("button", { name: t("sign-in-sign-in") }));
    await waitFor(() => expect(host.asked.at(-1)?.[4]).toBe("live"));
  });
});

describe("the desk", () => {
  it("says in words whether the next call will be heard", async () => {
    const host = new FakeHost();
    render(App, { host });
    await screen.findByText(t("link-promise-hears"));
    const desk = emptyDesk();
    host.say({
      type: "putLink",
      link: {
        ...desk.link,
        live: false,
        hearsCalls: false,
        words: { id: "link-stage-reconnecting", args: { attempt: 3 } },
        promise: { id: "link-promise-none" },
        retryAt: Date.now() + 4000,
        lostAt: Date.now(),
      },
    });
    await screen.findByText(t("link-promise-none"));
    await fireEvent.click(screen.getByRole("button", { name: t("link-retry") }));
    expect(host.asked).toContainEqual(["retryNow"]);
  });

  it("names what cannot be read though the link is up", async () => {
    const host = new FakeHost();
    render(App, { host });
    const first = { id: "problems-texts-unread" } as const;
    const second = { id: "link-cause-silence", args: { host: "api.voipbin.net" } } as const;
    const words: Message = { id: "common-two-sentences", args: { first, second } };
    host.say({ type: "putLink", link: { ...emptyDesk().link, notRead: { words, since: Date.now() } } });
    await screen.findByText(t("problems-texts-unread"), { exact: false });
    host.say({ type: "putLink", link: emptyDesk().link });
    await waitFor(() => expect(screen.queryByText(t("problems-texts-unread"), { exact: false })).toBeNull());
  });

  it("shows what a caller wrote as text", async () => {
    const host = new FakeHost();
    const { container } = render(App, { host });
    host.say({ type: "putCall", call: ringing("1", "<img src=x onerror=alert(1)>") });
    await screen.findAllByText("<img src=x onerror=alert(1)>");
    expect(container.querySelector("img")).toBeNull();
  });

  it("keeps what is being written when a call rings", async () => {
    const host = new FakeHost();
    render(App, { host });
    host.say({ type: "putChat", chat: john });
    await fireEvent.click(await screen.findByText("John Delgado"));
    const reply = screen.getByLabelText<HTMLTextAreaElement>(t("texts-reply"));
    reply.focus();
    await fireEvent.input(reply, { target: { value: "One mo" } });
    host.say({ type: "putCall", call: ringing("1", "Mei Abe") });
    await screen.findByText("Mei Abe");
    expect(screen.getByLabelText(t("texts-reply"))).toBe(reply);
    expect(reply.value).toBe("One mo");
    expect(document.activeElement).toBe(reply);
  });

  it("sends with Ctrl+Enter and gives the words back when they were not taken", async () => {
    const host = new FakeHost();
    render(App, { host });
    host.say({ type: "putChat", chat: john });
    await fireEvent.click(await screen.findByText("John Delgado"));
    const reply = screen.getByLabelText<HTMLTextAreaElement>(t("texts-reply"));
    await fireEvent.input(reply, { target: { value: "One moment" } });
    host.fails = { code: "other", message: { id: "texts-gone" } };
    await fireEvent.keyDown(reply, { key: "Enter", ctrlKey: true });
    expect(host.asked).toContainEqual(["reply", "john", "One moment"]);
    await screen.findByText(t("texts-gone"));
    expect(reply.value).toBe("One moment");
  });

  it("keeps a half-written answer per conversation", async () => {
    const host = new FakeHost();
    render(App, { host });
    host.say(
      { type: "putChat", chat: john },
      { type: "putChat", chat: { ...john, id: "mei", name: "Mei Abe", number: "+15559012000" } },
    );
    await fireEvent.click(await screen.findByText("John Delgado"));
    await fireEvent.input(screen.getByLabelText(t("texts-reply")), { target: { value: "Half" } });
    await fireEvent.click(screen.getByText("Mei Abe"));
    await waitFor(() => expect(screen.getByLabelText<HTMLTextAreaElement>(t("texts-reply")).value).toBe(""));
    await fireEvent.click(screen.getAllByText("John Delgado")[0]!);
    await waitFor(() => expect(screen.getByLabelText<HTMLTextAreaElement>(t("texts-reply")).value).toBe("Half"));
  });

  it("names a picture without words, and offers nothing to send again where delivery is unknown", async () => {
    const host = new FakeHost();
    render(App, { host });
    const text = { chat: "john", at: 1, problem: null, auto: null, medias: [], delivery: null, ours: false, text: "" };
    const problem: Message = { id: "texts-maybe-delivered" };
    const picture: Message = {
      id: "texts-media-named",
      args: { what: { id: "texts-media-picture" }, name: "dog.jpg" },
    };
    host.say(
      { type: "putChat", chat: { ...john, lastText: "", lastInstead: picture } },
      {
        type: "putMessage",
        message: {
          ...text,
          id: "1",
          medias: [picture],
        },
      },
      { type: "putMessage", message: { ...text, id: "2", at: 2 } },
      {
        type: "putMessage",
        message: { ...text, id: "3", at: 3, text: "Hi", ours: true, delivery: "unknown", problem },
      },
    );
    await fireEvent.click(await screen.findByText("John Delgado"));
    const bubble = (id: string) => within(document.querySelector<HTMLElement>(`[data-message="${id}"]`)!);
    bubble("1").getByText(words(picture));
    expect(document.querySelector("[data-chat=john]")?.textContent).toContain(words(picture));
    bubble("3").getByText(t("texts-maybe-delivered"), { exact: false });
    bubble("2").getByText(t("texts-empty"));
    bubble("3").getByText(t("texts-delivery-unclear"), { exact: false });
    expect(bubble("3").queryByRole("button")).toBeNull();
  });

  it("says on which page a web chat is, and that the visit has ended", async () => {
    const host = new FakeHost();
    render(App, { host });
    const visit = { page: "https://shop.example/cart", from: null, isOver: true };
    host.say({ type: "putChat", chat: { ...john, name: null, lastText: "", channel: "webchat", visit } });
    await fireEvent.click(await screen.findByText("https://shop.example/cart"));
    await screen.findByText(t("texts-visit-ended"), { exact: false });
  });

  it("lets a name from right to left turn nothing but itself, wherever it stands", async () => {
    const host = new FakeHost();
    render(App, { host });
    const name = "דנה כהן";
    host.say(
      { type: "putCall", call: ringing("1", name) },
      { type: "putChat", chat: { ...john, name, lastText: name } },
    );
    const shown = await screen.findAllByText(name);
    expect(shown.length).toBeGreaterThanOrEqual(3);
    for (const each of shown) expect(each.tagName).toBe("BDI");
  });

  it("shows the customer of a missed call whose toast is clicked", async () => {
    const host = new FakeHost({
      ...emptyDesk(),
      numbers: [{ number: "+15551234567", written: "+1 555 123 4567" }],
    });
    render(App, { host });
    await screen.findByText(t("link-promise-hears"));
    host.click({ type: "call", id: "over", number: "+15551234567" });
    await screen.findByText("+1 555 123 4567", { selector: "h1 bdi" });
  });

  it("keeps a draft where it was written when the agent moves on before it is taken", async () => {
    const host = new FakeHost();
    render(App, { host });
    host.say({ type: "putChat", chat: john }, { type: "putChat", chat: { ...john, id: "mei", name: "Mei Abe" } });
    await fireEvent.click(await screen.findByText("John Delgado"));
    const reply = screen.getByLabelText<HTMLTextAreaElement>(t("texts-reply"));
    await fireEvent.input(reply, { target: { value: "For John" } });
    host.fails = { code: "other", message: { id: "problems-forbidden" } };
    const sent = fireEvent.keyDown(reply, { key: "Enter", ctrlKey: true });
    await fireEvent.click(screen.getByText("Mei Abe"));
    await sent;
    await waitFor(() => expect(screen.getByLabelText<HTMLTextAreaElement>(t("texts-reply")).value).toBe(""));
    await fireEvent.click(screen.getAllByText("John Delgado")[0]!);
    await waitFor(() => expect(screen.getByLabelText<HTMLTextAreaElement>(t("texts-reply")).value).toBe("For John"));
  });

  it("brings the conversation of a clicked toast to the middle", async () => {
    const host = new FakeHost();
    render(App, { host });
    host.say({ type: "putChat", chat: john });
    await screen.findByText("John Delgado");
    host.click({ type: "chat", id: "john" });
    await screen.findByLabelText(t("texts-reply"));
  });

  it("tells what happened while the link was away until the agent has it", async () => {
    const host = new FakeHost();
    render(App, { host });
    const rang = {
      kind: "rang",
      id: "1",
      at: 1,
      name: "Mei Abe",
      number: "+15559012000",
      text: "Sales",
      instead: null,
    } as const;
    const text = {
      kind: "text",
      id: "john",
      at: 2,
      name: "John Delgado",
      number: john.number,
      text: "Hello?",
      instead: null,
    } as const;
    host.say({ type: "putChat", chat: john }, { type: "putAway", away: { from: 1, to: 3, items: [rang, text] } });
    const card = within(await screen.findByRole("region", { name: t("desk-away") }));
    expect(card.getByText(t("desk-away-rang"))).toBeTruthy();
    await fireEvent.click(card.getByText("Hello?"));
    await screen.findByLabelText(t("texts-reply"));
    await fireEvent.click(card.getByRole("button", { name: t("desk-away-seen") }));
    expect(host.asked).toContainEqual(["awaySeen"]);
    host.say({ type: "putAway", away: null });
    await waitFor(() => expect(screen.queryByRole("region", { name: t("desk-away") })).toBeNull());
  });

  it("shows the link from inside", async () => {
    const host = new FakeHost();
    render(App, { host });
    await fireEvent.click(await screen.findByRole("button", { name: t("link-diagnostics") }));
    await screen.findByText(t("link-confirmed", { confirmed: 1, wanted: 2 }));
    const refused = within(screen.getByRole("region", { name: t("link-refused") }));
    expect(refused.getByText("customer_id:c:call:call_")).toBeTruthy();
    await fireEvent.click(screen.getByRole("button", { name: t("common-close") }));
    await waitFor(() => expect(screen.queryByText(t("link-confirmed", { confirmed: 1, wanted: 2 }))).toBeNull());
  });

  it("asks for the password before the sign-in ends, and says when it was wrong", async () => {
    const desk = emptyDesk();
    const host = new FakeHost({ ...desk, session: { ...desk.session, endsAt: Date.now() + 60_000 } });
    render(App, { host });
    await fireEvent.input(await screen.findByLabelText(t("sign-in-password-of", { email: "dana@northwind.example" })), {
      target: { value: "old" },
    });
    host.fails = { code: "password", message: { id: "problems-wrong-login" } };
    await fireEvent.click(screen.getByRole("button", { name: t("sign-in-again") }));
    await screen.findByText(t("problems-wrong-login"));
    await fireEvent.click(screen.getByRole("button", { name: t("sign-in-again") }));
    expect(host.asked.at(-1)).toEqual([
      "renew",
      { type: "password", email: "dana@northwind.example", password: "old" },
    ]);
  });
});

describe("the views", () => {
  const onBoard = (id: string, state: BoardCallView["state"], name: string): BoardCallView => ({
    id,
    state,
    inbound: true,
    name,
    number: `+1555000${id.padStart(4, "0")}`,
    ourNumber: "+15559876543",
    queue: "Sales",
    flow: null,
    agent: null,
    began: Date.now(),
    since: Date.now(),
    why: null,
    stale: false,
  });

  async function open(view: string): Promise<FakeHost> {
    const host = new FakeHost();
    render(App, { host });
    await fireEvent.click(await screen.findByRole("button", { name: new RegExp(view) }));
    return host;
  }

  it("draws of ten thousand calls only what is in sight, and finds each", async () => {
    const host = await open("Live");
    const many = Array.from({ length: 10_000 }, (_, at) => onBoard(String(at), "talking", `Caller ${at}`));
    host.say(...many.map((call) => ({ type: "putBoardCall", call }) as const));
    await screen.findByText("Caller 0");
    expect(document.querySelectorAll("[data-board]").length).toBeLessThan(60);
    await fireEvent.input(screen.getByLabelText(t("live-search")), { target: { value: "caller 4321" } });
    await screen.findByText("Caller 4321");
    expect(document.querySelectorAll("[data-board]").length).toBe(1);
  });

  it.each(Object.keys(readNumbers))("finds the call of a number that is typed as %s", async (typed) => {
    const host = await open("Live");
    host.say(
      { type: "putBoardCall", call: { ...onBoard("1", "talking", "Ann Lee"), number: "+442079460018" } },
      { type: "putBoardCall", call: { ...onBoard("2", "talking", "Mei Abe"), number: "+15551234567" } },
    );
    await screen.findByText("Mei Abe");
    await fireEvent.input(screen.getByLabelText(t("live-search")), { target: { value: typed } });
    await waitFor(() => expect(screen.queryByText("Mei Abe")).toBeNull());
    await screen.findByText("Ann Lee");
    await fireEvent.input(screen.getByLabelText(t("live-search")), { target: { value: "+1 999 000 1111" } });
    await waitFor(() => expect(screen.queryByText("Ann Lee")).toBeNull());
  });

  it("counts what is chosen and takes a call off when it is dropped", async () => {
    const host = await open("Live");
    host.say(
      { type: "putBoardCall", call: onBoard("1", "ringing", "Mei Abe") },
      { type: "putBoardCall", call: onBoard("2", "waiting", "John Delgado") },
    );
    await fireEvent.click(await screen.findByRole("button", { name: `${t("live-waiting")} 1` }));
    await waitFor(() => expect(screen.queryByText("Mei Abe")).toBeNull());
    host.say({ type: "dropBoardCall", id: "2" });
    await screen.findByText(t("live-none-like-that"));
  });

  it("lights the step that a flow is at", async () => {
    const host = await open("Flows");
    const step = (id: string, kind: string, ended: number | null) => ({ id, kind, name: null, began: 1, ended });
    const flow = {
      id: "f",
      flow: "t",
      running: true,
      result: null,
      about: null,
      aboutId: null,
      began: 1,
      ended: null,
      stale: false,
    };
    host.say({ type: "putFlow", flow: { ...flow, steps: [step("a", "play", 2), step("b", "queue_join", null)] } });
    const lit = await screen.findByText(/queue_join/);
    expect(lit.closest("li")?.getAttribute("aria-current")).toBe("step");
    host.say({ type: "putFlow", flow: { ...flow, running: false, result: "success", ended: 3, steps: [] } });
    await screen.findByText(`${t("flows-completed")} · success`);
  });

  it("clears the badge of missed calls when the history is looked at", async () => {
    const host = new FakeHost();
    render(App, { host });
    const past = { id: "1", outcome: "missed", name: "Mei Abe", number: "+15559012000", queue: null, at: 1 } as const;
    host.say({ type: "putPast", past: { ...past, why: { id: "calls-why-cancel" }, seen: false } });
    await waitFor(() => expect(document.querySelector("[data-badge=history]")?.textContent).toBe("1"));
    await fireEvent.click(screen.getByRole("button", { name: new RegExp(t("desk-view-history")) }));
    await screen.findByText(t("calls-why-cancel"), { exact: false });
    expect(host.asked).toContainEqual(["historySeen"]);
  });

  it("claims nothing of queues and rights while the link is away", async () => {
    const host = await open("Desk");
    host.say({ type: "putLink", link: { ...emptyDesk().link, live: false, seesQueues: false, seesFloor: false } });
    await screen.findByText(t("queues-not-known"));
    expect(screen.queryByText(t("queues-not-visible"))).toBeNull();
    expect(screen.queryByText(t("queues-nobody-waits"))).toBeNull();
  });

  it("says what to ask for where queues may not be seen", async () => {
    const host = await open("Queues");
    host.say({ type: "putLink", link: { ...emptyDesk().link, seesQueues: false } });
    await screen.findByText(t("queues-not-visible"), { selector: ".notice" });
  });

  it("saves a recording and says where it is", async () => {
    const host = await open("Recordings");
    const recording = {
      id: "r",
      call: null,
      running: false,
      durationS: 300,
      format: "wav",
      size: 2_400_000,
      began: 1,
      ended: 2,
      fetched: null,
      stale: false,
    };
    host.say({ type: "putRecording", recording });
    await fireEvent.click(await screen.findByRole("button", { name: t("common-save") }));
    expect(host.asked).toContainEqual(["fetchRecording", "r"]);
    const fetched = { bytes: 9, path: "/home/dana/recording-r.wav", problem: null };
    host.say({ type: "putRecording", recording: { ...recording, fetched } });
    await screen.findByText(t("common-saved-as", { path: "/home/dana/recording-r.wav" }));
    await fireEvent.click(screen.getByRole("button", { name: t("recordings-play") }));
    expect(host.asked).toContainEqual(["playRecording", "r"]);
  });

  it("does not bring a text back that was just sent, but one that was not", async () => {
    const host = new FakeHost({ ...emptyDesk(), chats: [john] });
    render(App, { host });
    await fireEvent.click(await screen.findByText("John Delgado"));
    const box = () => screen.getByLabelText<HTMLTextAreaElement>(t("texts-reply"));
    await fireEvent.input(box(), { target: { value: "One moment" } });
    await fireEvent.keyDown(box(), { key: "Enter", ctrlKey: true });
    expect(box().value).toBe("");
    // What was kept while writing is told a moment late.
    host.say({ type: "putChat", chat: { ...john, draft: "One moment" } });
    await Promise.resolve();
    expect(box().value).toBe("");
    host.say({ type: "putChat", chat: { ...john, draft: "One moment", givenBack: 1 } });
    await vi.waitFor(() => expect(box().value).toBe("One moment"));
  });

  it("keeps a half-written answer when the desk is left, and draws the next desk", async () => {
    const host = new FakeHost({ ...emptyDesk(), chats: [john] });
    render(App, { host });
    await fireEvent.click(await screen.findByText("John Delgado"));
    await fireEvent.input(screen.getByLabelText(t("texts-reply")), { target: { value: "Half" } });
    const out = emptyDesk();
    host.say({ type: "reset", desk: { ...out, session: { ...out.session, screen: "signedOut" } } });
    await screen.findByRole("heading", { name: t("sign-in-sign-in") });
    host.say({ type: "reset", desk: { ...emptyDesk(), chats: [{ ...john, draft: "Half" }] } });
    await fireEvent.click(await screen.findByText("John Delgado"));
    expect(screen.getByLabelText<HTMLTextAreaElement>(t("texts-reply")).value).toBe("Half");
  });

  it("lists what came in, and a half-written answer outlives looking at it", async () => {
    const host = new FakeHost();
    host.entries = [
      { seq: 0, at: 1, happened: 1, kind: "call.created", object: "call", id: "c1", stage: "ringing", own: true },
    ];
    render(App, { host });
    host.say({ type: "putChat", chat: john });
    await fireEvent.click(await screen.findByText("John Delgado"));
    await fireEvent.input(screen.getByLabelText(t("texts-reply")), { target: { value: "Half" } });
    await fireEvent.keyDown(window, { key: "8", ctrlKey: true });
    await screen.findByText("call.created");
    await fireEvent.keyDown(window, { key: "1", ctrlKey: true });
    expect(screen.getByLabelText<HTMLTextAreaElement>(t("texts-reply")).value).toBe("Half");
  });

  it("hands thresholds that an earlier version kept in the window to the account, once", async () => {
    localStorage.setItem("thresholds", "7 30 90");
    const host = new FakeHost();
    const { unmount } = render(App, { host });
    await waitFor(() => expect(host.asked).toContainEqual(["setThresholds", 7, 30, 90]));
    expect(localStorage.getItem("thresholds")).toBeNull();
    unmount();
    const next = new FakeHost();
    render(App, { host: next });
    await screen.findByText("You are not on a call.");
    expect(next.asked.map(([verb]) => verb)).not.toContain("setThresholds");
  });
});
