// What the kernel would hold for a task: one bit per system call, up to the highest number of its table.

import type { Catalog, Line, Result } from "@gatehouse/core";

export type Bitmask = {
  /** How many bits the mask has. A number past its end is refused. */
  readonly length: number;
  /** Bit n, low bit first: call n is allowed. */
  readonly words: Uint32Array;
};

export function emptyMask(length: number): Bitmask {
  return { length, words: new Uint32Array((length + 31) >>> 5) };
}

export function allow({ words }: Bitmask, nr: number): void {
  words[nr >>> 5] = (words[nr >>> 5] ?? 0) | (1 << (nr & 31));
}

export function isAllowed({ length, words }: Bitmask, nr: number): boolean {
  return nr < length && (((words[nr >>> 5] ?? 0) >>> (nr & 31)) & 1) === 1;
}

/** As a task hands it to the kernel: bit n is bit n % 8 of byte n / 8, which is how little-endian words lie in memory. */
export function toBytes({ length, words }: Bitmask): Uint8Array {
  return Uint8Array.from({ length: (length + 7) >>> 3 }, (_, i) => (words[i >>> 2] ?? 0) >>> (8 * (i & 3)));
}

export function fromBytes(length: number, bytes: Uint8Array): Bitmask {
  const mask = emptyMask(length);
  for (let nr = 0; nr < length; nr++) if (((bytes[nr >>> 3] ?? 0) >>> (nr & 7)) & 1) allow(mask, nr);
  return mask;
}

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

/** No table of system calls is longer. */
export const MAX_LENGTH = 4095;

function callNumber(name: string, catalog: Catalog): number | undefined {
  const format = catalog.byName(name);
  if (format?.kind === "syscall") return format.id;
  const unnamed = /^syscall_(\d{1,4})$/.exec(name)?.[1];
  return unnamed === undefined ? undefined : Number(unnamed);
}

function wrong({ text, start }: Line, message: string): Result<never> {
  return { ok: false, error: [{ message, start, end: start + text.length }] };
}
