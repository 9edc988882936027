// What no live test may give to a kernel. A filter that ends with `&&` (or `&& !…`) while an `||` is open makes 4.17 and
// later read the entry before the first of its program: with luck it warns, without luck it installs what it finds there.

/**
 * Errs on the safe side: any text with an `||` anywhere that ends in `&`, whatever blanks, `!`, parentheses and NULs
 * stand behind. The kernel reads up to the first NUL, so every part before a NUL is looked at too.
 */
export function isNeverToBeSent(written: Uint8Array): boolean {
  const text = Buffer.from(written).toString("latin1");
  if (!text.includes("||")) return false;
  return text.split("\0").some((part) => /&[\s\xa0!()]*$/.test(part));
}
