// How phone numbers are written: the desk says so before it shows one.

/** Beyond this the first ones go; a number that is met again is told again. */
const MOST = 40_000;
const written = new Map<string, string>();

export function putNumber({ number, written: form }: { number: string; written: string }): void {
  written.set(number, form);
  if (written.size > MOST) for (const oldest of written.keys()) return void written.delete(oldest);
}

export const writtenNumber = (number: string): string => written.get(number) ?? number;
