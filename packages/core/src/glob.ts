// `~`: the patterns of the kernel's filters (lib/glob.c and filter_parse_regex), over whole strings of bytes.

import type { ByteString } from "./bytes.js";

/**
 * Whether `text` is like `pattern`: `*` any run, `?` any one byte, `[a-c]` and `[!a-c]` one of a set, `\x` x itself.
 * As in the kernel, a leading `!` inverts the answer and a pattern that starts with a digit has no wildcards.
 */
export function matchesGlob(pattern: ByteString, text: ByteString): boolean {
  if (pattern.startsWith("!")) return !matchesPattern(pattern.slice(1), text);
  return matchesPattern(pattern, text);
}

function matchesPattern(pattern: ByteString, text: ByteString): boolean {
  if (/^[0-9]/.test(pattern)) return pattern === text;
  return glob(pattern, text);
}

function glob(pattern: ByteString, text: ByteString): boolean {
  // The place after the last `*` and the first byte that it has not swallowed yet: one step back is enough.
  let star = -1;
  let resume = 0;
  let p = 0;
  let t = 0;
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = ++p;
      resume = t;
      continue;
    }
    const next = p < pattern.length ? matchOne(pattern, p, text.charCodeAt(t)) : -1;
    if (next >= 0) {
      p = next;
      t++;
    } else if (star >= 0) {
      p = star;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  // A trailing backslash quotes the end of the string.
  return p === pattern.length || (p === pattern.length - 1 && pattern[p] === "\\");
}

/** The place in `pattern` behind the element at `p` if it matches `byte`; -1 if it does not. */
function matchOne(pattern: ByteString, p: number, byte: number): number {
  const unit = pattern[p];
  if (unit === "?") return p + 1;
  if (unit === "[") {
    const set = parseSet(pattern, p + 1);
    if (set !== null) return set.has(byte) ? set.end : -1;
  }
  const at = unit === "\\" ? p + 1 : p;
  return at < pattern.length && pattern.charCodeAt(at) === byte ? at + 1 : -1;
}

/** The set whose first byte is at `start`; null where no `]` closes it, and the `[` is an ordinary byte. */
function parseSet(pattern: ByteString, start: number): { has(byte: number): boolean; end: number } | null {
  const inverted = pattern[start] === "!";
  const ranges: [number, number][] = [];
  let p = inverted ? start + 1 : start;
  do {
    if (p >= pattern.length) return null;
    const from = pattern.charCodeAt(p++);
    const isRange = pattern[p] === "-" && p + 1 < pattern.length && pattern[p + 1] !== "]";
    ranges.push([from, isRange ? pattern.charCodeAt(p + 1) : from]);
    if (isRange) p += 2;
  } while (pattern[p] !== "]");
  return { has: (byte) => ranges.some(([from, to]) => from <= byte && byte <= to) !== inverted, end: p + 1 };
}
