// A program at work: from entry to entry until TRUE or FALSE. Where a slot is not known its predicate may go either
// way: both are followed, and the answer is known if they end alike.

import type { Touched, TraceEvent, Truth } from "@gatehouse/core";
import { follow, link } from "./branches.js";
import { bindPredicate, type Test } from "./predicate.js";
import { entryBytes, type FilterProgram } from "./program.js";

/** A program with its predicates bound to slots, ready to run over many events. */
export type BoundProgram = {
  /** Lazily, left to right. */
  run(event: TraceEvent): Truth;
  /** The indexes of the entries that `run` visits, in order. */
  visited(event: TraceEvent): readonly number[];
  /** What that reads: of the event its slots, each once, and of the program entries and predicates. */
  touched(event: TraceEvent): Touched;
};

export function bind(program: FilterProgram): BoundProgram {
  const tests = program.entries.map(({ predicate, field }) => bindPredicate(predicate, field));
  const needed = program.entries.reduce((slots, { field }) => slots | (1 << field.slot), 0);
  const first = program.start === 0 ? link(program.entries, tests) : false;

  const visited = (event: TraceEvent) => followAll(program, tests, event).visited;
  return {
    run(event) {
      const known = event.chunk.known[event.row] ?? 0;
      if ((known & needed) !== needed) return followAll(program, tests, event).value;
      return follow(first, event);
    },
    visited,
    touched(event) {
      const entries = visited(event).flatMap((i) => program.entries[i] ?? []);
      const slots = new Set(entries.map(({ field }) => field.slot));
      const bytes = entries.reduce((sum, entry) => sum + entryBytes(entry), 8 * slots.size);
      return { predicates: entries.length, bytes };
    },
  };
}

/** Entries only lead forward, so one pass over them sees all ways. */
function followAll({ entries, start }: FilterProgram, tests: readonly Test[], event: TraceEvent) {
  const reached = new Set([start]);
  const visited: number[] = [];
  for (const [at, { field, when, target }] of entries.entries()) {
    if (!reached.has(at)) continue;
    visited.push(at);
    const value = event.isKnown(field.slot) ? tests[at]?.(event) : "unknown";
    if (value !== !when) reached.add(target);
    if (value !== when) reached.add(at + 1);
  }
  const mayHold = reached.has(entries.length);
  const mayFail = reached.has(entries.length + 1);
  const value: Truth = mayHold && mayFail ? "unknown" : mayHold;
  return { value, visited };
}

const bound = new WeakMap<FilterProgram, BoundProgram>();

function boundOf(program: FilterProgram): BoundProgram {
  const known = bound.get(program) ?? bind(program);
  bound.set(program, known);
  return known;
}

/** The answer of one program for one event; `bind` is for many. */
export function run(program: FilterProgram, event: TraceEvent): Truth {
  return boundOf(program).run(event);
}

export function visited(program: FilterProgram, event: TraceEvent): readonly number[] {
  return boundOf(program).visited(event);
}
