import { expect, it } from "vitest";
import { t, words } from "./catalogue";

it("numbers agree with their nouns and are grouped", () => {
  expect(t("calls-earlier-today", { count: 1 })).toBe("1 call earlier today");
  expect(t("calls-earlier-today", { count: 10_000 })).toBe("10,000 calls earlier today");
});

it("a name from right to left is isolated, and markup is text", () => {
  expect(t("team-write-to", { name: "דנה" })).toBe("Write to \u2068דנה\u2069…");
  expect(t("team-write-to", { name: "{ $name } <b>" })).toBe("Write to { $name } <b>…");
});

it("what Rust says may hold another message, and one that is not known is its name", () => {
  expect(words({ id: "team-write-to", args: { name: { id: "team-chat" } } })).toBe("Write to Chat…");
  expect(words({ id: "no-such-message" as "team-chat" })).toBe("no-such-message");
});
