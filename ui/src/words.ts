// How times, numbers and people are written on screen.

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
  return [minutes > 0 && `${minutes} m`, (whole % 60 > 0 || minutes === 0) && `${whole % 60} s`]
    .filter(Boolean)
    .join(" ");
}

/** What is known of a caller's place: `position 1`, `est. 2 m`, `likely 3 m`, `may be over`. */
export function waitWords(wait: {
  position: number | null;
  estimatedS: number | null;
  likelyS: number | null;
  stale: boolean;
}): string[] {
  return [
    wait.position === null ? null : `position ${wait.position}`,
    wait.estimatedS === null ? null : `est. ${duration(wait.estimatedS)}`,
    wait.likelyS === null ? null : `likely ${duration(wait.likelyS)}`,
    wait.stale ? "may be over" : null,
  ].filter((words) => words !== null);
}

/** `2.3 MB`. */
export function bytes(count: number): string {
  const [value, unit] =
    count < 1000 ? [count, "bytes"] : count < 1_000_000 ? [count / 1000, "kB"] : [count / 1_000_000, "MB"];
  return `${unit === "bytes" ? value : value.toFixed(1)} ${unit}`;
}

/** The day as well, when it is not today. */
export function dayTime(ms: number, today: number): string {
  const [day, sameDay] = [new Date(ms), new Date(ms).toDateString() === new Date(today).toDateString()];
  return sameDay ? clockTime(ms) : `${day.toLocaleDateString()} ${clockTime(ms)}`;
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

/** Whether a number is the one that these words look for, in whatever way they are written. */
export function isNumberLike(number: string, words: string): boolean {
  if (!/^[+\d\s()./\-\u2010-\u2015]+$/.test(words.replace(/^tel:/i, ""))) return false;
  const abroad = words
    .replace(/^tel:/i, "")
    .replace("(0)", "")
    .replace(/[^\d+]/g, "")
    .replace(/^00/, "+");
  const digits = abroad.replace(/^0+/, "");
  return /[1-9]/.test(digits) && (number.includes(abroad) || number.includes(digits));
}

/** `+1 555 123 4567` for numbers of a length we know, else as it is. */
export function phone(number: string): string {
  if (isWithheld(number)) return "Withheld number";
  const us = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  if (us) return `+1 ${us[1]} ${us[2]} ${us[3]}`;
  const london = /^\+44(20)(\d{4})(\d{4})$/.exec(number);
  if (london) return `+44 ${london[1]} ${london[2]} ${london[3]}`;
  return number;
}

// Made once: a busy desk writes many times a second.
const hoursAndMinutes = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
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

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|[\u{10800}-\u{10fff}]|[\u{1e800}-\u{1efff}]/u;

/** A name inside a sentence that is one text, where no `bdi` can stand: what is written from right to left does not
 * reorder the words around it. */
export function isolate(name: string): string;
export function isolate(name: string | null): string | null;
export function isolate(name: string | null): string | null {
  return name !== null && rightToLeft.test(name) ? `\u2068${name}\u2069` : name;
}

export const statusWords = {
  unknown: "Status not known",
  available: "Available",
  away: "Away",
  busy: "Busy",
  offline: "Offline",
  ringing: "Ringing",
} as const;

export const choices = ["available", "away", "busy", "offline"] as const;

/** What became of a call. */
export const outcomeWords = {
  answered: "Answered",
  missed: "Missed",
  declined: "Declined",
  gaveUp: "Gave up waiting",
  left: "Left the queue",
  elsewhere: "Answered elsewhere",
  unknown: "Outcome unknown",
} as const;

/** What people call a channel. */
export function channelWords(channel: string): string {
  const known: Record<string, string> = {
    sms: "SMS",
    whatsapp: "WhatsApp",
    line: "LINE",
    email: "E-mail",
    webchat: "Web chat",
  };
  return known[channel] ?? channel;
}
