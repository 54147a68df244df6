// Rules as a form has them: what is a list in the rule book is lines or words
// between commas here.
import type { Rule } from "./bindings/Rule";
import type { TraceFate } from "./bindings/TraceFate";

export const newRule = (): Rule => ({
  name: "",
  on: true,
  dry: false,
  further: false,
  when: {
    keyword: [],
    word: [],
    phrase: [],
    pattern: [],
    channel: [],
    number: [],
    hours: "",
    status: [],
    first: false,
    language: [],
  },
  then: { reply: "", tag: "", notify: "", assign: "", note: "" },
});

const filled = (parts: string[]) => parts.map((part) => part.trim()).filter((part) => part !== "");

export const lines = (text: string): string[] => filled(text.split("\n"));
export const between = (text: string): string[] => filled(text.split(","));

/** When a rule matches, in a few words. */
export function whenWords({ when }: Rule): string {
  const words = [
    ...when.keyword.map((word) => `“${word}” anywhere`),
    ...when.word.map((word) => `the word “${word}”`),
    ...when.phrase.map((phrase) => `“${phrase}”`),
    ...when.pattern.map((pattern) => `/${pattern}/`),
  ].join(" or ");
  const all = [
    words,
    when.channel.join(" or "),
    when.number.length > 0 ? `to ${when.number.join(" or ")}` : "",
    when.hours === "" ? "" : when.hours === "open" ? "in business hours" : "outside business hours",
    when.status.length > 0 ? `agent ${when.status.join(" or ")}` : "",
    when.first ? "first text" : "",
    when.language.join(" or "),
  ].filter((part) => part !== "");
  return all.length === 0 ? "Any text" : all.join(" · ");
}

/** What a rule does, in a few words. */
export function thenWords({ then }: Rule): string {
  const all = [
    then.reply === "" ? "" : `Replies “${then.reply}”`,
    then.tag === "" ? "" : `labels ${then.tag}`,
    then.notify === "" ? "" : "tells you",
    then.assign === "" ? "" : `gives it to ${then.assign}`,
    then.note === "" ? "" : "writes a note",
  ].filter((part) => part !== "");
  return all.length === 0 ? "does nothing yet" : all.join(", ");
}

export const fateWords: Record<TraceFate, { words: string; tone: "green" | "amber" | "plain" }> = {
  sent: { words: "Answered", tone: "green" },
  would: { words: "Practised", tone: "amber" },
  waiting: { words: "In a moment", tone: "amber" },
  unclear: { words: "Unknown", tone: "amber" },
  silent: { words: "Not answered", tone: "plain" },
};
