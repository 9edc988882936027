// The rows of a chunk, a block at a time. Where a block is all one event, its program runs straight over the columns.
// Elsewhere constant answers come from a table, and rows that need a program wait until those of the whole chunk are
// together: so a clause costs only for its own events.

import {
  applyRules,
  type Bitset,
  CHUNK_ROWS,
  type Chunk,
  type Verdict,
  type Verdicts,
} from "@gatehouse/core";
import { type Judge, type Judged, judgeBlock, judgePicked } from "./judge.js";
import { CLASS, classOf, FIRST_PROGRAM, type Route } from "./plan.js";
import { AT, BLOCK, EVENT_IDS, SCANNED, type Staging, stageHeads } from "./staging.js";

/** What is asked: the rows of `chunk` that `rows` holds, all under one route. */
export type Question = {
  readonly route: Route;
  readonly judges: readonly Judge[];
  readonly chunk: Chunk;
  readonly rows: Bitset;
  readonly verdicts: Verdicts;
};

export type Sweep = (question: Question) => void;

const ALLOW = AT.allow >>> 2;
const SECOND = AT.second >>> 2;

export function openSweep(staging: Staging): Sweep {
  const { words, bytes } = staging;
  /** Rows that wait for a program, and the same ordered by program. */
  const waiting = new Uint32Array(CHUNK_ROWS);
  const ordered = new Uint32Array(CHUNK_ROWS);
  let waits = 0;
  let sorted: Route | null = null;

  return (question) => {
    const { chunk, rows } = question;
    const end = Math.min(chunk.length, rows.length);
    for (let from = 0; from < end; from += BLOCK) {
      if (waits + BLOCK > CHUNK_ROWS) judgeWaiting(question);
      const count = Math.min(BLOCK, end - from);
      if (!isEmpty(rows, from, count)) sweepBlock(question, from, count);
    }
    judgeWaiting(question);
  };

  function sweepBlock(question: Question, from: number, count: number): void {
    const { route, chunk } = question;
    stageHeads(staging, chunk, from, count);
    const scanned = staging.scan((count + 7) & ~7);
    const isForeign = route.foreign !== null && (scanned & SCANNED.foreign) !== 0;
    if ((scanned & SCANNED.mixed) !== 0 || isForeign) sortBlock(question, from, count, isForeign);
    else judgeAlike(question, from, count, scanned);
  }

  /** A block that is all one event. */
  function judgeAlike(question: Question, from: number, count: number, scanned: number): void {
    const { route, judges, chunk } = question;
    const of = classOf(route, chunk.event[from] ?? 0);
    const judge = judges[of - FIRST_PROGRAM];
    if (judge !== undefined) {
      const judged = judgeBlock(judge, chunk, from, count, scanned, staging);
      copyBits(question, from, count, judged);
    } else if (of === CLASS.plain) readPlainly(question, from, count);
    else {
      words.fill(of === CLASS.allow ? 0xffff_ffff : 0, ALLOW, ALLOW + ((count + 31) >>> 5));
      copyBits(question, from, count, "known");
    }
  }

  /** The answers of a block that lies in order, to where they belong. */
  function copyBits({ rows, verdicts }: Question, from: number, count: number, judged: Judged): void {
    const base = from >>> 5;
    for (let word = 0; 32 * word < count; word++) {
      const asked = askedOf(rows, from, count, word);
      const known = judged === "known" ? asked : asked & (words[SECOND + word] ?? 0);
      addBits(verdicts.known, base + word, known);
      addBits(verdicts.allow, base + word, known & (words[ALLOW + word] ?? 0));
    }
  }

  function readPlainly(question: Question, from: number, count: number): void {
    for (let word = 0; 32 * word < count; word++) {
      eachBit(askedOf(question.rows, from, count, word), (bit) => readRow(question, from + 32 * word + bit));
    }
  }

  function readRow({ route, chunk, verdicts }: Question, row: number): void {
    put(verdicts, row, applyRules(route.rules, chunk.at(row)));
  }

  /** Constant answers at once; the other rows wait. */
  function sortBlock(question: Question, from: number, count: number, isForeign: boolean): void {
    const { route, chunk, rows, verdicts } = question;
    if (sorted !== route) writeTable(route);
    staging.sort((count + 31) & ~31);
    if (isForeign) sortForeign(route, count);
    const base = from >>> 5;
    for (let word = 0; 32 * word < count; word++) {
      const asked = askedOf(rows, from, count, word);
      const left = asked & (words[SECOND + word] ?? 0);
      addBits(verdicts.known, base + word, asked & ~left);
      addBits(verdicts.allow, base + word, asked & (words[ALLOW + word] ?? 0));
      for (let bits = left; bits !== 0; bits &= bits - 1) {
        const row = from + 32 * word + (31 - Math.clz32(bits & -bits));
        if (classOf(route, chunk.event[row] ?? 0) === CLASS.plain) readRow(question, row);
        else waiting[waits++] = row;
      }
    }
  }

  /** What `sort` reads: per event id allow, deny or neither. */
  function writeTable(route: Route): void {
    const { classes, beyond } = route;
    const { table } = AT;
    for (let id = 0; id < classes.length; id++) bytes[table + id] = Math.min(classes[id] ?? 0, CLASS.plain);
    bytes.fill(beyond, table + classes.length, table + EVENT_IDS);
    sorted = route;
  }

  /** `sort` knows only ids; calls on another entry path are few, and are put right here. */
  function sortForeign({ foreign }: Route, count: number): void {
    for (let i = 0; i < count; i++) {
      if (bytes[AT.abi + i] === 0) continue;
      const word = i >>> 5;
      const bit = 1 << (i & 31);
      words[SECOND + word] = (words[SECOND + word] ?? 0) & ~bit;
      const others = (words[ALLOW + word] ?? 0) & ~bit;
      words[ALLOW + word] = foreign === CLASS.allow ? others | bit : others;
    }
  }

  function judgeWaiting(question: Question): void {
    if (waits === 0) return;
    const { judges, chunk } = question;
    const ends = orderWaiting(question);
    waits = 0;
    for (const [k, judge] of judges.entries()) {
      const end = ends[k] ?? 0;
      for (let start = k === 0 ? 0 : (ends[k - 1] ?? 0); start < end; start += BLOCK) {
        const picked = ordered.subarray(start, Math.min(start + BLOCK, end));
        scatterBits(question, picked, judgePicked(judge, chunk, picked, staging));
      }
    }
  }

  /** A counting sort by program; gives where each program's rows end. */
  function orderWaiting({ route, judges, chunk }: Question): Uint32Array {
    const ends = new Uint32Array(judges.length + 1);
    const programOf = (row: number) => classOf(route, chunk.event[row] ?? 0) - FIRST_PROGRAM;
    for (let i = 0; i < waits; i++) {
      const next = programOf(waiting[i] ?? 0) + 1;
      ends[next] = (ends[next] ?? 0) + 1;
    }
    for (let k = 1; k < ends.length; k++) ends[k] = (ends[k] ?? 0) + (ends[k - 1] ?? 0);
    // Entry k is now where program k starts, and where it ends when all of its rows have been placed.
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

function isEmpty({ words }: Bitset, from: number, count: number): boolean {
  const end = (from + count + 31) >>> 5;
  for (let word = from >>> 5; word < end; word++) if (words[word] !== 0) return false;
  return true;
}

/** Which rows of the `word`-th word of a block are asked about. */
function askedOf({ words }: Bitset, from: number, count: number, word: number): number {
  const asked = words[(from >>> 5) + word] ?? 0;
  const beyond = 32 * (word + 1) - count;
  return beyond > 0 ? asked & (0xffff_ffff >>> beyond) : asked;
}

function addBits({ words }: Bitset, word: number, bits: number): void {
  words[word] = (words[word] ?? 0) | bits;
}

function put({ allow, known }: Verdicts, row: number, verdict: Verdict | "unknown"): void {
  if (verdict === "unknown") return;
  known.add(row);
  if (verdict === "allow") allow.add(row);
}

function eachBit(word: number, visit: (bit: number) => void): void {
  for (let bits = word; bits !== 0; bits &= bits - 1) visit(31 - Math.clz32(bits & -bits));
}
