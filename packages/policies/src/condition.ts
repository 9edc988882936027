// What stands behind `if`: the filter language in its `extended` dialect. ftrace counts in bytes, a policy in the
// code units of its text, so offsets are carried back.

import { type Condition, type Diagnostic, type EventFormat, toByteString } from "@gatehouse/core";
import { parseFilter } from "@gatehouse/ftrace";
import type { Scanner, Word } from "./scanner.js";

/** Words with which one would ask for the task. It is where filters hang, so no event has it as a field. */
const WHO = new Set(["who", "task", "comm", "COMM", "pid", "tid", "tgid", "process", "exe", "common_pid"]);

export function parseCondition(
  scanner: Scanner,
  source: Word,
  format: EventFormat,
  labels: ReadonlySet<string>,
): Condition | null {
  const bytes = toByteString(source.text);
  const parsed = parseFilter(bytes, format, "extended", labels);
  if (parsed.ok) return parsed.value;
  for (const diagnostic of parsed.error) scanner.errors.push(placed(diagnostic, source, format));
  return null;
}

function placed(diagnostic: Diagnostic, source: Word, format: EventFormat): Diagnostic {
  const start = unitsBefore(source.text, diagnostic.start, Math.floor);
  const end = unitsBefore(source.text, diagnostic.end, Math.ceil);
  const word = source.text.slice(start, end);
  const asksWho = WHO.has(word) && !format.fields.some(({ name }) => name === word);
  return {
    ...diagnostic,
    start: source.start + start,
    end: source.start + end,
    ...(asksWho ? { hint: "write it below a line `task NAME`: who a task is, no field says" } : {}),
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
