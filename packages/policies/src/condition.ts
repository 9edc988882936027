// What stands behind `if`: the filter language in its `extended` dialect. ftrace counts in bytes, a policy in the
// code units of its text, so offsets are carried back.

import { type Condition, type Diagnostic, type EventFormat, toByteString } from "@gatehouse/core";
import { MAX_FILTER_BYTES, parseFilter } from "@gatehouse/ftrace";
import type { Scanner, Word } from "./scanner.js";

export function parseCondition(
  scanner: Scanner,
  source: Word,
  format: EventFormat,
  labels: ReadonlySet<string>,
): Condition | null {
  // What is too long is refused all the same, and need not be encoded for that.
  const bytes = toByteString(source.text.slice(0, MAX_FILTER_BYTES.extended + 1));
  const parsed = parseFilter(bytes, format, "extended", labels);
  if (parsed.ok) return parsed.value;
  for (const diagnostic of parsed.error) scanner.errors.push(placed(diagnostic, source));
  return null;
}

function placed(diagnostic: Diagnostic, { text, start }: Word): Diagnostic {
  return {
    ...diagnostic,
    start: start + unitsBefore(text, diagnostic.start, Math.floor),
    end: start + unitsBefore(text, diagnostic.end, Math.ceil),
  };
}

/** How many code units of `text` the first `bytes` bytes of its UTF-8 are; a character cut through is rounded. */
function unitsBefore(text: string, bytes: number, round: (part: number) => number): number {
  let units = 0;
  let left = bytes;
  for (const character of text) {
    const size = bytesOf(character.codePointAt(0) ?? 0);
    if (left < size) return units + character.length * round(left / size);
    left -= size;
    units += character.length;
  }
  return units;
}

function bytesOf(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x1_0000 ? 3 : 4;
}
