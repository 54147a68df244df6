import { expect, it } from "vitest";
import { t } from "./catalogue";
import { Numbers } from "./numbers.svelte";
import { duration, elapsed, initials, isolate, phone } from "./words";

it("writes times the way agents read them", () => {
  expect([0, 18_000, 272_000, 3_723_000].map(elapsed)).toEqual(["0:00", "0:18", "4:32", "1:02:03"]);
  expect(elapsed(-5000)).toBe("0:00");
  expect([0, 45, 60, 160].map(duration)).toEqual(["0 s", "45 s", "1 m", "2 m 40 s"]);
});

it("writes a number as the desk does, and one it was not told of as it is", () => {
  new Numbers().put("+442079460018", { number: "+442079460018", written: "+44 20 7946 0018" });
  expect(phone("+442079460018")).toBe("+44 20 7946 0018");
  expect(phone("+15550000000")).toBe("+15550000000");
  expect(phone("anonymous")).toBe(t("common-withheld-number"));
});

it("takes initials from any script and from nothing else", () => {
  expect(initials("John Delgado")).toBe("JD");
  expect(initials("Ümit")).toBe("Ü");
  expect(initials("<>")).toBe("#");
  expect(initials(null)).toBe("#");
  expect(initials("𠮷田 花子")).toBe("𠮷花");
  expect(initials("e\u0301mile zola")).toBe("E\u0301Z");
  expect(initials("कृष्णा शर्मा")).toBe("कृश");
  expect(initials("🦊 ann ßmith")).toBe("AS");
});

it("isolates a name that is written from right to left", () => {
  expect(isolate("דנה כהן")).toBe("\u2068דנה כהן\u2069");
  expect(isolate("Ann Lee")).toBe("Ann Lee");
  expect(isolate(null)).toBeNull();
});
