// The rows of a chunk, a block at a time. Where a block is all one event, its program runs straight over the columns.
// Elsewhere constant answers come from a table; a program that many rows need goes over the whole block, and only the
// answers of its own rows are taken, which costs less than picking them out; other rows wait until those of the whole
// chunk are together. So a clause costs only where its events are.

import {
  applyRules,
  type Bitset,
  CHUNK_ROWS,
  type Chunk,
  type Verdict,
  type Verdicts,
} from "@gatehouse/core";
import { type Judge, type Judged, judgeBlock, judgePicked } from "./judge.js";
import { AT, BLOCK, CLASS, EVENT_IDS, SCANNED } from "./layout.js";
import { classOf, type Route } from "./plan.js";
import { type Scanned, type Staging, scanHeads, stageHeads, stageKnown } from "./staging.js";

/** What is asked: the rows of `chunk` that `rows` holds, all under one route. */
export type Question = {
  readonly route: Route;
  readonly judges: readonly Judge[];
  readonly chunk: Chunk;
  readonly rows: Bitset;
  readonly verdicts: Verdicts;
};

export type Sweep = (question: Question) => void;

/** Rows of one chunk that lie together. */
type Block = Scanned & { readonly from: number; readonly count: number };

/** Rows of a block for which a program goes over all of it. Measured: picking a row out costs what judging 32 does. */
const FREQUENT = BLOCK / 32;

/** Where bits lie, in words. */
const ALLOW = AT.allow >>> 2;
const SECOND = AT.second >>> 2;
const CONSTANT = AT.constant >>> 2;
const LEFT = AT.left >>> 2;
const ASKED = AT.asked >>> 2;
const PICKED = AT.picked >>> 2;
const COUNTS = AT.counts >>> 2;

