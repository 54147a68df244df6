// Rules as a form has them: what is a list in the rule book is lines or words
// between commas here.
import type { Rule } from "./bindings/Rule";
import type { TraceFate } from "./bindings/TraceFate";
import { t } from "./catalogue";
import { channelWords, choices, statusWords } from "./words";

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
  const text = or([
    ...when.keyword.map((word) => t("rules-if-keyword", { word })),
    ...when.word.map((word) => t("rules-if-word", { word })),
    ...when.phrase.map((phrase) => t("rules-if-phrase", { phrase })),
    ...when.pattern.map((pattern) => `/${pattern}/`),
  ]);
  const all = [
    text,
    or(when.channel.map(channelWords)),
    when.number.length > 0 ? t("rules-if-number", { numbers: or(when.number) }) : "",
    when.hours === "" ? "" : when.hours === "open" ? t("rules-if-open") : t("rules-if-closed"),
    when.status.length > 0 ? t("rules-if-status", { statuses: or(when.status.map(statusName)) }) : "",
    when.first ? t("rules-if-first") : "",
    or(when.language),
  ].filter((part) => part !== "");
  return all.length === 0 ? t("rules-if-any") : all.join(" · ");
}

/** One of several. */
const or = (parts: string[]): string => alternatives.format(parts);
const alternatives = new Intl.ListFormat("en", { type: "disjunction" });

/** A rule may name a status that this window does not know. */
function statusName(status: string): string {
  const known = choices.find((each) => each === status);
  return known ? statusWords(known) : status;
}

/** What a rule does, in a few words. */
export function thenWords({ then }: Rule): string {
  const all = [
    then.reply === "" ? "" : t("rules-then-reply", { reply: then.reply }),
    then.tag === "" ? "" : t("rules-then-label", { label: then.tag }),
    then.notify === "" ? "" : t("rules-then-notify"),
    then.assign === "" ? "" : t("rules-then-assign", { agent: then.assign }),
    then.note === "" ? "" : t("rules-then-note"),
  ].filter((part) => part !== "");
  return all.length === 0 ? t("rules-then-nothing") : all.join(" · ");
}

export const fateTones: Record<TraceFate, "green" | "amber" | "plain"> = {
  sent: "green",
  would: "amber",
  waiting: "amber",
  unclear: "amber",
  silent: "plain",
};
