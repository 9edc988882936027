// The second version's table of filters: sixteen chains, by a hash of the call's number. Every change is made on a copy
// of the whole table, and the copy puts each entry in front of its chain, so that every change turns all chains round.

import type { ByteString } from "@gatehouse/core";
import { WILDCARD } from "./program.js";

export type Entry = { readonly nr: number; readonly filter: ByteString };

export type HashTable = {
  readonly chains: readonly (readonly Entry[])[];
  /** What the table believes to hold. */
  readonly count: number;
};

const CHAINS = 16;

export const EMPTY: HashTable = { chains: Array.from({ length: CHAINS }, () => []), count: 0 };

/** The multiplicative hash of 32 bits: the upper four of the product. */
function chainOf(nr: number): number {
  return Math.imul(nr, 0x9e370001) >>> 28;
}

export function find({ chains }: HashTable, nr: number): ByteString | undefined {
  return chains[chainOf(nr)]?.find((entry) => entry.nr === nr)?.filter;
}

/** All entries, chain by chain. */
export function entriesOf({ chains }: HashTable): Entry[] {
  return chains.flat();
}

/** The copy that a change begins with. What the table believes to hold is counted anew. */
export function copied(table: HashTable): HashTable {
  return { chains: table.chains.map((chain) => chain.toReversed()), count: entriesOf(table).length };
}

/** How many texts the copy hands to the parser: it reads every expression again. */
export function parsesToCopy(table: HashTable): number {
  return entriesOf(table).filter(({ filter }) => filter !== WILDCARD).length;
}

/** In front of its chain, in the place of the call's entry if there is one; `count` is as the caller says. */
export function put(table: HashTable, entry: Entry, count: number): HashTable {
  const { chains } = without(table, entry.nr);
  return { chains: chains.with(chainOf(entry.nr), [entry, ...(chains[chainOf(entry.nr)] ?? [])]), count };
}

export function without({ chains }: HashTable, nr: number): HashTable {
  const kept = chains.map((chain) => chain.filter((entry) => entry.nr !== nr));
  return { chains: kept, count: kept.flat().length };
}
