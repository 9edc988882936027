// Events to try filters on: one with a field of each size and kind, and rows of it.

import { linux618 } from "@gatehouse/catalog";
import {
  ABI,
  Catalog,
  Chunk,
  Dictionary,
  type EventFormat,
  type TraceEvent,
  toBigInt,
  type U64,
  u64,
} from "@gatehouse/core";

const catalog = new Catalog("test", "x86_64", []).with({
  name: "typed",
  system: "test",
  traced: true,
  fields: [
    { name: "a", type: "u8", kind: "number" },
    { name: "b", type: "u32", kind: "number" },
    { name: "c", type: "u64", kind: "number" },
    { name: "i", type: "s32", kind: "number" },
    { name: "j", type: "s64", kind: "number" },
    { name: "text", type: "__data_loc char[]", kind: "string" },
    { name: "label", type: "__data_loc labels", kind: "labels" },
  ],
});

/** Fields a u8, b u32, c u64, i s32, j s64, text, label. */
export const typed: EventFormat = formatNamed(catalog, "typed");

export function callNamed(name: string): EventFormat {
  return formatNamed(linux618, name);
}

function formatNamed(from: Catalog, name: string): EventFormat {
  const format = from.byName(name);
  if (format === undefined) throw new RangeError(`no event \`${name}\``);
  return format;
}

/** Null: the trace does not show it. A number is cut to its field's size. */
export type Values = { readonly [field: string]: bigint | number | string | readonly string[] | null };

export function typedEvent(values: Values): TraceEvent {
  return eventOf(catalog, typed, values);
}

export function callEvent(name: string, values: Values): TraceEvent {
  return eventOf(linux618, callNamed(name), values);
}

function eventOf(from: Catalog, format: EventFormat, values: Values): TraceEvent {
  const chunk = new Chunk(from, new Dictionary(), { capacity: 1, slots: 8 });
  const slots: (U64 | undefined)[] = [];
  for (const { name, slot, size, signed } of format.fields) {
    const value = values[name];
    if (value === undefined || value === null) continue;
    if (typeof value === "string") slots[slot] = u64(chunk.dictionary.string(value));
    else if (typeof value === "object") slots[slot] = u64(chunk.dictionary.labels(value));
    else slots[slot] = u64((signed ? BigInt.asIntN : BigInt.asUintN)(8 * size, toBigInt(u64(value))));
  }
  return chunk.at(chunk.push(0, format.id, ABI.native, slots));
}
