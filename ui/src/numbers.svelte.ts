// How phone numbers are written: the desk says so before it shows one, and it never changes.
import type { NumberView } from "./bindings/NumberView";

/** Beyond this the first ones go; a number that is met again is told again. */
const MOST = 40_000;
const written = new Map<string, string>();

export const writtenNumber = (number: string): string => written.get(number) ?? number;

export class Numbers {
  put(number: string, form: NumberView): void {
    written.set(number, form.written);
    if (written.size > MOST) for (const oldest of written.keys()) return void written.delete(oldest);
  }

  /** What is known of a number holds for every desk. */
  reset(forms: NumberView[], key: (form: NumberView) => string): void {
    for (const form of forms) this.put(key(form), form);
  }

  changed(): void {}
}
