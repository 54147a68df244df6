// Quick replies: found by what is typed after a slash, filled with what is known.
import type { QuickReplyView } from "./bindings/QuickReplyView";

export interface Known {
  name: string | null;
  number: string;
  agent: string;
}

/** The text to put in, and where to go on writing. */
export function fill(template: string, known: Known): { text: string; cursor: number } {
  const words: Record<string, string> = { name: known.name ?? "there", number: known.number, agent: known.agent };
  const filled = template.replace(/\{(name|number|agent)\}/g, (_, word: string) => words[word] ?? "");
  const at = filled.indexOf("{cursor}");
  return { text: filled.replace("{cursor}", ""), cursor: at < 0 ? filled.length : at };
}

/** What the word at the cursor may stand for, if it begins with a slash. */
export function suggest(
  text: string,
  cursor: number,
  quick: QuickReplyView[],
): { from: number; found: QuickReplyView[] } | null {
  const word = /(?:^|\s)\/([\p{L}\p{N}-]*)$/u.exec(text.slice(0, cursor));
  if (!word) return null;
  const typed = (word[1] ?? "").toLowerCase();
  const begins = quick.filter((each) => each.shortcut.toLowerCase().startsWith(typed));
  const inside = quick.filter((each) => !begins.includes(each) && each.text.toLowerCase().includes(typed));
  return { from: cursor - typed.length - 1, found: [...begins, ...inside].slice(0, 6) };
}
