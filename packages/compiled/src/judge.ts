// One program, ready to run: it knows what of a chunk it must stage, stages it, and calls its code.

import type { Chunk, Verdict } from "@gatehouse/core";
import { compile, type ProgramCode } from "./code.js";
import { AT, answersAt } from "./layout.js";
import { type Lookups, lookUp, openLookups } from "./lookups.js";
import type { Program } from "./plan.js";
import { type Staging, stageColumn, stagedColumn } from "./staging.js";

export type Judge = {
  readonly program: Program;
  readonly code: ProgramCode;
  readonly lookups: Lookups;
  /** Of its code and its program, at hand for one event. */
  readonly one: ProgramCode["one"];
  readonly touched: number;
  /** How many slots it has, and which, as far as there are so many. */
  readonly count: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
};

/** Whether a block's answers stand in `AT.allow` alone, all known, or also in `AT.second`. */
export type Judged = "known" | "unsure";

/** Ready to judge: their module is made here. */
export function judgesOf(programs: readonly Program[], simd: boolean, staging: Staging): readonly Judge[] {
  const codes = compile(programs, simd, staging);
  return programs.flatMap((program, k) => {
    const code = codes[k];
    return code === undefined ? [] : [judgeOf(program, code)];
  });
}

function judgeOf(program: Program, code: ProgramCode): Judge {
  const { slots, touched } = program;
  const [a = 0, b = 0, c = 0, d = 0] = slots;
  const lookups = openLookups(program.lookups);
  return { program, code, lookups, one: code.one, touched, count: slots.length, a, b, c, d };
}

export function judgeRow(judge: Judge, chunk: Chunk, row: number, staging: Staging): Verdict | "unknown" {
  const { one, touched } = judge;
  const known = chunk.known[row] ?? 0;
  if (one === null || (known & touched) !== touched) return judgeAlone(judge, chunk, row, known, staging);
  return callOne(judge, one, chunk.slots, 2 * row) === 1 ? "allow" : "deny";
}

// Spelt out by the number of slots: a loop that gathers the words costs more than the whole judgement.
function callOne(
  { count, a, b, c, d }: Judge,
  one: (...words: number[]) => number,
  columns: readonly Uint32Array[],
  low: number,
): number {
  const high = low + 1;
  const first = columns[a] ?? NOTHING;
  if (count === 1) return one(first[low] ?? 0, first[high] ?? 0);
  const second = columns[b] ?? NOTHING;
  if (count === 2) return one(first[low] ?? 0, first[high] ?? 0, second[low] ?? 0, second[high] ?? 0);
  const third = columns[c] ?? NOTHING;
  if (count === 3)
    return one(
      first[low] ?? 0,
      first[high] ?? 0,
      second[low] ?? 0,
      second[high] ?? 0,
      third[low] ?? 0,
      third[high] ?? 0,
    );
  const fourth = columns[d] ?? NOTHING;
  return one(
    first[low] ?? 0,
    first[high] ?? 0,
    second[low] ?? 0,
    second[high] ?? 0,
    third[low] ?? 0,
    third[high] ?? 0,
    fourth[low] ?? 0,
    fourth[high] ?? 0,
  );
}

/** A block of one row. */
function judgeAlone(
  judge: Judge,
  chunk: Chunk,
  row: number,
  known: number,
  staging: Staging,
): Verdict | "unknown" {
  const { bytes } = staging;
  bytes[AT.known] = known;
  const judged = judgeBlock(judge, chunk, { from: row, count: 1, scanned: known }, staging);
  if (judged === "unsure" && ((bytes[AT.second] ?? 0) & 1) === 0) return "unknown";
  return ((bytes[AT.allow] ?? 0) & 1) === 1 ? "allow" : "deny";
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
    const at = stagedColumn(words, slot);
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
