import { expect, it } from "vitest";

const files = import.meta.glob<string>(["./panels/*/*.svelte", "./parts/*.svelte"], {
  query: "?raw",
  import: "default",
  eager: true,
});
const imports = (text: string) => [...text.matchAll(/from "([^"]+)"/g)].map((found) => found[1] ?? "");

it("no panel imports another panel, and no part a panel: what two share is a part", () => {
  const wrong = Object.entries(files).flatMap(([file, text]) =>
    imports(text)
      .filter((from) => from.includes("/panels/") || (file.startsWith("./panels/") && /^\.\.\/[^.]/.test(from)))
      .map((from) => `${file} imports ${from}`),
  );
  expect(Object.keys(files).length).toBeGreaterThan(30);
  expect(wrong).toEqual([]);
});
