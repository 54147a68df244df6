// How many parts a text is sent in: GSM-7 where it fits, else UCS-2.

const GSM =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/** These take two places. */
const GSM_TWO = "^{}\\[~]|€\f";

export interface Parts {
  /** Letters as the network counts them. */
  length: number;
  /** Letters that fit into this many parts: what is written, and what is left of the last part. */
  room: number;
  parts: number;
  /** A letter that is not in GSM-7 and makes the text dearer; none where all are. */
  costly: string | null;
}

export function parts(text: string): Parts {
  const letters = [...text];
  const costly = letters.find((letter) => !GSM.includes(letter) && !GSM_TWO.includes(letter)) ?? null;
  const places = (letter: string) => (costly !== null ? letter.length : GSM_TWO.includes(letter) ? 2 : 1);
  const length = letters.reduce((sum, letter) => sum + places(letter), 0);
  const [one, more] = costly === null ? [160, 153] : [70, 67];
  if (length <= one) return { length, room: one, parts: 1, costly };
  // A letter of two places is never split: where one place is left it goes to the next part.
  let [count, left] = [1, more];
  for (const letter of letters) {
    const needed = places(letter);
    if (needed > left) [count, left] = [count + 1, more];
    left -= needed;
  }
  return { length, room: length + left, parts: count, costly };
}
