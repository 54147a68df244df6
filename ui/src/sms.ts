// How many parts a text is sent in: GSM-7 where it fits, else UCS-2.

const GSM =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/** These take two places. */
const GSM_TWO = "^{}\\[~]|€\f";

export interface Parts {
  /** Letters as the network counts them. */
  length: number;
  /** Letters that fit into this many parts. */
  room: number;
  parts: number;
  /** A letter that is not in GSM-7 and makes the text dearer; none where all are. */
  costly: string | null;
}

export function parts(text: string): Parts {
  const letters = [...text];
  const costly = letters.find((letter) => !GSM.includes(letter) && !GSM_TWO.includes(letter)) ?? null;
  const length =
    costly === null ? letters.reduce((sum, letter) => sum + (GSM_TWO.includes(letter) ? 2 : 1), 0) : text.length;
  const [one, more] = costly === null ? [160, 153] : [70, 67];
  const count = length <= one ? 1 : Math.ceil(length / more);
  return { length, room: count === 1 ? one : count * more, parts: count, costly };
}
