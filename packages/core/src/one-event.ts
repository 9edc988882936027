// One event at a time, as JavaScript asks. Whatever runs chunks, a single event is answered here: to cross into compiled
// code costs more than a filter does. What is gone through for every event is what V8 makes few instructions of: small
// integers, and fields of objects that are all alike.

import { type Catalog, SLOTS } from "./catalog.js";
import { ABI, type Chunk, type Task, type TraceEvent } from "./chunk.js";
import type { Filter, Verdict } from "./design.js";
import { CLOSER, ENDS, type Fork, follow, onward } from "./forks.js";
import { applyRules, type Lowered, type Rules } from "./lowered.js";
import { sectionSet } from "./policy.js";
import { forksOf } from "./rule-forks.js";
import type { Column } from "./word-test.js";

/** Answers as `applyRules` does with the rules of the event's task, at the speed of a loop written by hand. */
export function evaluateOne({ sections, programs }: Lowered, catalog: Catalog): Filter["evaluate"] {
  const [only, ...more] = programs.map((rules) => evaluateRules(rules, catalog));
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

/** What an event comes to: one of these, or a program by its number. */
const CODE = { deny: 0, allow: 1, program: 2 } as const;

const NO_WORDS = new Uint32Array(0);

function evaluateRules(rules: Rules, catalog: Catalog): Filter["evaluate"] {
  const { otherEntry } = rules;
  // From here on at hand: a constant of a module is three loads away from a function that is one of many alike.
  const { native } = ABI;
  const { allow, program } = CODE;
  const columns = Array.from({ length: SLOTS }, (): Column => ({ words: NO_WORDS }));
  /** Made when first needed: many filters are loaded to be printed or compared, and never asked. */
  let forks: readonly Fork[] | null = null;
  let codes = new Int32Array(0);
  let beyond = 0;
  // What was asked last is mostly asked again, and so is at hand without a look at any list.
  let chunkNow: Chunk | null = null;
  let codeNow: number = CODE.deny;
  let forkNow: Fork = ENDS.deny;

  function turnTo(chunk: Chunk): void {
    if (forks === null) ({ forks, codes } = coded(rules, catalog, columns));
    beyond = codes.length - 1;
    chunkNow = chunk;
    for (const [slot, column] of columns.entries()) column.words = chunk.slots[slot] ?? NO_WORDS;
  }

  function turnToFork(code: number): void {
    codeNow = code;
    forkNow = forks?.[code - program] ?? ENDS.deny;
  }

  return (event) => {
    const { chunk, row } = event;
    if (chunk !== chunkNow) turnTo(chunk);
    if (chunk.abi[row] !== native && otherEntry !== null) return otherEntry;
    const id = chunk.event[row] ?? 0;
    const code = codes[id < beyond ? id : beyond] ?? 0;
    if (code < program) return code === allow ? "allow" : "deny";
    if (code !== codeNow) turnToFork(code);
    const first = forkNow;
    const known = chunk.known[row] ?? 0;
    if ((known & first.needs) !== first.needs) return lookCloser(first, event, rules);
    const next = onward(first, 2 * row);
    return next.verdict ?? follow(next, row);
  };
}

/** Where there is more to ask at first than words, or where not all is known that may be asked for. */
function lookCloser(first: Fork, event: TraceEvent, rules: Rules): Verdict | "unknown" {
  const { dictionary, known } = event.chunk;
  const unknown = ~(known[event.row] ?? 0) & ~CLOSER;
  if ((first.needs & unknown) !== 0) return applyRules(rules, event);
  for (const table of first.tables) table.update(dictionary);
  return follow(first, event.row);
}

/** The first forks of programs, and a code for each event: that of the last place is for all ids from there on. */
function coded(
  { rules, otherCalls, otherEvents }: Rules,
  catalog: Catalog,
  columns: readonly Column[],
): { readonly forks: readonly Fork[]; readonly codes: Int32Array<ArrayBuffer> } {
  const others = catalog.formats.filter(({ kind }) => kind === "other").map(({ id }) => id);
  const highest = [...rules.keys(), ...others].reduce((most, id) => Math.max(most, id), -1);
  const codes = new Int32Array(highest + 2).fill(CODE[otherCalls]);
  for (const id of others) codes[id] = CODE[otherEvents];
  const forks: Fork[] = [];
  for (const [id, rule] of rules)
    codes[id] = typeof rule === "string" ? CODE[rule] : CODE.program + forks.push(forksOf(rule, columns)) - 1;
  return { forks, codes };
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
