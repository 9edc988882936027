// A program at work: from entry to entry until TRUE or FALSE. Where a slot is not known its predicate may go either
// way: both are followed, and the answer is known if they end alike.

import type { Touched, TraceEvent, Truth } from "@gatehouse/core";
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
  const first = link(program, tests);

  const visited = (event: TraceEvent) => follow(program, tests, event).visited;
  return {
    run(event) {
      const known = event.chunk.known[event.row] ?? 0;
      if ((known & needed) !== needed) return follow(program, tests, event).value;
      let step = first;
      while (typeof step !== "boolean") step = step.test(event) ? step.whenTrue : step.whenFalse;
      return step;
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

/** An entry with its ways as references: following one costs less than an index and its bounds check. */
type Step = { readonly test: Test; readonly whenTrue: Step | boolean; readonly whenFalse: Step | boolean };

function link({ entries, start }: FilterProgram, tests: readonly Test[]): Step | boolean {
  const steps: (Step | boolean)[] = [];
  steps[entries.length] = true;
  steps[entries.length + 1] = false;
  const stepAt = (at: number) => {
    const step = steps[at];
    if (step === undefined) throw new RangeError(`a filter's program has no entry ${at}`);
    return step;
  };
  for (const [at, { when, target }] of [...entries.entries()].reverse()) {
    const test = tests[at];
    if (test === undefined) throw new RangeError(`entry ${at} is not bound`);
    const [jump, next] = [stepAt(target), stepAt(at + 1)];
    steps[at] = { test, whenTrue: when ? jump : next, whenFalse: when ? next : jump };
  }
  return stepAt(start);
}

/** Entries only lead forward, so one pass over them sees all ways. */
function follow({ entries, start }: FilterProgram, tests: readonly Test[], event: TraceEvent) {
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
