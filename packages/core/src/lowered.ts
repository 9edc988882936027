// What a filter comes down to, whatever the design: per event allow, deny, or a program of branches over slots. The
// compiled and the native back-ends read only this, so they need no case per design. It is plain data.
//
//   fd == 1 || fd == 2 && flags & 0x40          (true → allow)
//
//   0  slot 0 == 1         true → allow   false → 1
//   1  slot 0 == 2         true → 2       false → deny
//   2  slot 2 & 0x40 == 0  true → deny    false → allow

import { type Catalog, type EventFormat, type EventId, type Field, fieldOf } from "./catalog.js";
import { ABI, type TraceEvent } from "./chunk.js";
import { type Condition, type Predicate, singleValue } from "./condition.js";
import type { PerTask, Verdict } from "./design.js";
import { unreachable } from "./diagnostic.js";
import { matchesGlob } from "./glob.js";
import { possible } from "./possible.js";
import { and, compareSigned, compareUnsigned, equal, type U64, ZERO } from "./u64.js";

/** One test of one slot. There is no negation: a branch turns the other way. */
export type SlotTest =
  | { readonly kind: "equal"; readonly slot: number; readonly value: U64 }
  | { readonly kind: "below"; readonly slot: number; readonly signed: boolean; readonly value: U64 }
  | { readonly kind: "masked"; readonly slot: number; readonly mask: U64; readonly value: U64 }
  /** Of a string's id: a back-end asks once per entry of the dictionary and keeps a table. */
  | { readonly kind: "string"; readonly slot: number; readonly op: "==" | "~" | "^="; readonly value: string }
  /** Of a label set's id, in the same way. */
  | { readonly kind: "labels"; readonly slot: number; readonly labels: readonly string[] };

/** Where a branch goes: on to a later branch, or to the end. */
export type Target = number | Verdict;
export type Branch = { readonly test: SlotTest; readonly whenTrue: Target; readonly whenFalse: Target };

/** Branches only ever go forward; the first is the entry. */
export type Rule = Verdict | readonly Branch[];

/** What one task's filter answers. */
export type Rules = {
  readonly rules: ReadonlyMap<EventId, Rule>;
  /** For a system call that `rules` does not name. */
  readonly otherCalls: Verdict;
  /** For an event of another kind that `rules` does not name. */
  readonly otherEvents: Verdict;
  /** For a call that did not enter by the native path; null: its number is taken as if it had. */
  readonly otherEntry: Verdict | null;
};

export type Lowered = PerTask<Rules>;

/**
 * The branches of a condition over the fields of `format`: each predicate in its place, lazily, left to right. Throws
 * RangeError where the condition is impossible.
 */
export function lower(condition: Condition, format: EventFormat): Rule {
  // Built from the end: each part is put in front of what follows it, so all targets are known when it is made.
  // Targets count from the last branch until the end, and are turned round then.
  const reversed: { test: SlotTest; whenTrue: Target; whenFalse: Target }[] = [];
  const entry = place(possible(condition, format), "allow", "deny");
  if (typeof entry !== "number") return entry;
  const turn = (target: Target) => (typeof target === "number" ? reversed.length - 1 - target : target);
  return reversed
    .map(({ test, whenTrue, whenFalse }) => ({ test, whenTrue: turn(whenTrue), whenFalse: turn(whenFalse) }))
    .reverse();

  function place(part: Condition, whenTrue: Target, whenFalse: Target): Target {
    switch (part.kind) {
      case "constant":
        return part.value ? whenTrue : whenFalse;
      case "not":
        return place(part.of, whenFalse, whenTrue);
      case "all":
        return part.of.reduceRight<Target>((next, operand) => place(operand, next, whenFalse), whenTrue);
      case "any":
        return part.of.reduceRight<Target>((next, operand) => place(operand, whenTrue, next), whenFalse);
      default: {
        const { tests, negated } = testsOf(part, fieldOf(format, part.field));
        const [hit, miss] = negated ? [whenFalse, whenTrue] : [whenTrue, whenFalse];
        return tests.reduceRight<Target>(
          (next, test) => reversed.push({ test, whenTrue: hit, whenFalse: next }) - 1,
          miss,
        );
      }
    }
  }
}

