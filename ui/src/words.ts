// How times, numbers and people are written on screen.
import type { DeliveryView } from "./bindings/DeliveryView";
import type { OutcomeView } from "./bindings/OutcomeView";
import type { StatusView } from "./bindings/StatusView";
import { t } from "./catalogue";
import { writtenNumber } from "./numbers.svelte";

export { isolate } from "./isolate";

/** `0:18`, `4:32`, `1:02:03`. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** `45 s`, `2 m 40 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(whole / 60);
  const rest = whole % 60;
  if (minutes === 0) return t("common-seconds", { seconds: rest });
  return rest === 0 ? t("common-minutes", { minutes }) : t("common-minutes-and-seconds", { minutes, seconds: rest });
}

/** What is known of a caller's place: position, estimates, and whether they may be gone. */
export function waitWords(wait: {
  position: number | null;
  estimatedS: number | null;
  likelyS: number | null;
  stale: boolean;
}): string[] {
  return [
    wait.position === null ? null : t("queues-position", { position: wait.position }),
    wait.estimatedS === null ? null : t("queues-estimated", { time: duration(wait.estimatedS) }),
    wait.likelyS === null ? null : t("queues-likely", { time: duration(wait.likelyS) }),
    wait.stale ? t("common-may-be-over") : null,
  ].filter((words) => words !== null);
}

/** `2.3 MB`. */
export function bytes(count: number): string {
  if (count < 1000) return t("common-bytes", { count });
  if (count < 1_000_000) return t("common-kilobytes", { count: tenths.format(count / 1000) });
  return t("common-megabytes", { count: tenths.format(count / 1_000_000) });
}

/** A share of a hundred: `80%`. */
export function percent(value: number): string {
  return percents.format(value / 100);
}

/** A number by the agent's own habits. */
export function number(value: number): string {
  return whole.format(value);
}

/** The day as well, when it is not today. */
export function dayTime(ms: number, today: number): string {
  const [day, sameDay] = [new Date(ms), new Date(ms).toDateString() === new Date(today).toDateString()];
  return sameDay ? clockTime(ms) : `${days.format(day)} ${clockTime(ms)}`;
}

/** Whether the network withheld a number: whoever it is, the next one is somebody else. */
export function isWithheld(number: string | null): boolean {
  return number === "anonymous";
}

/** What was typed or pasted to look for something: without marks that cannot be seen, with plain digits. */
export function typedPlain(text: string): string {
  const invisible = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
  return text
    .normalize("NFKC")
    .replace(invisible, "")
    .replace(/\p{Nd}/gu, plainDigit)
    .replace(/\s+/g, " ")
    .trim();
}

/** A digit of any script: its block begins with its zero, so that nine steps back at most there is none. */
function plainDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}

/** A number as the desk writes it. */
export function phone(number: string): string {
  return isWithheld(number) ? t("common-withheld-number") : writtenNumber(number);
}

// Made once: a busy desk writes many times a second.
const hoursAndMinutes = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const days = new Intl.DateTimeFormat();
const whole = new Intl.NumberFormat();
const tenths = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const percents = new Intl.NumberFormat(undefined, { style: "percent" });
const alphabet = new Intl.Collator();

/** Hours and minutes by the agent's own habits. */
export function clockTime(ms: number): string {
  const day = new Date(ms);
  return Number.isNaN(day.getTime()) ? "" : hoursAndMinutes.format(day);
}

/** The order of two names or words by the agent's own alphabet. */
export function byAlphabet(a: string, b: string): number {
  return alphabet.compare(a, b);
}

/** What a reader takes for one letter may be several characters. */
const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function firstLetter(word: string | undefined): string {
  for (const { segment } of letters.segment(word ?? "")) return segment;
  return "";
}

/** Up to two letters of a name; nothing that is not a letter or digit. */
export function initials(name: string | null): string {
  const words = (name ?? "").match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}\u200c\u200d]*/gu) ?? [];
  const ends = [words[0], words.length > 1 ? words[words.length - 1] : undefined];
  // One letter may be two in capitals: of "ß" the first is enough.
  return ends.map((word) => firstLetter(firstLetter(word).toLocaleUpperCase())).join("") || "#";
}

export const choices = ["available", "away", "busy", "offline"] as const;

export const statusWords = (status: StatusView): string => t(`status-${status}`);

/** What became of a call. */
export const outcomeWords = (outcome: OutcomeView): string => t(`calls-outcome-${outcome}`);

/** How far a text of ours got. */
export const deliveryWords = (delivery: DeliveryView): string => t(`texts-delivery-${delivery}`);

/** Who it is, as far as the network told: a name, a number, or that there is neither. */
export function callerWords(name: string | null, number: string | null): string {
  return name ?? (number ? phone(number) : t("common-unknown-caller"));
}

/** Who a call is with, or that nothing but its ringing is known. */
export function callWords(call: { unseen: boolean; name: string | null; number: string }): string {
  return call.unseen ? t("calls-unseen") : callerWords(call.name, call.number);
}

/** What people call a channel. */
export function channelWords(channel: string): string {
  switch (channel) {
    case "sms":
    case "whatsapp":
    case "line":
    case "email":
    case "webchat":
      return t(`texts-channel-${channel}`);
    default:
      return channel;
  }
}
