// A design's program for one task as words, in the form of one structure of cpp/core.

import type { Catalog, EventFormat } from "@gatehouse/core";
import { FIRST_OTHER_EVENT } from "@gatehouse/core";
import type { Bitmask } from "@gatehouse/design-2009-bitmask";
import type { FilterEngine } from "@gatehouse/design-2010-filter-engine";
import type { EventFilters, PerfEvent } from "@gatehouse/design-2011-event-filters";
import type { KernelDialectName } from "@gatehouse/ftrace";
import type { AnswerTable } from "./answer-table.js";
import {
  extendedProgram,
  type FilterWords,
  kernelFilterWords,
  kernelProgram,
  layoutWords,
} from "./filter-words.js";

/** The filter that is done without the filter language. */
const WILDCARD = "1";
/** The filter that no event matches, in what the mail of 2011 describes. */
const NOTHING = "0";

/** The numbers of the calls that are allowed, rising. */
export function listWords({ length, words }: Bitmask): number[] {
  const calls: number[] = [];
  for (let nr = 0; nr < length; nr++) if (((words[nr >>> 5] ?? 0) >>> (nr & 31)) & 1) calls.push(nr);
  return [calls.length, ...calls];
}

export function bitmapWords({ length, words }: Bitmask): number[] {
  return [length, ...words];
}

/** For a hash, whose chains hang on the order in which filters were installed. */
export function hashWords({ filters }: FilterEngine, catalog: Catalog, dialect: KernelDialectName): number[] {
  return callFilterWords(filters, catalog, dialect);
}

/** For structures that are ordered by number, however they came to be. */
export function engineWords(
  { filters }: FilterEngine,
  catalog: Catalog,
  dialect: KernelDialectName,
): number[] {
  return callFilterWords(
    [...filters].sort((a, b) => a.nr - b.nr),
    catalog,
    dialect,
  );
}

function callFilterWords(
  filters: FilterEngine["filters"],
  catalog: Catalog,
  dialect: KernelDialectName,
): number[] {
  return [
    Math.max(catalog.calls, ...filters.map(({ nr }) => nr + 1)),
    filters.length,
    ...filters.flatMap(({ nr, filter }) => {
      if (filter === WILDCARD) return [nr, 0];
      return [nr, 1, ...kernelFilterWords(filter, formatOf(catalog, nr), dialect)];
    }),
  ];
}

/** A task under the program whose ancestors set the same one: `depth` sets, each with the one before it behind. */
export function chainWords(program: FilterEngine, catalog: Catalog, depth: number): number[] {
  const set = [1, ...engineWords(program, catalog, "2.6.39")];
  return [depth, ...Array.from({ length: depth }, () => set).flat()];
}

/**
 * `foreign`: so many events of others, without filters, hang on each tracepoint that the program uses, behind its own.
 * `exempt`: calls that pass whatever hangs on them.
 */
export function eventListWords(
  { events }: EventFilters,
  catalog: Catalog,
  dialect: "2.6.39" | "extended",
  {
    tables,
    foreign,
    exempt,
  }: { readonly tables: AnswerTable[]; readonly foreign: number; readonly exempt: readonly EventFormat[] },
): number[] {
  const hung = new Map<EventFormat, PerfEvent[]>();
  for (const each of events) {
    const format = namedFormat(catalog, each.event);
    hung.set(format, [...(hung.get(format) ?? []), each]);
  }
  const others = Math.max(0, ...[...hung.keys()].map(({ id }) => id + 1 - FIRST_OTHER_EVENT));
  return [
    catalog.calls,
    others,
    exempt.length,
    ...exempt.map(({ id }) => id),
    hung.size,
    ...[...hung].flatMap(([format, its]) => [
      format.id,
      ...layoutWords(format, dialect === "extended" ? "6.18" : dialect),
      its.length + foreign,
      ...its.flatMap(({ filter }) => perfEventWords(filter, format, dialect, tables)),
      ...Array<number>(foreign).fill(KIND.foreign),
    ]),
  ];
}

/** Of an event in a list, as cpp/core/event_list.hh numbers them. */
const KIND = { everything: 0, filter: 1, nothing: 2, foreign: 3 } as const;

function perfEventWords(
  filter: PerfEvent["filter"],
  format: EventFormat,
  dialect: "2.6.39" | "extended",
  tables: AnswerTable[],
): number[] {
  const words = perfProgram(filter, format, dialect, tables);
  if (typeof words === "boolean") return [words ? KIND.everything : KIND.nothing];
  return [KIND.filter, ...words];
}

function perfProgram(
  filter: PerfEvent["filter"],
  format: EventFormat,
  dialect: "2.6.39" | "extended",
  tables: AnswerTable[],
): FilterWords {
  if (filter === null) return true;
  if (filter === NOTHING) return false;
  return dialect === "extended"
    ? extendedProgram(filter, format, tables)
    : kernelProgram(filter, format, dialect, "perf");
}

function formatOf(catalog: Catalog, nr: number): EventFormat {
  const format = catalog.byId(nr);
  if (format === undefined) throw new RangeError(`${catalog.title} has no call ${nr}`);
  return format;
}

/** `syscalls:sys_enter_read` */
function namedFormat(catalog: Catalog, event: string): EventFormat {
  const format = catalog.byName(event.slice(event.indexOf(":") + 1));
  if (format === undefined) throw new RangeError(`${catalog.title} has no event \`${event}\``);
  return format;
}
