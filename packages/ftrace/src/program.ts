// The filter as the kernel holds it since 4.17: its predicates in the order written, and jumps that only go forward
// (branches.ts). Here for conditions over the slots of a trace.

import {
  all,
  any,
  type Condition,
  type EventFormat,
  type Field,
  fieldOf,
  not,
  type Predicate,
  possible,
  unreachable,
} from "@gatehouse/core";
import { branchesOf } from "./branches.js";
import type { Tree } from "./tree.js";

/** One predicate. Where its value is `when`, the program goes on at `target`, else at the next entry. */
export type Entry = {
  readonly predicate: Predicate;
  readonly field: Field;
  readonly when: boolean;
  readonly target: number;
};

/** Target `entries.length` is TRUE and the one behind it FALSE. */
export type FilterProgram = {
  readonly entries: readonly Entry[];
  /** Where it starts: 0, or FALSE for a filter that never holds. */
  readonly start: number;
  /** What the kernel would need for it. */
  readonly bytes: number;
};

/** Throws RangeError where the condition is impossible. */
export function program(condition: Condition, format: EventFormat): FilterProgram {
  const folded = fold(possible(condition, format));
  const ends = 2 * ENTRY_BYTES; // TRUE and FALSE
  if (folded.kind === "constant") return { entries: [], start: folded.value ? 0 : 1, bytes: ends };
  const entries = branchesOf(treeOf(folded)).map(({ leaf: predicate, when, target }) => {
    return { predicate, field: fieldOf(format, predicate.field), when, target };
  });
  return { entries, start: 0, bytes: entries.reduce((bytes, entry) => bytes + entryBytes(entry), ends) };
}

/** Without constants, but for a condition that is one: they have no entry. */
function fold(condition: Condition): Condition {
  switch (condition.kind) {
    case "not":
      return not(fold(condition.of));
    case "all":
      return all(condition.of.map(fold));
    case "any":
      return any(condition.of.map(fold));
    default:
      return condition;
  }
}

/** Of a condition without constants. */
function treeOf(condition: Condition): Tree<Predicate> {
  switch (condition.kind) {
    case "constant":
      throw new Error("constants have no entry");
    case "not":
      return { kind: "not", of: treeOf(condition.of) };
    case "all":
    case "any":
      return { kind: condition.kind, of: condition.of.map(treeOf) };
    default:
      return { kind: "leaf", leaf: condition };
  }
}

export const ENTRY_BYTES = 16;
export const PREDICATE_BYTES = 64;
/** A pattern: its text and how it is matched. */
export const PATTERN_BYTES = 272;

/** What the kernel holds for one entry. */
export function entryBytes({ predicate }: Entry): number {
  return ENTRY_BYTES + PREDICATE_BYTES + PATTERN_BYTES * patternsOf(predicate);
}

function patternsOf(predicate: Predicate): number {
  switch (predicate.kind) {
    case "string":
      return 1;
    case "stringIn":
      return predicate.values.length;
    case "equal":
    case "in":
    case "order":
    case "anyBit":
    case "masked":
    case "labels":
      return 0;
    default:
      return unreachable(predicate);
  }
}
