// One program, ready to run: it knows what of a chunk it must stage, stages it, and calls its code.

import { type Chunk, IdTable, wordsIn } from "@gatehouse/core";
import { compile, type ProgramCode } from "./code.js";
import { AT, answersAt } from "./layout.js";
import type { Program } from "./plan.js";
import { type Staging, stageColumn, stagedColumn } from "./staging.js";

export type Judge = {
  readonly program: Program;
  readonly code: ProgramCode;
  /** Of its look-ups, in their order. */
  readonly tables: readonly IdTable[];
};

/** Whether a block's answers stand in `AT.allow` alone, all known, or also in `AT.second`. */
export type Judged = "known" | "unsure";

/** Ready to judge: their module is made here. */
export function judgesOf(programs: readonly Program[], simd: boolean, staging: Staging): readonly Judge[] {
  const codes = compile(programs, simd, staging);
  return programs.flatMap((program, k) => {
    const code = codes[k];
    const tables = program.lookups.map((test) => new IdTable([test]));
    return code === undefined ? [] : [{ program, code, tables }];
  });
}

/**
 * Rows that lie together; in the low bits of `scanned` is what is known of all of them. Unless that is all that the
 * program touches, what is known of each is staged.
 */
export function judgeBlock(
  judge: Judge,
  chunk: Chunk,
  { from, count, scanned }: { readonly from: number; readonly count: number; readonly scanned: number },
  staging: Staging,
): Judged {
  for (const slot of judge.program.slots) stageColumn(staging, chunk, slot, from, count);
  answerRows(judge, chunk, staging, count, (i) => from + i);
  return run(judge, count, scanned);
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
    const each = wordsIn(chunk.narrow, slot);
    const at = stagedColumn(words, slot);
    for (let i = 0; i < picked.length; i++) {
      const row = picked[i] ?? 0;
      words[at + 2 * i] = column[each * row] ?? 0;
      words[at + 2 * i + 1] = each === 2 ? (column[2 * row + 1] ?? 0) : 0;
    }
  }
  answerRows(judge, chunk, staging, picked.length, (i) => picked[i] ?? 0);
  return run(judge, picked.length, known);
}

const NOTHING = new Uint32Array(0);

/** Rows up to a multiple of eight are judged too, whatever lies there: nobody reads their answers. */
function run({ program: { touched }, code }: Judge, rows: number, known: number): Judged {
  const whole = (rows + 7) & ~7;
  if ((known & touched) === touched) {
    code.known(whole);
    return "known";
  }
  code.unsure(whole);
  return "unsure";
}

/** Stages the answers of the program's look-ups for `rows` rows, the i-th being the chunk's `rowOf(i)`. */
function answerRows(
  { program, tables }: Judge,
  chunk: Chunk,
  { bytes }: Staging,
  rows: number,
  rowOf: (i: number) => number,
): void {
  for (const [k, table] of tables.entries()) {
    table.update(chunk.dictionary);
    const slot = program.lookups[k]?.slot ?? 0;
    const column = chunk.slots[slot] ?? NOTHING;
    const each = wordsIn(chunk.narrow, slot);
    const at = answersAt(k);
    for (let i = 0; i < rows; i++) bytes[at + i] = table.holds(column[each * rowOf(i)] ?? 0) ? 0xff : 0;
  }
}
