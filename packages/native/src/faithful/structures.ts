// Which structures each design's programs can be held in, and a program as words for one of them.

import type { Catalog, PerTask } from "@gatehouse/core";
import type { Bitmask } from "@gatehouse/design-2009-bitmask";
import type { FilterEngine } from "@gatehouse/design-2010-filter-engine";
import { type EventFilters, exemptCalls } from "@gatehouse/design-2011-event-filters";
import type { AnswerTable } from "./answer-table.js";
import {
  bitmapWords,
  chainWords,
  engineWords,
  eventListWords,
  hashWords,
  listWords,
} from "./program-words.js";

/** What a patch's kernel code kept. */
export type Structure =
  /** Mode 1's table of numbers, walked from its start. */
  | "list"
  /** 2009. */
  | "bitmap"
  /** The filter engine's second version; `hash-2.6.38`: with filters as the kernel before held them. */
  | "hash"
  | "hash-2.6.38"
  /** The filter engine as it was shipped: its third, fourth and fifth generation. */
  | "index"
  | "btree"
  | "chain"
  /** 2011: perf events, listed by the event that they hang on. */
  | "events";

/** One program as words; null where it is none of the design's. */
type Encode = (program: unknown, at: Site) => number[] | null;

type Site = {
  readonly catalog: Catalog;
  /** How many tasks in descent set the program, where inherited sets are kept. */
  readonly depth: number;
  /** How many events of others hang on each tracepoint that the program uses. */
  readonly foreign: number;
  /** Grows. */
  readonly tables: AnswerTable[];
};

/** `kind`: the number of the C++ type in `Evaluator::Kinds`. */
type Holder = { readonly kind: number; readonly encode: Encode };

/** By the design's id; the first is what it had. */
const HOLDERS: Readonly<Record<string, Readonly<Partial<Record<Structure, Holder>>>>> = {
  "bitmask-2009@and": { bitmap: mask(1, bitmapWords), list: mask(0, listWords) },
  "bitmask-2009@subset": { bitmap: mask(1, bitmapWords), list: mask(0, listWords) },
  "filter-engine-2010@v2": {
    hash: engine(3, (program, { catalog }) => hashWords(program, catalog, "2.6.39")),
    "hash-2.6.38": engine(2, (program, { catalog }) => hashWords(program, catalog, "2.6.38")),
  },
  "filter-engine-2010@array": {
    index: engine(5, (program, { catalog }) => engineWords(program, catalog, "2.6.39")),
  },
  "filter-engine-2010@shipped": {
    chain: engine(7, (program, { catalog, depth }) => chainWords(program, catalog, depth)),
    btree: engine(6, (program, { catalog }) => engineWords(program, catalog, "2.6.39")),
    index: engine(5, (program, { catalog }) => engineWords(program, catalog, "2.6.39")),
  },
  "filter-engine-2010@corrected": {
    hash: engine(4, (program, { catalog }) => hashWords(program, catalog, "6.18")),
  },
  "event-filters-2011@poc": {
    events: events(8, (program, site) =>
      eventListWords(program, site.catalog, "2.6.39", { ...site, exempt: exemptCalls(site.catalog) }),
    ),
  },
  "event-filters-2011@vision": {
    events: events(9, (program, site) =>
      eventListWords(program, site.catalog, "extended", { ...site, exempt: [] }),
    ),
  },
};

/** Empty for a design that is none of those that were posted. */
export function structuresOf(id: string): readonly Structure[] {
  return Object.keys(HOLDERS[id] ?? {}).filter(isStructure);
}

function isStructure(name: string): name is Structure {
  return STRUCTURES.has(name);
}

const STRUCTURES: ReadonlySet<string> = new Set(Object.values(HOLDERS).flatMap((held) => Object.keys(held)));

/** A design's programs, one for each set of task sections, as `Evaluator::Read` takes them. */
export function programWords(
  id: string,
  structure: Structure,
  programs: PerTask<unknown>,
  site: Site,
): Uint32Array {
  const holder = HOLDERS[id]?.[structure];
  if (holder === undefined) throw new RangeError(`${id} is not held as ${structure}`);
  const words = programs.programs.map((program) => {
    const encoded = holder.encode(program, site);
    if (encoded === null) throw new TypeError(`this is no program of ${id}`);
    return encoded;
  });
  return Uint32Array.from([holder.kind, words.length, ...words.flat()]);
}

function mask(kind: number, encode: (program: Bitmask) => number[]): Holder {
  return { kind, encode: (program) => (isBitmask(program) ? encode(program) : null) };
}

function engine(kind: number, encode: (program: FilterEngine, site: Site) => number[]): Holder {
  return { kind, encode: (program, site) => (isFilterEngine(program) ? encode(program, site) : null) };
}

function events(kind: number, encode: (program: EventFilters, site: Site) => number[]): Holder {
  return { kind, encode: (program, site) => (isEventFilters(program) ? encode(program, site) : null) };
}

export function isPerTask(program: unknown): program is PerTask<unknown> {
  return (
    isRecord(program) &&
    Array.isArray(program.programs) &&
    Array.isArray(program.sections) &&
    program.sections.every((section) => typeof section === "string")
  );
}

function isBitmask(program: unknown): program is Bitmask {
  return isRecord(program) && typeof program.length === "number" && program.words instanceof Uint32Array;
}

function isFilterEngine(program: unknown): program is FilterEngine {
  if (!isRecord(program) || !Array.isArray(program.filters)) return false;
  return program.filters.every(
    (each) => isRecord(each) && typeof each.nr === "number" && typeof each.filter === "string",
  );
}

function isEventFilters(program: unknown): program is EventFilters {
  if (!isRecord(program) || !Array.isArray(program.events)) return false;
  return program.events.every(
    (each) =>
      isRecord(each) &&
      typeof each.event === "string" &&
      (each.filter === null || typeof each.filter === "string"),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
