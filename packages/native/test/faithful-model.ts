// What a faithful evaluation of one event looks at, said another way: which entries from ftrace's own account of a
// filter, and how many bytes from the shape that its structure has.

import { ABI, type Catalog, type EventFormat, FIRST_OTHER_EVENT, type TraceEvent } from "@gatehouse/core";
import {
  applyEventFilter,
  type BoundProgram,
  bind,
  type KernelDialectName,
  type KernelFilter,
  kernelEvent,
  parseFilter,
  program,
  recordFormatOf,
} from "@gatehouse/ftrace";

export type Looked = { readonly bytes: number; readonly visited: readonly number[] };

/** A filter on one event, and what running it looks at. */
export class FilterModel {
  readonly held: KernelFilter;
  readonly #bound: BoundProgram;
  readonly #fields: number;
  /** Where each comparison stands among the entries. */
  readonly #places: readonly number[];

  constructor(text: string, format: EventFormat, dialect: KernelDialectName) {
    const parsed = parseFilter(text, format, dialect);
    const event = kernelEvent(dialect, recordFormatOf(format, dialect), { cpus: 1, symbols: new Map() });
    const { filter } = applyEventFilter(text, event, "perf");
    if (!parsed.ok || filter === null) throw new RangeError(`${dialect} does not take \`${text}\``);
    this.held = filter.hold();
    this.#bound = bind(program(parsed.value, format));
    this.#fields = format.fields.length;
    const { kind, entries } = this.held.program;
    this.#places = [...entries.keys()].filter(
      (at) => kind === "branches" || (entries[at] as { kind: string }).kind === "comparison",
    );
  }

  get entries(): number {
    return this.held.program.entries.length;
  }

  /** The registers are copied whatever is then asked of them. */
  look(event: TraceEvent): Looked {
    const { visited, bytes } = this.run(event);
    return { visited, bytes: 8 * this.#fields + bytes };
  }

  /** Over a record that is there. */
  run(event: TraceEvent): Looked {
    const lazily = this.#bound.visited(event).map((leaf) => this.#places[leaf] ?? -1);
    const visited = this.held.program.kind === "postfix" ? this.#places : lazily;
    return { visited, bytes: this.#programBytes(new Set(visited)) };
  }

  #programBytes(visited: ReadonlySet<number>): number {
    const { program: held } = this.held;
    if (held.kind === "postfix") return held.entries.length * (8 + 312);
    if (held.kind === "branches") return visited.size * (16 + 64);
    const leftmost = (at: number): number => {
      const left = held.entries[at]?.left ?? null;
      return left === null ? at : leftmost(left);
    };
    // A connective is looked at where the walk goes down through it; one that is folded into another is not there.
    let bytes = 320 * visited.size;
    const inside = (at: number): boolean => {
      const parent = held.entries[at]?.parent ?? null;
      return parent !== null && (held.entries[parent]?.folded !== null || inside(parent));
    };
    for (const [at, { kind, folded }] of held.entries.entries()) {
      if (kind === "comparison" || inside(at) || !visited.has(leftmost(at))) continue;
      bytes += 320 + 2 * (folded ?? []).filter((leaf) => visited.has(leaf)).length;
    }
    return bytes;
  }
}

const EVENT_BYTES = 3;

/** How a structure finds a call, by numbers in the order in which they were installed: the bytes that it reads for one. */
export type LookUp = (installed: readonly number[], catalog: Catalog) => (number: number) => number;

const POINTER = 8;

/** Each change turns the chains round and puts the new number in front; enforcing turns them once more. */
export const hashLookUp: LookUp = (installed) => {
  const chains = Array.from({ length: 16 }, (): number[] => []);
  for (const number of installed) {
    for (const chain of chains) chain.reverse();
    chains[bucketOf(number)]?.unshift(number);
  }
  for (const chain of chains) chain.reverse();
  return (number) => {
    const chain = chains[bucketOf(number)] ?? [];
    const at = chain.indexOf(number);
    return POINTER + 24 * (at < 0 ? chain.length : at + 1);
  };
};

export function bucketOf(number: number): number {
  return Number(BigInt.asUintN(32, BigInt(number) * 0x9e37_0001n) >> 28n);
}

export const indexLookUp: LookUp =
  (numbers, { calls }) =>
  (number) =>
    number >= calls ? 0 : numbers.includes(number) ? 2 + POINTER : 2;

/** Nodes of eight, as full as they can be; a level's node is known by its lowest number. */
export const treeLookUp: LookUp = (numbers) => {
  const levels: number[][] = [];
  let keys = [...numbers].sort((a, b) => b - a);
  while (keys.length > 0) {
    levels.unshift(keys);
    keys = keys.length > 8 ? keys.filter((_, i) => i % 8 === 7 || i === keys.length - 1) : [];
  }
  return (number) => {
    let bytes = 0;
    let node = 0;
    for (const level of levels) {
      const pairs = level.slice(8 * node, 8 * node + 8);
      const at = pairs.findIndex((key) => key <= number);
      bytes += 16 * (at < 0 ? Math.min(pairs.length + 1, 8) : at + 1);
      if (at < 0) break;
      node = 8 * node + at;
    }
    return bytes;
  };
};

export const chainLookUp: LookUp = (numbers, catalog) => {
  const tree = treeLookUp(numbers, catalog);
  return (number) => POINTER + tree(number);
};

/** `filters`: by number; null for the wildcard, and for a record that overruns the buffer `room`. */
export function lookThroughEngine(
  event: TraceEvent,
  filters: ReadonlyMap<number, FilterModel | null>,
  lookUp: (number: number) => number,
): Looked {
  if (event.abi !== ABI.native || event.id >= FIRST_OTHER_EVENT) return { bytes: EVENT_BYTES, visited: [] };
  const found = filters.get(event.id) ?? null;
  const { bytes, visited } = found?.look(event) ?? { bytes: 0, visited: [] };
  return { bytes: EVENT_BYTES + lookUp(event.id) + bytes, visited };
}

/** `hung`: on one event, in order; null for one without a filter. All of them are walked over one record. */
export function lookThroughEvents(
  event: TraceEvent,
  hung: ReadonlyMap<number, readonly (FilterModel | null)[]>,
): Looked {
  const its = (event.abi === ABI.native && hung.get(event.id)) || [];
  const visited: number[] = [];
  let bytes = EVENT_BYTES + (its.length > 0 ? 8 * (event.format?.fields.length ?? 0) : 0);
  let first = 0;
  for (const filter of its) {
    bytes += POINTER;
    if (filter === null) continue;
    const looked = filter.run(event);
    bytes += looked.bytes;
    visited.push(...looked.visited.map((at) => first + at));
    first += filter.entries;
  }
  return { bytes, visited };
}
