// The native form of a mask: its length, then a line for each call that it allows.

import type { Catalog, Line, Result } from "@gatehouse/core";
import { allow, type Bitmask, emptyMask, isAllowed, MAX_LENGTH } from "../kernel/program.js";

/** A line for each bit that is set: `0 read`. */
export function print(mask: Bitmask, catalog: Catalog): string[] {
  const lines = [`length ${mask.length}`];
  for (let nr = 0; nr < mask.length; nr++) if (isAllowed(mask, nr)) lines.push(`${nr} ${catalog.nameOf(nr)}`);
  return lines;
}

/** Reads `length N`, then a call a line: its number, its name, or both. */
export function parse(lines: readonly Line[], catalog: Catalog): Result<Bitmask> {
  const [first] = lines;
  const length = first === undefined ? null : /^length (\d{1,4})$/.exec(first.text)?.[1];
  if (first === undefined || length === undefined || length === null || Number(length) > MAX_LENGTH) {
    return wrong(first ?? { text: "", start: 0 }, `a mask begins with \`length N\`, N at most ${MAX_LENGTH}`);
  }
  const mask = emptyMask(Number(length));
  for (const line of lines.slice(1)) {
    const [, number, name] = /^\s*(?:(\d{1,4})\b)?\s*(\w+)?\s*$/.exec(line.text) ?? [];
    const named = name === undefined ? undefined : callNumber(name, catalog);
    const nr = number === undefined ? named : Number(number);
    if (nr === undefined) return wrong(line, `\`${line.text.trim()}\` is no call of ${catalog.title}`);
    if (named !== undefined && named !== nr) return wrong(line, `\`${name}\` is call ${named}, not ${nr}`);
    if (nr >= mask.length) return wrong(line, `call ${nr} is past the end of a mask of ${mask.length}`);
    allow(mask, nr);
  }
  return { ok: true, value: mask };
}

function callNumber(name: string, catalog: Catalog): number | undefined {
  const format = catalog.byName(name);
  if (format?.kind === "syscall") return format.id;
  const unnamed = /^syscall_(\d{1,4})$/.exec(name)?.[1];
  return unnamed === undefined ? undefined : Number(unnamed);
}

function wrong({ text, start }: Line, message: string): Result<never> {
  return { ok: false, error: [{ message, start, end: start + text.length }] };
}
