const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|[\u{10800}-\u{10fff}]|[\u{1e800}-\u{1efff}]/u;

/** A name inside a sentence that is one text, where no `bdi` can stand: what is written from right to left does not
 * reorder the words around it. */
export function isolate(name: string): string;
export function isolate(name: string | null): string | null;
export function isolate(name: string | null): string | null {
  return name !== null && rightToLeft.test(name) ? `\u2068${name}\u2069` : name;
}
