// The values that a policy suggests for a field, the most natural first: what it compares the field with, what lies
// beside that, and, where it looks at bits, the event's own value with some of them changed.

import {
  and64,
  type ByteString,
  equal64,
  type Field,
  matchesGlob,
  or64,
  type Predicate,
  type TraceEvent,
  toBigInt,
  type U64,
  u64,
  unreachable,
  ZERO,
} from "@gatehouse/core";
import { constantFor, constantsOf, showLabels, showNumber, showString } from "./explain-value.js";

/** For a field. A set in a policy may have thousands of members. */
const MAX_CANDIDATES = 96;

export type Candidate = {
  /** As `parseEvent` reads it. */
  readonly text: string;
  readonly value: U64 | ByteString | readonly string[];
};

/** Not the value that the event has. `predicates`: what the policy asks for of the event. */
export function candidatesFor(
  predicates: readonly Predicate[],
  event: TraceEvent,
  field: Field,
): Candidate[] {
  const asked = predicates.filter((predicate) => predicate.field === field.name);
  switch (field.kind) {
    case "number":
      return numbers(asked, event, field);
    case "string":
      return strings(asked, event, field);
    case "labels":
      return labelSets(asked, event, field);
    default:
      return unreachable(field.kind);
  }
}

function numbers(asked: readonly Predicate[], event: TraceEvent, field: Field): Candidate[] {
  const known = event.isKnown(field.slot);
  const own = known ? event.value(field.slot) : ZERO;
  const named = asked.flatMap(constantsOf).flatMap(({ values }) => values);
  const ordered = [
    ...byKey(
      asked.flatMap((predicate) => changedBits(predicate, own)),
      (value) => bitsBetween(value, own),
    ),
    ...byKey(named, toBigInt),
    ZERO,
    ...byKey(named.flatMap(beside), toBigInt),
  ];
  const held = ordered.map((value) => asHeld(value, field));
  const others = distinct(held).filter((value) => !known || !equal64(value, own));
  return others.slice(0, MAX_CANDIDATES).map((value) => {
    const constant = constantFor(value, field.name, asked);
    const isFirst = constant?.values[0] !== undefined && equal64(constant.values[0], value);
    return {
      text: constant !== undefined && isFirst ? constant.text : showNumber(value, field, asked),
      value,
    };
  });
}

/** The event's value with the bits that a predicate looks at: as it asks for, all, none, and each turned over. */
function changedBits(predicate: Predicate, own: U64): U64[] {
  if (predicate.kind !== "masked" && predicate.kind !== "anyBit") return [];
  const [mask = ZERO] = predicate.mask.values;
  const without = and64(own, u64(~toBigInt(mask)));
  const asks = predicate.kind === "masked" ? predicate.value.values : [];
  const turned = bitsOf(mask).map((bit) => u64(toBigInt(own) ^ bit));
  return [...asks.map((value) => or64(without, value)), ...turned, without, or64(without, mask)];
}

function bitsOf(mask: U64): bigint[] {
  const bits = toBigInt(mask);
  return Array.from({ length: 64 }, (_, i) => 1n << BigInt(i)).filter((bit) => (bits & bit) !== 0n);
}

function bitsBetween(a: U64, b: U64): bigint {
  return BigInt(bitsOf(u64(toBigInt(a) ^ toBigInt(b))).length);
}

function beside(value: U64): U64[] {
  return [u64(toBigInt(value) + 1n), u64(toBigInt(value) - 1n)];
}

function byKey(values: readonly U64[], key: (value: U64) => bigint): U64[] {
  const keyed = values.map((value) => ({ value, first: key(value), second: toBigInt(value) }));
  const compare = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);
  return keyed
    .sort((a, b) => compare(a.first, b.first) || compare(a.second, b.second))
    .slice(0, MAX_CANDIDATES / 3)
    .map(({ value }) => value);
}

/** Cut to the field's size and extended by its sign, as a row holds it. */
function asHeld(value: U64, { size, signed }: Field): U64 {
  const bits = toBigInt(value);
  return u64(signed ? BigInt.asIntN(8 * size, bits) : BigInt.asUintN(8 * size, bits));
}

function distinct(values: readonly U64[]): U64[] {
  return [...new Map(values.map((value) => [toBigInt(value), value])).values()];
}

function strings(asked: readonly Predicate[], event: TraceEvent, { slot }: Field): Candidate[] {
  const named = asked.flatMap((predicate) => {
    if (predicate.kind === "stringIn") return predicate.values;
    if (predicate.kind !== "string") return [];
    return predicate.op === "~" ? instanceOf(predicate.value) : [predicate.value];
  });
  const ordered = [...named, "", ...named.map((text) => `${text}x`)];
  const own = event.isKnown(slot) ? event.string(slot) : null;
  return [...new Set(ordered)]
    .filter((text) => text !== own)
    .slice(0, MAX_CANDIDATES)
    .map((text) => ({ text: showString(text), value: text }));
}

/** A short string that a glob matches, where the obvious one does. */
function instanceOf(glob: ByteString): ByteString[] {
  const text = glob
    .replace(/\[([^!^\]])[^\]]*\]/g, "$1")
    .replaceAll("*", "")
    .replaceAll("?", "x");
  return matchesGlob(glob, text) ? [text] : [];
}

/** The object's labels with one more of those that are asked for, without them, and each alone. */
function labelSets(asked: readonly Predicate[], event: TraceEvent, { slot }: Field): Candidate[] {
  const named = [
    ...new Set(asked.flatMap((predicate) => (predicate.kind === "labels" ? predicate.labels : []))),
  ];
  const own = event.isKnown(slot) ? event.labels(slot) : [];
  const sets = [
    ...named.filter((label) => !own.includes(label)).map((label) => [...own, label]),
    ...named.filter((label) => own.includes(label)).map((label) => own.filter((each) => each !== label)),
    own.filter((label) => !named.includes(label)),
    ...named.map((label) => [label]),
    [],
  ];
  const texts = new Map(sets.map((labels) => [showLabels([...labels].sort()), labels]));
  if (event.isKnown(slot)) texts.delete(showLabels(own));
  return [...texts].slice(0, MAX_CANDIDATES).map(([text, value]) => ({ text, value }));
}
