// A program at work: from entry to entry until TRUE or FALSE. Where a slot is not known its predicate may go either
// way: both are followed, and the answer is known if they end alike.

import type { Meter, TraceEvent, Truth } from "@gatehouse/core";
import { follow, link } from "./branches.js";
import { bindPredicate, type Test } from "./predicate.js";
import { entryBytes, type FilterProgram } from "./program.js";

/** A program with its predicates bound to slots, ready to run over many events. */
export type BoundProgram = {
  /** Lazily, left to right. */
  run(event: TraceEvent): Truth;
  /** The indexes of the entries that `run` visits, in order. */
  visited(event: TraceEvent): readonly number[];
};

/** With a `meter`, what `run` asks is told: each entry with its predicate. */
export function bind(program: FilterProgram, meter?: Meter): BoundProgram {
  const tests = program.entries.map((entry) => {
    const test = bindPredicate(entry.predicate, entry.field);
    return meter === undefined ? test : metered(test, entryBytes(entry), meter);
  });
  const needed = program.entries.reduce((slots, { field }) => slots | (1 << field.slot), 0);
  const first = program.start === 0 ? link(program.entries, tests) : false;

  return {
    run(event) {
      const known = event.chunk.known[event.row] ?? 0;
      if ((known & needed) !== needed) return followAll(program, tests, event).value;
      return follow(first, event);
    },
    visited: (event) => followAll(program, tests, event).visited,
  };
}

function metered(test: Test, bytes: number, meter: Meter): Test {
  return (event) => {
    meter.predicate(bytes);
    return test(event);
  };
}

/** Entries only lead forward, so one pass over them sees all ways. */
function followAll({ entries, start }: FilterProgram, tests: readonly Test[], event: TraceEvent) {
  const reached = new Set([start]);
  const visited: number[] = [];
  for (const [at, { field, when, target }] of entries.entries()) {
    if (!reached.has(at)) continue;
    visited.push(at);
    // The kernel asks of every slot; what a trace does not show is no answer.
    const answer = tests[at]?.(event);
    const value = event.isKnown(field.slot) ? answer : "unknown";
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
