// One program, ready to run: it knows what of a chunk it must stage, stages it, and calls its code.

import type { Chunk, Verdict } from "@gatehouse/core";
import type { ProgramCode } from "./code.js";
import { type Lookups, lookUp, openLookups } from "./lookups.js";
import type { Program } from "./plan.js";
import { AT, answersAt, columnAt, type Staging, stageColumn } from "./staging.js";

export type Judge = {
  readonly program: Program;
  readonly code: ProgramCode;
  readonly lookups: Lookups;
};

/** Whether a block's answers stand in `AT.allow` alone, all known, or also in `AT.second`. */
export type Judged = "known" | "unsure";

export function judgeOf(program: Program, code: ProgramCode): Judge {
  return { program, code, lookups: openLookups(program.lookups) };
}

export function judgeRow(judge: Judge, chunk: Chunk, row: number, staging: Staging): Verdict | "unknown" {
  const { slots, lookups, touched } = judge.program;
  const { words, bytes } = staging;
  for (let k = 0; k < slots.length; k++) {
    const slot = slots[k] ?? 0;
    const column = chunk.slots[slot];
    const at = columnAt(slot) >>> 2;
    words[at] = column?.[2 * row] ?? 0;
    words[at + 1] = column?.[2 * row + 1] ?? 0;
  }
  if (lookups.length > 0) answerRows(judge, chunk, staging, 1, () => row);
  const known = chunk.known[row] ?? 0;
  if ((known & touched) === touched) return judge.code.one() === 1 ? "allow" : "deny";
  bytes[AT.known] = known;
  judge.code.unsure(1);
  if (((bytes[AT.second] ?? 0) & 1) === 0) return "unknown";
  return ((bytes[AT.allow] ?? 0) & 1) === 1 ? "allow" : "deny";
}

/** Rows that lie together and whose heads are staged; `scanned` says what `scan` found there. */
export function judgeBlock(
  judge: Judge,
  chunk: Chunk,
  from: number,
  rows: number,
  scanned: number,
  staging: Staging,
): Judged {
  for (const slot of judge.program.slots) stageColumn(staging, chunk, slot, from, rows);
  answerRows(judge, chunk, staging, rows, (i) => from + i);
  return run(judge, rows, scanned);
}

/** Rows picked out of a chunk, at most a block of them. */
export function judgePicked(judge: Judge, chunk: Chunk, picked: Uint32Array, staging: Staging): Judged {
  const { words, bytes } = staging;
  let known = 0xff;
  for (let i = 0; i < picked.length; i++) {
    const bits = chunk.known[picked[i] ?? 0] ?? 0;
    bytes[AT.known + i] = bits;
    known &= bits;
  }
  for (const slot of judge.program.slots) {
    const column = chunk.slots[slot] ?? NOTHING;
    const at = columnAt(slot) >>> 2;
    for (let i = 0; i < picked.length; i++) {
      const row = picked[i] ?? 0;
      words[at + 2 * i] = column[2 * row] ?? 0;
      words[at + 2 * i + 1] = column[2 * row + 1] ?? 0;
    }
  }
  answerRows(judge, chunk, staging, picked.length, (i) => picked[i] ?? 0);
  return run(judge, picked.length, known);
}

const NOTHING = new Uint32Array(0);

function run({ program: { touched }, code }: Judge, rows: number, known: number): Judged {
  if ((known & touched) === touched) {
    code.known(rows);
    return "known";
  }
  code.unsure(rows);
  return "unsure";
}

/** Stages the answers of the program's look-ups for `rows` rows, the i-th being the chunk's `rowOf(i)`. */
function answerRows(
  { program, lookups }: Judge,
  chunk: Chunk,
  { bytes }: Staging,
  rows: number,
  rowOf: (i: number) => number,
): void {
  if (program.lookups.length === 0) return;
  const tables = lookups.of(chunk.dictionary);
  for (const [k, { slot }] of program.lookups.entries()) {
    const table = tables[k];
    const column = chunk.slots[slot] ?? NOTHING;
    if (table === undefined) continue;
    const at = answersAt(k);
    for (let i = 0; i < rows; i++) bytes[at + i] = lookUp(table, column[2 * rowOf(i)] ?? 0) ? 0xff : 0;
  }
}
