import { expect, it } from "vitest";
import { suggest } from "./quick";
import { parts } from "./sms";

it("counts a text as the network does", () => {
  expect(parts("a".repeat(160))).toEqual({ length: 160, room: 160, parts: 1, costly: null });
  expect(parts("a".repeat(161))).toEqual({ length: 161, room: 306, parts: 2, costly: null });
  expect(parts("5 €")).toMatchObject({ length: 4, parts: 1 });
  expect(parts("ж".repeat(71))).toEqual({ length: 71, room: 134, parts: 2, costly: "ж" });
  expect(parts("👋")).toMatchObject({ length: 2, room: 70 });
});

it("never splits a letter that takes two places between two parts", () => {
  const [a, ж] = [(n: number) => "a".repeat(n), (n: number) => "ж".repeat(n)];
  const cases: [string, number][] = [
    [a(152) + "[" + a(152), 3],
    [a(151) + "[" + a(153), 2],
    [a(159) + "[", 2],
    [a(158) + "[", 1],
    [a(152) + "€" + a(151), 2],
    ["[".repeat(80), 1],
    ["[".repeat(152), 2],
    ["[".repeat(153), 3],
    [ж(66) + "👋" + ж(65), 2],
    [ж(66) + "👋" + ж(66), 3],
    ["👋".repeat(35), 1],
    ["👋".repeat(66), 2],
    ["👋".repeat(67), 3],
  ];
  for (const [text, count] of cases) expect(parts(text).parts, text).toBe(count);
  // What fits is told truly: so many more letters, and not one more, stay in as many parts.
  for (const [text] of cases) {
    const { length, room, parts: count, costly } = parts(text);
    const letter = costly === null ? "a" : "ж";
    expect(parts(text + letter.repeat(room - length)).parts, text).toBe(count);
    expect(parts(text + letter.repeat(room - length + 1)).parts, text).toBe(count + 1);
  }
});

it("suggests what begins with what was typed after a slash", () => {
  const quick = [
    { shortcut: "hours", text: "9 to 5" },
    { shortcut: "hello", text: "Hello" },
  ];
  expect(suggest("Well, /ho", 9, quick)).toEqual({ from: 6, found: [quick[0]] });
  expect(suggest("and/or", 6, quick)).toBeNull();
  expect(suggest("/", 1, quick)?.found).toHaveLength(2);
});
