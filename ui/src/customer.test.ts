import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { t } from "./catalogue";
import type { CaseView } from "./bindings/CaseView";
import { emptyDesk } from "./host.fake";
import { aCall, aCard, aColleague, asked, isOff, JOHN, look, MEI, reason, refusal, show, slow } from "./staged";

beforeEach(() => localStorage.clear());

const customer = () => within(screen.getByRole("region", { name: t("desk-panel-customer") }));
const box = (label: string) => customer().getByLabelText<HTMLInputElement>(label);
const type = (label: string, value: string) => fireEvent.input(box(label), { target: { value } });
const NO = refusal({ id: "problems-forbidden" });

const boxWasOpen: CaseView = { id: "case-1", name: "Box was open", open: true, mine: false, opened: 1, notes: [] };
const withCase = (part: Partial<CaseView> = {}) => aCard({ cases: [{ ...boxWasOpen, ...part }] });
// A call that rings is looked at by itself.
const atJohns = (cards = [withCase()], part = {}) => show({ calls: [aCall({ stage: "ringing" })], cards, ...part });
const theCase = () => within(customer().getByRole("region", { name: t("customer-case") }));
const add = () => theCase().getByRole("button", { name: t("common-add") });

describe("a note in a case", () => {
  it("stays when it is refused, with the reason, and goes once the service has it", async () => {
    const host = atJohns();
    await type(t("customer-note"), "Photo came.");
    host.fails = NO;
    await fireEvent.click(add());
    expect((await customer().findByRole("alert")).textContent).toBe(reason(NO));
    expect(box(t("customer-note")).value).toBe("Photo came.");
    await fireEvent.click(add());
    await waitFor(() => expect(box(t("customer-note")).value).toBe(""));
    expect(customer().queryByRole("alert")).toBeNull();
    expect(asked(host, "serve")).toEqual(
      [1, 2].map(() => [JOHN, { type: "note", with: { case: "case-1", text: "Photo came." } }]),
    );
  });

  it("is sent once however often Enter is pressed, and what is written meanwhile stays", async () => {
    const host = atJohns();
    const { answer, done } = slow();
    const serve = vi.spyOn(host, "serve").mockReturnValue(answer);
    await type(t("customer-note"), "Photo came.");
    for (let times = 0; times < 3; times++) await fireEvent.submit(box(t("customer-note")).form!);
    expect(serve).toHaveBeenCalledOnce();
    expect(isOff(add())).toBe(true);
    await type(t("customer-note"), "Photo came. And a video.");
    done();
    await waitFor(() => expect(isOff(add())).toBe(false));
    expect(box(t("customer-note")).value).toBe("Photo came. And a video.");
  });

  it("keeps its words and the keyboard while the card changes and a call rings", async () => {
    const host = atJohns();
    const note = box(t("customer-note"));
    note.focus();
    await type(t("customer-note"), "Half a");
    const notes = [{ text: "Replacement offered.", author: "Leo Marsh", at: 2 }];
    host.say(
      { type: "putCard", card: withCase({ notes, mine: true }) },
      { type: "putCall", call: aCall({ id: "c2", stage: "ringing", number: MEI }) },
    );
    await customer().findByText("Replacement offered.");
    expect([box(t("customer-note")), note.value, document.activeElement]).toEqual([note, "Half a", note]);
  });

  it("is still there after a look at another view and at another customer", async () => {
    show({ calls: [aCall(), aCall({ id: "c2", name: "Mei Abe", number: MEI })], cards: [withCase()] });
    await fireEvent.click(screen.getByText("Mei Abe"));
    await fireEvent.click(document.querySelector('[data-call="c1"] button')!);
    await type(t("customer-note"), "Half a");
    await look("settings");
    await look("desk");
    await fireEvent.click(screen.getAllByText("Mei Abe")[0]!);
    expect(customer().queryByLabelText(t("customer-note"))).toBeNull();
    await fireEvent.click(document.querySelector('[data-call="c1"] button')!);
    expect(box(t("customer-note")).value).toBe("Half a");
  });

  it("cannot be written in a closed case", () => {
    atJohns([withCase({ open: false, notes: [{ text: "Sent back.", author: null, at: 2 }] })]);
    theCase().getByText("Sent back.");
    expect(theCase().queryByLabelText(t("customer-note"))).toBeNull();
    expect(theCase().queryByRole("button")).toBeNull();
  });
});

describe("a case", () => {
  it("is taken, assigned and closed", async () => {
    const host = atJohns([withCase()], { colleagues: [aColleague("leo", "Leo Marsh")] });
    await fireEvent.click(theCase().getByRole("button", { name: t("customer-assign-to-me") }));
    const whom = theCase().getByLabelText<HTMLSelectElement>(t("customer-assign-case"));
    await fireEvent.change(whom, { target: { value: "leo" } });
    expect(whom.value, "the list is a question again").toBe("");
    await fireEvent.click(theCase().getByRole("button", { name: t("customer-close-case") }));
    expect(asked(host, "serve").map(([, deed]) => deed)).toEqual([
      { type: "take", with: { case: "case-1" } },
      { type: "assign", with: { case: "case-1", agent: "leo" } },
      { type: "close", with: { case: "case-1" } },
    ]);
  });

  it("offers nobody what is theirs already", () => {
    atJohns([withCase({ mine: true })]);
    expect(theCase().queryByRole("button", { name: t("customer-assign-to-me") })).toBeNull();
    theCase().getByText(new RegExp(t("customer-case-mine")));
  });
});

