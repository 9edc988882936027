// One event at a time, without a crossing: the words that the addon was given, read in JavaScript. As signed words, since
// V8 keeps those in registers, where an unsigned one may become a double.

import {
  applyRules,
  type Chunk,
  type Lowered,
  sectionSet,
  type TraceEvent,
  type Verdict,
} from "@gatehouse/core";
import { BRANCH, CODE, type Encoded, TARGET, TEST } from "./encode.js";
import type { IdTable } from "./tables.js";

const ALLOW = TARGET.allow | 0;
const DENY = TARGET.deny | 0;
/** A slot is not known, so that from there on there are two ways. */
const UNSURE = -3;

/** Turns the order of signed words into that of unsigned ones. */
const SIGN = 1 << 31;

export function evaluateOne(
  { sections, programs }: Lowered,
  { words, events, codes, programs: starts }: Encoded,
  tables: readonly IdTable[],
): (event: TraceEvent) => Verdict | "unknown" {
  const code = new Int32Array(words.buffer);
  const otherEntries = programs.map(({ otherEntry }) => otherEntry);
  const hasSections = sections.length > 0;
  const last = events - 1;

  return (event) => {
    const { chunk, row } = event;
    const set = hasSections ? sectionSet(sections, event.task) : 0;
    if (chunk.abi[row] !== 0) {
      const otherEntry = otherEntries[set] ?? null;
      if (otherEntry !== null) return otherEntry;
    }
    const id = chunk.event[row] ?? 0;
    const of = codes[set * events + (id < last ? id : last)] ?? CODE.none;
    if (of === CODE.deny) return "deny";
    if (of === CODE.allow) return "allow";
    const start = starts[of - CODE.firstProgram];
    if (start === undefined) throw new RangeError("a program is missing for a set of sections");
    const end = follow(code, start, chunk, row, tables);
    if (end === ALLOW) return "allow";
    return end === DENY ? "deny" : readPlainly(event, set);
  };

  function readPlainly(event: TraceEvent, set: number): Verdict | "unknown" {
    const rules = programs[set];
    if (rules === undefined) throw new RangeError("there are no rules for a set of sections");
    return applyRules(rules, event);
  }
}

/** Where a row comes out: `ALLOW`, `DENY` or `UNSURE`. */
function follow(
  code: Int32Array,
  start: number,
  { slots, known, dictionary }: Chunk,
  row: number,
  tables: readonly IdTable[],
): number {
  const bits = known[row] ?? 0;
  for (let at = start; ; ) {
    const slot = code[at + BRANCH.slot] ?? 0;
    const column = slots[slot];
    if (column === undefined || ((bits >>> slot) & 1) === 0) return UNSURE;
    const low = (column[2 * row] ?? 0) | 0;
    const high = (column[2 * row + 1] ?? 0) | 0;
    const valueLow = code[at + BRANCH.low] ?? 0;
    const valueHigh = code[at + BRANCH.high] ?? 0;
    const kind = code[at];
    let holds: boolean;
    if (kind === TEST.masked) {
      const maskLow = code[at + BRANCH.maskLow] ?? 0;
      const maskHigh = code[at + BRANCH.maskHigh] ?? 0;
      holds = (((low & maskLow) ^ valueLow) | ((high & maskHigh) ^ valueHigh)) === 0;
    } else if (kind === TEST.table) {
      const table = tables[valueLow];
      table?.update(dictionary);
      holds = table?.holds(low >>> 0) ?? false;
    } else if (high === valueHigh) holds = (low ^ SIGN) < (valueLow ^ SIGN);
    else holds = kind === TEST.below ? (high ^ SIGN) < (valueHigh ^ SIGN) : high < valueHigh;
    const target = (holds ? code[at + BRANCH.whenTrue] : code[at + BRANCH.whenFalse]) ?? DENY;
    if (target < 0) return target;
    at = start + target * BRANCH.words;
  }
}
