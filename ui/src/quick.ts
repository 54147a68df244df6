// Quick replies: found by what is typed after a slash. The desk fills them with what is known.
import type { QuickReplyView } from "./bindings/QuickReplyView";

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
