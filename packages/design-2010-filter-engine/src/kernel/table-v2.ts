// The second version's table of a task: a hash of 16 buckets, each a chain, and a count beside it.

import type { ByteString } from "@gatehouse/core";
import { type Entries, withoutEntry } from "./entries.js";

export type Table = {
  /** In the order of their chains, the first of a chain before the others of that chain. */
  readonly entries: Entries;
  /** What /proc calls FilterCount: one too high once an entry was narrowed, until the table is copied. */
  readonly count: number;
};

export const EMPTY: Table = { entries: new Map(), count: 0 };

const HASH_BITS = 4;

/** Each entry is put before those that were copied before it, so that every chain comes out turned round. */
export function copyOf({ entries }: Table): Table {
  return { entries: new Map([...entries].reverse()), count: entries.size };
}

/** At the front of its chain. An entry that stood for the call goes, and the count does not hear of it. */
export function withFront({ entries, count }: Table, nr: number, filter: ByteString): Table {
  return { entries: new Map([[nr, filter], ...withoutEntry(entries, nr)]), count: count + 1 };
}

export function without({ entries, count }: Table, nr: number): Table {
  return { entries: withoutEntry(entries, nr), count: entries.has(nr) ? count - 1 : count };
}

/** As /proc goes through them. */
export function byBucket({ entries }: Table): [number, ByteString][] {
  return [...entries].sort(([a], [b]) => bucketOf(a) - bucketOf(b));
}

/** Linux's hash_32 of 2.6.39. */
function bucketOf(nr: number): number {
  return Math.imul(nr, GOLDEN_RATIO_PRIME_32) >>> (32 - HASH_BITS);
}

const GOLDEN_RATIO_PRIME_32 = 0x9e37_0001;