export function openSweep(staging: Staging): Sweep {
  const { words, halves, bytes } = staging;
  /** Rows that wait for a program, and the same ordered by program. */
  const waiting = new Uint32Array(CHUNK_ROWS);
  const ordered = new Uint32Array(CHUNK_ROWS);
  let waits = 0;
  /** Whose table is staged. */
  let tabled: Route | null = null;

  return (question) => {
    const { chunk, rows } = question;
    const end = Math.min(chunk.length, rows.length);
    waits = 0;
    for (let from = 0; from < end; from += BLOCK) {
      if (waits + BLOCK > CHUNK_ROWS) judgeWaiting(question);
      const count = Math.min(BLOCK, end - from);
      if (isAsked(rows, from, count)) sweepBlock(question, from, count);
    }
    judgeWaiting(question);
  };

  /** Copies which rows are asked about. */
  function stageAsked(rows: Bitset, { from, count }: Block): void {
    const base = from >>> 5;
    for (let word = 0; 32 * word < count; word++)
      words[ASKED + word] = (rows.words[base + word] ?? 0) & upTo(count - 32 * word);
  }

  function sweepBlock(question: Question, from: number, count: number): void {
    const { route, chunk } = question;
    const { scanned, isStaged } = scanHeads(staging, chunk, from, count);
    const block = { from, count, scanned, isStaged };
    const isForeign = route.foreign !== null && (block.scanned & SCANNED.foreign) !== 0;
    if (isForeign || (block.scanned & SCANNED.mixed) !== 0) sortBlock(question, block, isForeign);
    else judgeAlike(question, block);
  }

  /** A block that is all one event. */
  function judgeAlike(question: Question, block: Block): void {
    const { route, judges, chunk, rows, verdicts } = question;
    const of = classOf(route, chunk.event[block.from] ?? 0);
    const judge = judges[of - CLASS.program];
    const base = block.from >>> 5;
    if (judge !== undefined) {
      const isKnown = (block.scanned & judge.program.touched) === judge.program.touched;
      if (!isKnown && !block.isStaged) stageKnown(staging, chunk, block.from, block.count);
      takeBits(verdicts, block, rows.words, base, judgeBlock(judge, chunk, block, staging));
    } else if (of === CLASS.plain) {
      stageAsked(rows, block);
      leaveBits(question, block, ASKED);
    } else {
      words.fill(of === CLASS.allow ? 0xffff_ffff : 0, ALLOW, ALLOW + ((block.count + 31) >>> 5));
      takeBits(verdicts, block, rows.words, base, "known");
    }
  }

  function sortBlock(question: Question, block: Block, isForeign: boolean): void {
    const { route, chunk, rows, verdicts } = question;
    if (!block.isStaged) stageHeads(staging, chunk, block.from, block.count);
    stageAsked(rows, block);
    if (tabled !== route) writeTable(route);
    staging.sort(whole(block.count));
    if (isForeign) sortForeign(route, block.count);
    let left = 0;
    for (let word = 0; 32 * word < block.count; word++) {
      const asked = words[ASKED + word] ?? 0;
      const unanswered = asked & (words[LEFT + word] ?? 0);
      words[LEFT + word] = unanswered;
      left |= unanswered;
      addBits(verdicts.known, (block.from >>> 5) + word, asked ^ unanswered);
      addBits(verdicts.allow, (block.from >>> 5) + word, asked & (words[CONSTANT + word] ?? 0));
    }
    if (left !== 0) judgeLeft(question, block);
  }

  function judgeLeft(question: Question, block: Block): void {
    const { judges, chunk, verdicts } = question;
    staging.count(whole(block.count));
    for (const [k, judge] of judges.entries()) {
      if ((words[COUNTS + CLASS.program + k] ?? 0) < FREQUENT) continue;
      staging.pick(CLASS.program + k, whole(block.count));
      for (let word = 0; 32 * word < block.count; word++) {
        const left = words[LEFT + word] ?? 0;
        const picked = left & (words[PICKED + word] ?? 0);
        words[PICKED + word] = picked;
        words[LEFT + word] = left ^ picked;
      }
      takeBits(verdicts, block, words, PICKED, judgeBlock(judge, chunk, block, staging));
    }
    words.fill(0, COUNTS, COUNTS + CLASS.program + judges.length);
    leaveBits(question, block, LEFT);
  }

  /** The answers of rows, whose bits lie in `rows` from `at` on, to where they belong. */
  function takeBits(
    verdicts: Verdicts,
    { from, count }: Block,
    rows: Uint32Array,
    at: number,
    judged: Judged,
  ): void {
    const [allow, known] = [verdicts.allow.words, verdicts.known.words];
    const base = from >>> 5;
    const isKnown = judged === "known";
    // What most words come to, apart: measured, the cases below slow a loop that has them down.
    const plain = isKnown ? count >>> 5 : 0;
    for (let word = 0; word < plain; word++) {
      const asked = rows[at + word] ?? 0;
      known[base + word] = (known[base + word] ?? 0) | asked;
      allow[base + word] = (allow[base + word] ?? 0) | (asked & (words[ALLOW + word] ?? 0));
    }
    for (let word = plain; 32 * word < count; word++) {
      const asked = (rows[at + word] ?? 0) & upTo(count - 32 * word);
      const answered = isKnown ? asked : asked & (words[SECOND + word] ?? 0);
      known[base + word] = (known[base + word] ?? 0) | answered;
      allow[base + word] = (allow[base + word] ?? 0) | (answered & (words[ALLOW + word] ?? 0));
    }
  }

  /** Rows, whose bits lie at `rows`, that are read plainly or wait. */
  function leaveBits(question: Question, block: Block, rows: number): void {
    const { route, chunk } = question;
    for (let word = 0; 32 * word < block.count; word++) {
      for (let bits = words[rows + word] ?? 0; bits !== 0; bits &= bits - 1) {
        const row = block.from + 32 * word + (31 - Math.clz32(bits & -bits));
        if (classOf(route, chunk.event[row] ?? 0) === CLASS.plain) readPlainly(question, row);
        else waiting[waits++] = row;
      }
    }
  }

  function writeTable(route: Route): void {
    const { classes, beyond } = route;
    const table = AT.table >>> 1;
    halves.set(classes, table);
    halves.fill(beyond, table + classes.length, table + EVENT_IDS);
    tabled = route;
  }

  /** `sort` knows only ids; calls on another entry path are few, and are put right here. */
  function sortForeign({ foreign }: Route, count: number): void {
    for (let i = 0; i < count; i++) {
      if (bytes[AT.abi + i] === 0) continue;
      const word = i >>> 5;
      const bit = 1 << (i & 31);
      const others = (words[CONSTANT + word] ?? 0) & ~bit;
      words[CONSTANT + word] = foreign === CLASS.allow ? others | bit : others;
      words[LEFT + word] = (words[LEFT + word] ?? 0) & ~bit;
    }
  }

  function judgeWaiting(question: Question): void {
    if (waits === 0) return;
    const { judges, chunk } = question;
    const ends = orderWaiting(question);
    waits = 0;
    let start = 0;
    for (const [k, judge] of judges.entries()) {
      const end = ends[k] ?? 0;
      for (; start < end; start += BLOCK) {
        const picked = ordered.subarray(start, Math.min(start + BLOCK, end));
        scatterBits(question, picked, judgePicked(judge, chunk, picked, staging));
      }
      start = end;
    }
  }

  /** A counting sort by program; gives where each program's rows end. */
  function orderWaiting({ route, judges, chunk }: Question): Uint32Array {
    const ends = new Uint32Array(judges.length + 1);
    const programOf = (row: number) => classOf(route, chunk.event[row] ?? 0) - CLASS.program;
    for (let i = 0; i < waits; i++) {
      const next = programOf(waiting[i] ?? 0) + 1;
      ends[next] = (ends[next] ?? 0) + 1;
    }
    for (let k = 1; k < ends.length; k++) ends[k] = (ends[k] ?? 0) + (ends[k - 1] ?? 0);
    // Entry k is now where program k starts, and where it ends once all of its rows have been placed.
    for (let i = 0; i < waits; i++) {
      const row = waiting[i] ?? 0;
      const k = programOf(row);
      const place = ends[k] ?? 0;
      ordered[place] = row;
      ends[k] = place + 1;
    }
    return ends;
  }

  function scatterBits({ verdicts }: Question, picked: Uint32Array, judged: Judged): void {
    for (let i = 0; i < picked.length; i++) {
      const row = picked[i] ?? 0;
      const known = judged === "known" ? 1 : ((words[SECOND + (i >>> 5)] ?? 0) >>> (i & 31)) & 1;
      const allow = ((words[ALLOW + (i >>> 5)] ?? 0) >>> (i & 31)) & known;
      addBits(verdicts.known, row >>> 5, known << (row & 31));
      addBits(verdicts.allow, row >>> 5, allow << (row & 31));
    }
  }
}

function readPlainly({ route, chunk, verdicts }: Question, row: number): void {
  const verdict: Verdict | "unknown" = applyRules(route.rules, chunk.at(row));
  if (verdict === "unknown") return;
  verdicts.known.add(row);
  if (verdict === "allow") verdicts.allow.add(row);
}

/** Whether any row of a block is asked about. Mostly the first word says so. */
function isAsked({ words }: Bitset, from: number, count: number): boolean {
  const base = from >>> 5;
  for (let word = 0; 32 * word < count; word++)
    if (((words[base + word] ?? 0) & upTo(count - 32 * word)) !== 0) return true;
  return false;
}

/** The bits of a word's first `rows` rows. */
function upTo(rows: number): number {
  return rows < 32 ? ~(-1 << rows) : -1;
}

/** As many rows as `stageHeads` stages. */
function whole(rows: number): number {
  return (rows + 31) & ~31;
}

function addBits({ words }: Bitset, word: number, bits: number): void {
  words[word] = (words[word] ?? 0) | bits;
}
