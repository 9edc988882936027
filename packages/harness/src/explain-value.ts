// The values of an event's fields, as `parseEvent` of policies/ reads them.

import {
  ABI,
  type Constant,
  type EventFormat,
  equal64,
  type Field,
  fromByteString,
  hex,
  type Predicate,
  type TraceEvent,
  toBigInt,
  type U64,
  unreachable,
} from "@gatehouse/core";

/** By the native path the call that goes by this name on the event's own path. */
export function namesakeOf(event: TraceEvent): EventFormat | undefined {
  if (event.abi === ABI.native || event.format === undefined) return event.format;
  return event.chunk.catalog.byName(event.format.name);
}

/** The field's value; `?` where it is not known. `asked`: what a policy asks for of the event. */
export function showField(event: TraceEvent, name: string, asked: readonly Predicate[]): string {
  const field = fieldNamed(event.format, name) ?? fieldNamed(namesakeOf(event), name);
  return field === undefined || !event.isKnown(field.slot) ? "?" : showKnown(event, field, asked);
}

function showKnown(event: TraceEvent, field: Field, asked: readonly Predicate[]): string {
  switch (field.kind) {
    case "number":
      return showNumber(event.value(field.slot), field, asked);
    case "string":
      return showString(event.string(field.slot));
    case "labels":
      return showLabels(event.labels(field.slot));
    default:
      return unreachable(field.kind);
  }
}

/** In hexadecimal where it is large or its bits are asked for, unless the policy writes such numbers in decimal. */
export function showNumber(value: U64, { name, signed }: Field, asked: readonly Predicate[]): string {
  if (signed && value.high >= 0x8000_0000) return String(BigInt.asIntN(64, toBigInt(value)));
  const predicates = asked.filter(({ field }) => field === name);
  const isBits = predicates.some(({ kind }) => kind === "masked" || kind === "anyBit");
  const isSmall = value.high === 0 && value.low < (isBits ? 10 : 1024);
  const isCounted = predicates.flatMap(constantsOf).some(({ text }) => /^[1-9]\d{3,}$/.test(text));
  return isSmall || (isCounted && !isBits) ? String(toBigInt(value)) : hex(value);
}

export function showString(bytes: string): string {
  return JSON.stringify(fromByteString(bytes));
}

export function showLabels(labels: readonly string[]): string {
  return `{${labels.join(", ")}}`;
}

export function fieldNamed(format: EventFormat | undefined, name: string): Field | undefined {
  return format?.fields.find((field) => field.name === name);
}

/** The constants that a predicate compares its field with, or parts of it. */
export function constantsOf(predicate: Predicate): readonly Constant[] {
  switch (predicate.kind) {
    case "equal":
    case "order":
    case "masked":
      return [predicate.value];
    case "anyBit":
      return [predicate.mask];
    case "in":
      return predicate.values;
    case "string":
    case "stringIn":
    case "labels":
      return [];
    default:
      return unreachable(predicate);
  }
}

/** How the policy writes a value of a field, where it names it. */
export function constantFor(
  value: U64,
  field: string,
  predicates: readonly Predicate[],
): Constant | undefined {
  return predicates
    .filter((predicate) => predicate.field === field)
    .flatMap(constantsOf)
    .find(({ text, values }) => /^[A-Za-z]\w*$/.test(text) && values.some((one) => equal64(one, value)));
}
