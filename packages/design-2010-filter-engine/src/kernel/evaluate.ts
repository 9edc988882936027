// Filters × event → verdict: find the call's entry; the wildcard is done, a filter runs over a record of the registers.

import {
  ABI,
  type Catalog,
  type Condition,
  type EventFormat,
  type EventId,
  FIRST_OTHER_EVENT,
  lower,
  type Meter,
  type Rule,
  type TaskFilter,
} from "@gatehouse/core";
import { type BoundProgram, bind, parseFilter, program, steps } from "@gatehouse/ftrace";
import { type Generation, overruns } from "./generation.js";
import { type FilterEngine, WILDCARD } from "./program.js";

/** A place in the table that the number leads to. */
const POINTER_BYTES = 8;

export function load(
  { filters }: FilterEngine,
  catalog: Catalog,
  generation: Generation,
  meter?: Meter,
): TaskFilter {
  const rules = new Map<EventId, Rule>();
  const entries: (Entry | undefined)[] = [];
  for (const { nr, filter } of filters) {
    const { entry, rule } = loadEntry({ nr, filter }, catalog, generation, meter);
    if (entry === BUG) continue; // nobody comes back from there, as from a call without an entry
    entries[nr] = entry;
    rules.set(nr, rule);
  }
  return {
    evaluate(event) {
      if (event.abi !== ABI.native) return "deny";
      if (event.id >= FIRST_OTHER_EVENT) return "allow"; // only system calls pass by here
      meter?.read(POINTER_BYTES);
      const entry = entries[event.id];
      if (entry === undefined || entry === WILDCARD) return entry === undefined ? "deny" : "allow";
      const match = entry.run(event);
      return match === "unknown" ? match : match ? "allow" : "deny";
    },
    lower: () => ({ rules, otherCalls: "deny", otherEvents: "allow", otherEntry: "deny" }),
    steps(event) {
      if (event.abi !== ABI.native) return [{ text: "entry by the native path", value: false }];
      if (event.id >= FIRST_OTHER_EVENT) return [];
      const filter = filters.find(({ nr }) => nr === event.id)?.filter;
      if (filter === undefined) return [{ text: `a filter on ${event.name}`, value: false }];
      if (filter === WILDCARD) return [{ text: WILDCARD, value: true }];
      const { condition, format } = read(event.id, filter, catalog, generation);
      if (overruns(generation, format)) return [{ text: "room for the record", value: false }];
      return steps(condition, format, generation.dialect, event);
    },
  };
}

type Entry = typeof WILDCARD | BoundProgram;

/** BUG_ON, which counts as a kill. */
const BUG = "BUG";

function loadEntry(
  { nr, filter }: FilterEngine["filters"][number],
  catalog: Catalog,
  generation: Generation,
  meter: Meter | undefined,
): { entry: Entry | typeof BUG; rule: Rule } {
  if (filter === WILDCARD) return { entry: WILDCARD, rule: "allow" };
  const { condition, format } = read(nr, filter, catalog, generation);
  if (overruns(generation, format)) return { entry: BUG, rule: "deny" };
  return { entry: bind(program(condition, format), meter), rule: lower(condition, format) };
}

function read(
  nr: number,
  filter: string,
  catalog: Catalog,
  { dialect }: Generation,
): { condition: Condition; format: EventFormat } {
  const format = catalog.byId(nr);
  const parsed = format === undefined ? undefined : parseFilter(filter, format, dialect, undefined, "zeroed");
  if (format === undefined || parsed?.ok !== true) {
    throw new RangeError(`${catalog.title} does not take \`${filter}\` for call ${nr}`);
  }
  return { condition: parsed.value, format };
}
