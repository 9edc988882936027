// The filter as the kernel holds it since 4.17: its predicates in the order written, and jumps that only go forward.
// Each says for which of its values to jump, and where to; the other value goes on to the next entry.
//
//   a && !(!b || (c && g)) || d || e && !f
//
//   read as jumps     a  false → d
//                     b  false → d          (!b decides the `||`, and the `!` before it turns that into failure)
//                     c  false → TRUE       (nothing is left in the parenthesis, and `!` turns that into success)
//                     g  false → TRUE
//                     d  true  → TRUE
//                     e  false → FALSE
//                     f  true  → FALSE
//
//   as entries        0 a when=false target=4     3 g when=false target=7     6 f when=true  target=8
//                     1 b when=false target=4     4 d when=true  target=7     7 TRUE
//                     2 c when=false target=7     5 e when=false target=8     8 FALSE
//
// Built from the end, so every target is known when it is used; behind the last entry comes TRUE.

import {
  all,
  any,
  type Condition,
  type EventFormat,
  type Field,
  not,
  type Predicate,
  unreachable,
} from "@gatehouse/core";

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

export function program(condition: Condition, format: EventFormat): FilterProgram {
  const folded = fold(condition);
  const count = countPredicates(folded);
  const fields = new Map(format.fields.map((field) => [field.name, field]));
  const entries: Entry[] = []; // the last one first
  const start = place(folded, count, count + 1);
  entries.reverse();
  const ends = 2 * ENTRY_BYTES; // TRUE and FALSE
  return { entries, start, bytes: entries.reduce((bytes, entry) => bytes + entryBytes(entry), ends) };

  function place(part: Condition, whenTrue: number, whenFalse: number): number {
    switch (part.kind) {
      case "constant":
        return part.value ? whenTrue : whenFalse;
      case "not":
        return place(part.of, whenFalse, whenTrue);
      case "all":
        return part.of.reduceRight((next, operand) => place(operand, next, whenFalse), whenTrue);
      case "any":
        return part.of.reduceRight((next, operand) => place(operand, whenTrue, next), whenFalse);
      default: {
        const field = fields.get(part.field);
        if (field === undefined) throw new RangeError(`\`${format.name}\` has no field \`${part.field}\``);
        const at = count - entries.length - 1;
        // INVARIANT: one of the two ways is the next entry; behind the last that is TRUE.
        const when = whenTrue !== at + 1;
        entries.push({ predicate: part, field, when, target: when ? whenTrue : whenFalse });
        return at;
      }
    }
  }
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

function countPredicates(condition: Condition): number {
  switch (condition.kind) {
    case "constant":
      return 0;
    case "not":
      return countPredicates(condition.of);
    case "all":
    case "any":
      return condition.of.reduce((count, part) => count + countPredicates(part), 0);
    default:
      return 1;
  }
}

const ENTRY_BYTES = 16;
const PREDICATE_BYTES = 64;
/** A pattern: its text and how it is matched. */
const PATTERN_BYTES = 272;

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