describe("somebody who is in no address book", () => {
  const stranger = (number: string) => aCard({ number, state: "unknown", name: null, contact: null });
  const two = () =>
    show({
      calls: [aCall(), aCall({ id: "c2", number: MEI })],
      cards: [stranger(JOHN), stranger(MEI)],
    });
  const at = (call: string) => fireEvent.click(document.querySelector(`[data-call="${call}"] button`)!);
  const name = () => box(t("customer-new-name"));

  it("is added under the name that was typed for them, and nobody else is", async () => {
    const host = two();
    await at("c1");
    await type(t("customer-new-name"), "John Delgado");
    await at("c2");
    expect(name().value, "this is not John").toBe("");
    await fireEvent.submit(name().form!);
    expect(asked(host, "serve"), "nobody is added without a name").toEqual([]);
    await at("c1");
    expect(name().value).toBe("John Delgado");
    await fireEvent.submit(name().form!);
    expect(asked(host, "serve")).toEqual([[JOHN, { type: "create", with: { name: "John Delgado", company: "" } }]]);
    await waitFor(() => expect(name().value).toBe(""));
  });

  it("keeps the name when it is refused, and the reason stays with them", async () => {
    const host = two();
    await at("c1");
    await type(t("customer-new-name"), "John Delgado");
    host.fails = NO;
    await fireEvent.submit(name().form!);
    expect((await customer().findByRole("alert")).textContent).toBe(reason(NO));
    expect(name().value).toBe("John Delgado");
    await at("c2");
    expect(customer().queryByRole("alert"), "it was not about Mei").toBeNull();
    await at("c1");
    customer().getByRole("alert");
  });
});

describe("what is known of a customer", () => {
  it.each([
    ["looking", t("customer-looking")],
    ["unknown", t("customer-unknown")],
  ] as const)("is %s in words", (state, words) => {
    atJohns([aCard({ state, name: null, contact: null })]);
    customer().getByText(words);
  });

  it("is asked for again where the address book did not answer", async () => {
    const host = atJohns([aCard({ state: "failed", name: null })]);
    customer().getByText(t("customer-no-answer"), { exact: false });
    await fireEvent.click(customer().getByRole("button", { name: t("common-try-again") }));
    expect(asked(host, "lookAgain")).toEqual([[JOHN]]);
  });

  it("says when there is more, and fetches it once", async () => {
    const touches = [{ id: "t1", at: 1, words: { id: "customer-they-called" } as const, isCall: true }];
    const host = atJohns([aCard({ history: "known", touches, hasMore: true })]);
    customer().getByText(t("customer-counts-at-least", { calls: 1, texts: 0 }));
    await fireEvent.click(customer().getByRole("button", { name: t("common-show-more") }));
    host.say({ type: "putCard", card: aCard({ history: "looking", touches, hasMore: true }) });
    await customer().findByText(t("customer-looking-for-contacts"));
    await fireEvent.click(customer().getByRole("button", { name: t("common-show-more") }));
    expect(asked(host, "moreTouches")).toEqual([[JOHN]]);
  });

  it("says on the card what the service refused, once", async () => {
    const host = atJohns();
    host.fails = NO;
    await fireEvent.click(theCase().getByRole("button", { name: t("customer-close-case") }));
    host.say({ type: "putCard", card: { ...withCase(), problem: NO.message } });
    await waitFor(() => expect(customer().getAllByText(reason(NO))).toHaveLength(1));
  });
});

describe("the customer's page elsewhere", () => {
  const tools = { ...emptyDesk().tools, crm: "https://crm.example/search?phone={number}" };
  const link = () =>
    customer().getByRole("button", { name: new RegExp(t("customer-open-at", { site: "crm.example" })) });

  it("is opened after one question for each site", async () => {
    const host = atJohns([aCard()], { tools });
    await fireEvent.click(link());
    customer().getByText(t("customer-open-page-what", { site: "crm.example" }), { exact: false });
    await fireEvent.click(customer().getByRole("button", { name: t("common-cancel") }));
    expect(asked(host, "openCustomerPage")).toEqual([]);
    await fireEvent.click(link());
    await fireEvent.click(customer().getByRole("button", { name: t("common-open") }));
    await fireEvent.click(link());
    expect(asked(host, "openCustomerPage")).toEqual([[JOHN], [JOHN]]);
  });

  it("is not offered for a withheld number", () => {
    show({ calls: [aCall({ number: "anonymous" })], tools });
    expect(customer().queryByRole("button", { name: /crm\.example/ })).toBeNull();
  });
});
