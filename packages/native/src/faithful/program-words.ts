// A design's program for one task as words, in the form of one structure of cpp/core.

import type { Catalog, EventFormat } from "@gatehouse/core";
import { FIRST_OTHER_EVENT } from "@gatehouse/core";
import type { Bitmask } from "@gatehouse/design-2009-bitmask";
import type { FilterEngine } from "@gatehouse/design-2010-filter-engine";
import type { EventFilters, PerfEvent } from "@gatehouse/design-2011-event-filters";
import type { KernelDialectName } from "@gatehouse/ftrace";
import type { AnswerTable } from "./answer-table.js";
import { extendedFilterWords, type FilterWords, kernelFilterWords } from "./filter-words.js";

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

export function engineWords(
  { filters }: FilterEngine,
  catalog: Catalog,
  dialect: KernelDialectName,
): number[] {
  const sorted = [...filters].sort((a, b) => a.nr - b.nr);
  return [
    Math.max(catalog.calls, ...sorted.map(({ nr }) => nr + 1)),
    sorted.length,
    ...sorted.flatMap(({ nr, filter }) => {
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

export function eventListWords(
  { events }: EventFilters,
  catalog: Catalog,
  dialect: "2.6.39" | "extended",
  tables: AnswerTable[],
): number[] {
  const hung = events.map((each) => ({ format: namedFormat(catalog, each.event), filter: each.filter }));
  const others = hung.reduce((most, { format }) => Math.max(most, format.id + 1 - FIRST_OTHER_EVENT), 0);
  return [
    catalog.calls,
    others,
    hung.length,
    ...hung.flatMap(({ format, filter }) => {
      const words = perfFilterWords(filter, format, dialect, tables);
      if (typeof words === "boolean") return [format.id, words ? 0 : 2];
      return [format.id, 1, ...words];
    }),
  ];
}

function perfFilterWords(
  filter: PerfEvent["filter"],
  format: EventFormat,
  dialect: "2.6.39" | "extended",
  tables: AnswerTable[],
): FilterWords {
  if (filter === null) return true;
  if (filter === NOTHING) return false;
  if (dialect === "extended") return extendedFilterWords(filter, format, tables);
  return kernelFilterWords(filter, format, dialect);
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
