// The values of an event's fields, as `parseEvent` of policies/ reads them.

import {
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

/** The field's value; `?` where it is not known. */
export function showField(event: TraceEvent, name: string): string {
  const field = fieldNamed(event.format, name);
  return field === undefined || !event.isKnown(field.slot) ? "?" : showKnown(event, field);
}

function showKnown(event: TraceEvent, field: Field): string {
  switch (field.kind) {
    case "number":
      return showNumber(event.value(field.slot), field);
    case "string":
      return showString(event.string(field.slot));
    case "labels":
      return showLabels(event.labels(field.slot));
    default:
      return unreachable(field.kind);
  }
}

/** Small ones and negative ones in decimal, as `TraceEvent` writes them. */
export function showNumber(value: U64, { signed }: Pick<Field, "signed">): string {
  if (value.high === 0 && value.low < 1024) return String(value.low);
  if (signed && value.high >= 0x8000_0000) return String(BigInt.asIntN(64, toBigInt(value)));
  return hex(value);
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

/** The constants that a predicate compares its field with, masks not among them. */
export function constantsOf(predicate: Predicate): readonly Constant[] {
  switch (predicate.kind) {
    case "equal":
    case "order":
      return [predicate.value];
    case "in":
      return predicate.values;
    case "masked":
    case "anyBit":
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
    .find(({ text, values }) => /^[A-Z]\w*$/.test(text) && values.some((one) => equal64(one, value)));
}
