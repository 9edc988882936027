// Filters × event → verdict: find the call's entry; the wildcard is done, a filter runs over a record of the registers.

import {
  ABI,
  type Catalog,
  type Condition,
  type EventFormat,
  FIRST_OTHER_EVENT,
  type Meter,
  type TaskFilter,
} from "@gatehouse/core";
import { type BoundProgram, bind, parseFilter, program } from "@gatehouse/ftrace";
import { type Generation, overruns } from "./generation.js";
import { type FilterEngine, WILDCARD } from "./program.js";

/** A place in the table that the number leads to. */
const POINTER_BYTES = 8;

export function load(
  { filters }: FilterEngine,
  catalog: Catalog,
  generation: Generation,
  meter?: Meter,
): Pick<TaskFilter, "evaluate"> {
  const entries: (Entry | undefined)[] = [];
  for (const { nr, filter } of filters) {
    entries[nr] = loadEntry({ nr, filter }, catalog, generation, meter);
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
  };
}

type Entry = typeof WILDCARD | BoundProgram;

/** Undefined for BUG_ON, which counts as a kill: nobody comes back from there, as from a call without an entry. */
function loadEntry(
  { nr, filter }: FilterEngine["filters"][number],
  catalog: Catalog,
  generation: Generation,
  meter: Meter | undefined,
): Entry | undefined {
  if (filter === WILDCARD) return WILDCARD;
  const { condition, format } = read(nr, filter, catalog, generation);
  return overruns(generation, format) ? undefined : bind(program(condition, format), meter);
}

/** A text on a call that takes it. */
export function read(
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
