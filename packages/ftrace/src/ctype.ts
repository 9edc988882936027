// Which bytes are blanks, digits and letters: the kernel's table, in which a byte above 0x7f is read as Latin-1.
// So 0xa0 is a blank and 0xe9 a letter, and UTF-8 falls apart between the two.

export function isSpace(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || unit === 0xa0;
}

export function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

export function isAlnum(unit: number): boolean {
  if (unit < 0x80) return isDigit(unit) || ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a);
  return unit >= 0xc0 && unit !== 0xd7 && unit !== 0xf7;
}

/** What a field's name may hold. It may begin with a digit. */
export function isNameByte(unit: number): boolean {
  return isAlnum(unit) || unit === 0x5f;
}

/** The first place at or behind `at` whose byte is not of a kind. Behind the text, `charCodeAt` is no byte of any. */
export function skip(text: string, at: number, isKind: (unit: number) => boolean): number {
  let end = at;
  while (isKind(text.charCodeAt(end))) end++;
  return end;
}
