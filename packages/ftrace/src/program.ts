import type { Condition, EventFormat, Field, Predicate, TraceEvent, Truth } from "@gatehouse/core";

/** One predicate; where its value is `when`, the program goes on at `target`, else at the next entry. */
export type Entry = {
  readonly predicate: Predicate;
  readonly field: Field;
  readonly when: boolean;
  readonly target: number;
};

/** The filter as the kernel holds it. Target `entries.length` is TRUE, the one behind it FALSE. */
export type FilterProgram = {
  readonly entries: readonly Entry[];
  /** Where it starts: 0, or FALSE for a filter that never holds. */
  readonly start: number;
  /** What the kernel would need for it. */
  readonly bytes: number;
};

export function program(_condition: Condition, _format: EventFormat): FilterProgram {
  throw new Error("being written");
}

/** Lazily, left to right; `unknown` where the answer depends on a slot that is not known. */
export function run(_program: FilterProgram, _event: TraceEvent): Truth {
  throw new Error("being written");
}

/** The indexes of the entries that `run` visits, in order. */
export function visited(_program: FilterProgram, _event: TraceEvent): readonly number[] {
  throw new Error("being written");
}
