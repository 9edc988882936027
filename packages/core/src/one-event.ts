// One event at a time, as JavaScript asks. Whatever runs chunks, a single event is answered here: to cross into compiled
// code costs more than a filter does. What is gone through for every event is what V8 makes few instructions of: small
// integers, and fields of objects that are all alike.

import { type Catalog, SLOTS } from "./catalog.js";
import { ABI, type Chunk, type Task, type TraceEvent } from "./chunk.js";
import type { Filter, Verdict } from "./design.js";
import { CLOSER, ENDS, type Fork, follow, onward } from "./forks.js";
import { applyRules, type Lowered, type Rules, rulesById } from "./lowered.js";
import { sectionSet } from "./policy.js";
import { forksOf } from "./rule-forks.js";
import type { Column } from "./word-test.js";

/**
 * Answers as `applyRules` does with the rules of the event's task, at the speed of a loop written by hand. What it returns
 * keeps the chunk that it was last asked about.
 */
export function evaluateOne({ sections, programs }: Lowered, catalog: Catalog): Filter["evaluate"] {
  const view: View = {
    chunk: null,
    columns: Array.from({ length: SLOTS }, (): Column => ({ words: NO_WORDS })),
  };
  const [only, ...more] = programs.map((rules) => evaluateRules(rules, catalog, view));
  if (only === undefined) throw new RangeError("there are no rules");
  if (sections.length === 0) return only;
  const setOf = rememberLast((task) => sectionSet(sections, task));
  const sets = [only, ...more];
  return (event) => {
    const evaluate = sets[setOf(event.task)];
    if (evaluate === undefined) throw new RangeError("a program is missing for a set of sections");
    return evaluate(event);
  };
}

/** The chunk that was last asked about, whose slots lie at hand. */
type View = { chunk: Chunk | null; readonly columns: readonly Column[] };

function turn(view: View, chunk: Chunk): void {
  view.chunk = chunk;
  for (const [slot, column] of view.columns.entries()) column.words = chunk.slots[slot] ?? NO_WORDS;
}

const NO_WORDS = new Uint32Array(0);

/** What an event comes to: one of these, or a program by its number. */
const CODE = { notMade: -1, deny: 0, allow: 1, program: 2 } as const;

function evaluateRules(rules: Rules, catalog: Catalog, view: View): Filter["evaluate"] {
  const { otherEntry } = rules;
  // From here on at hand: a constant of a module is three loads away from a function that is one of many alike.
  const { native } = ABI;
  const { notMade, allow, program } = CODE;
  // Made when first needed: many filters are loaded to be printed or compared, and never asked.
  let forks: readonly Fork[] = [];
  let codes = Int32Array.of(notMade);
  let beyond = 0;
  // What was asked last is mostly asked again, and so is at hand without a look at any list.
  let codeNow: number = notMade;
  let forkNow: Fork = ENDS.deny;

  function make(): void {
    ({ forks, codes } = coded(rules, catalog, view.columns));
    beyond = codes.length - 1;
  }

  function turnToFork(code: number): void {
    codeNow = code;
    forkNow = forks[code - program] ?? ENDS.deny;
  }

  return function evaluate(event) {
    const { chunk, row } = event;
    if (chunk !== view.chunk) turn(view, chunk);
    if ((chunk.abi[row] ?? native) !== native && otherEntry !== null) return otherEntry;
    const id = chunk.event[row] ?? 0;
    const code = codes[id < beyond ? id : beyond] ?? 0;
    if (code < program) {
      if (code !== notMade) return code === allow ? "allow" : "deny";
      make();
      return evaluate(event);
    }
    if (code !== codeNow) turnToFork(code);
    const first = forkNow;
    const known = (chunk.known[row] ?? 0) & ~chunk.narrow;
    if ((known & first.needs) !== first.needs) return lookCloser(first, event, rules);
    const next = onward(first, 2 * row);
    return next.verdict ?? follow(next, row, chunk.dictionary);
  };
}

/**
 * Where the first fork asks a lone test, or not all that may be asked for is known, or some of it is narrow: forks ask two
 * words.
 */
function lookCloser(first: Fork, event: TraceEvent, rules: Rules): Verdict | "unknown" {
  const { chunk, row } = event;
  const beyond = (~(chunk.known[row] ?? 0) | chunk.narrow) & ~CLOSER;
  if ((first.needs & beyond) !== 0) return applyRules(rules, event);
  return follow(first, row, chunk.dictionary);
}

/** The first forks of programs, and a code for each entry of `rulesById`. */
function coded(
  rules: Rules,
  catalog: Catalog,
  columns: readonly Column[],
): { readonly forks: readonly Fork[]; readonly codes: Int32Array<ArrayBuffer> } {
  const forks: Fork[] = [];
  const codes = rulesById(rules, catalog).map((rule) =>
    typeof rule === "string" ? CODE[rule] : CODE.program + forks.push(forksOf(rule, columns)) - 1,
  );
  return { forks, codes: Int32Array.from(codes) };
}

/** Neighbouring events are mostly one task's. */
function rememberLast(of: (task: Task) => number): (task: Task) => number {
  let last: Task | null = null;
  let answer = 0;
  return (task) => {
    if (task !== last) {
      answer = of(task);
      last = task;
    }
    return answer;
  };
}
