// Which key was meant, whatever is printed on the keyboard.
//
// A Latin letter counts as what it is, so that AZERTY and Dvorak keep theirs.
// On a layout without Latin letters the key's place counts: the one with о, ξ
// or ח on it is the one that has J on a Latin keyboard.

/** An input method composes a letter: Enter and all else belong to it. */
export function isComposing(event: KeyboardEvent): boolean {
  // Some web views end a composition first and tell the key then, as 229.
  return event.isComposing || event.keyCode === 229;
}

/** The Latin letter of a shortcut, small; none for any other key. */
export function letterOf(event: KeyboardEvent): string | null {
  if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase();
  const place = /^Key([A-Z])$/.exec(event.code);
  return place?.[1]?.toLowerCase() ?? null;
}

/** The digit of a shortcut: also where it takes Shift to type one, and of any script. */
export function digitOf(event: KeyboardEvent): number | null {
  if (/^\d$/.test(event.key)) return Number(event.key);
  const place = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  return place ? Number(place[1]) : null;
}