/** The predicate as tests of which one must hold (or, `negated`, none may). */
function testsOf(
  predicate: Predicate,
  { slot, signed }: Field,
): { tests: readonly SlotTest[]; negated: boolean } {
  switch (predicate.kind) {
    case "equal":
      return {
        tests: predicate.value.values.map((value) => ({ kind: "equal", slot, value })),
        negated: predicate.op === "!=",
      };
    case "in":
      return {
        tests: predicate.values.flatMap(({ values }) =>
          values.map((value) => ({ kind: "equal", slot, value }) as const),
        ),
        negated: false,
      };
    case "order": {
      const value = singleValue(predicate.value);
      const below: SlotTest = { kind: "below", slot, signed, value };
      if (predicate.op === "<" || predicate.op === ">=")
        return { tests: [below], negated: predicate.op === ">=" };
      return { tests: [below, { kind: "equal", slot, value }], negated: predicate.op === ">" };
    }
    case "anyBit":
      return {
        tests: [{ kind: "masked", slot, mask: singleValue(predicate.mask), value: ZERO }],
        negated: true,
      };
    case "masked": {
      const mask = singleValue(predicate.mask);
      const value = singleValue(predicate.value);
      return { tests: [{ kind: "masked", slot, mask, value }], negated: predicate.op === "!=" };
    }
    case "string": {
      const { op, value } = predicate;
      return { tests: [{ kind: "string", slot, op: op === "!=" ? "==" : op, value }], negated: op === "!=" };
    }
    case "stringIn":
      return {
        tests: predicate.values.map((value) => ({ kind: "string", slot, op: "==", value })),
        negated: false,
      };
    case "labels":
      return { tests: [{ kind: "labels", slot, labels: predicate.labels }], negated: false };
    default:
      return unreachable(predicate);
  }
}

/** What `rules` answer for an event: the plain reading of this file, for tests and as the last resort. */
export function applyRules(rules: Rules, event: TraceEvent): Verdict | "unknown" {
  if (event.abi !== ABI.native && rules.otherEntry !== null) return rules.otherEntry;
  const rule = rules.rules.get(event.id);
  if (rule === undefined) return event.format?.kind === "other" ? rules.otherEvents : rules.otherCalls;
  return typeof rule === "string" ? rule : follow(rule, event);
}

/**
 * What `rules` say of an event that came in by the native path, by its id: an entry for each id up to the highest that they
 * or the catalog tell apart, and a last one for all ids beyond.
 */
export function rulesById({ rules, otherCalls, otherEvents }: Rules, catalog: Catalog): readonly Rule[] {
  const others = catalog.formats.flatMap(({ kind, id }) => (kind === "other" ? [id] : []));
  const highest = [...rules.keys(), ...others].reduce((most, id) => Math.max(most, id), -1);
  const byId = new Array<Rule>(highest + 2).fill(otherCalls);
  for (const id of others) byId[id] = otherEvents;
  for (const [id, rule] of rules) byId[id] = rule;
  return byId;
}

/** A test whose slot is not known may go either way: both are followed, and must end alike. */
function follow(branches: readonly Branch[], event: TraceEvent): Verdict | "unknown" {
  const reached = branches.map((_, i) => i === 0);
  const ends = new Set<Verdict>();
  for (const [i, { test, whenTrue, whenFalse }] of branches.entries()) {
    if (!reached[i]) continue;
    const known = event.isKnown(test.slot);
    const value = known && holds(test, event);
    for (const target of known ? [value ? whenTrue : whenFalse] : [whenTrue, whenFalse]) {
      if (typeof target === "number") reached[target] = true;
      else ends.add(target);
    }
  }
  return ends.size > 1 ? "unknown" : ends.has("allow") ? "allow" : "deny";
}

function holds(test: SlotTest, event: TraceEvent): boolean {
  switch (test.kind) {
    case "equal":
      return equal(event.value(test.slot), test.value);
    case "below":
      return (test.signed ? compareSigned : compareUnsigned)(event.value(test.slot), test.value) < 0;
    case "masked":
      return equal(and(event.value(test.slot), test.mask), test.value);
    case "string":
      return stringHolds(test, event.string(test.slot));
    case "labels":
      return labelsHold(test, event.labels(test.slot));
    default:
      return unreachable(test);
  }
}

/** Whether a string of the dictionary passes: what a back-end's table of ids is filled from. */
export function stringHolds({ op, value }: SlotTest & { kind: "string" }, text: string): boolean {
  if (op === "==") return text === value;
  return op === "^=" ? text.startsWith(value) : matchesGlob(value, text);
}

/** The same for a label set. */
export function labelsHold(test: SlotTest & { kind: "labels" }, labels: readonly string[]): boolean {
  return test.labels.some((label) => labels.includes(label));
}
