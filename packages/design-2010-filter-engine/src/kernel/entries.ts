// The filters of a set: a text for each number.

import type { ByteString } from "@gatehouse/core";
import { WILDCARD } from "./program.js";

export type Entries = ReadonlyMap<number, ByteString>;

/** How many texts the engine reads when a set is copied: all but the wildcards. */
export function expressions(entries: Entries): number {
  let count = 0;
  for (const filter of entries.values()) if (filter !== WILDCARD) count++;
  return count;
}

/** By number. */
export function ascending(entries: Entries): [number, ByteString][] {
  return [...entries].sort(([a], [b]) => a - b);
}

export function withEntry(entries: Entries, nr: number, filter: ByteString): Entries {
  return new Map(entries).set(nr, filter);
}

export function withoutEntry(entries: Entries, nr: number): Entries {
  const left = new Map(entries);
  left.delete(nr);
  return left;
}
