// Patterns of `~` between 2011, where only a `*` at either end is a wildcard, and the globs that conditions hold.
//
//   a*b  is read as  a*          a[b]  is read as  a\[b]          [a]b\**  is sayable as  nothing, \[a\** as [a**

import type { ByteString } from "@gatehouse/core";
import { patterns2011 } from "./pattern.js";

/** What a pattern of 2011 means, as a glob. */
export function globOf2011(pattern: ByteString): ByteString {
  const { kind, text, inverted } = patterns2011.classify(pattern);
  const before = kind === "end" || kind === "middle" ? "*" : "";
  const behind = kind === "front" || kind === "middle" ? "*" : "";
  const first = before === "" ? /[*?[\\]|^[!0-9]/g : /[*?[\\]/g;
  return `${inverted ? "!" : ""}${before}${text.replace(first, "\\$&")}${behind}`;
}

/** The pattern of 2011 that means the glob; null where there is none. */
export function patternFor2011(glob: ByteString): ByteString | null {
  const inverted = glob.startsWith("!");
  const text = inverted ? glob.slice(1) : glob;
  if (/^[0-9]/.test(text)) return hasStar(text) ? null : inverted ? `!${text}` : text;
  const simple = /^(\*?)((?:[^*?[\\]|\\.)*)(\*?)$/s.exec(text);
  if (simple === null) return null;
  const [, before = "", quoted = "", behind = ""] = simple;
  const literal = quoted.replace(/\\(.)/gs, "$1");
  const pattern = `${before}${literal}${behind}`;
  // A second `*` would end it, and a `!` of its own would invert it.
  if (hasStar(literal) || (!inverted && pattern.startsWith("!"))) return null;
  return inverted ? `!${pattern}` : pattern;
}

function hasStar(text: ByteString): boolean {
  return text.includes("*");
}
