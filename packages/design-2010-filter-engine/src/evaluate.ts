// Filters × event → verdict: find the call's entry; the wildcard is done, a filter runs over a record of the registers.

import {
  ABI,
  type Catalog,
  type EventId,
  FIRST_OTHER_EVENT,
  lower,
  type Rule,
  type TaskFilter,
} from "@gatehouse/core";
import { type BoundProgram, bind, parseFilter, program } from "@gatehouse/ftrace";
import { type FilterEngine, WILDCARD } from "./program.js";

export function load({ filters }: FilterEngine, catalog: Catalog): TaskFilter {
  const rules = new Map<EventId, Rule>();
  const entries: (Entry | undefined)[] = [];
  for (const { nr, filter } of filters) {
    const { entry, rule } = loadEntry(nr, filter, catalog);
    entries[nr] = entry;
    rules.set(nr, rule);
  }
  return {
    evaluate(event) {
      if (event.abi !== ABI.native) return "deny";
      if (event.id >= FIRST_OTHER_EVENT) return "allow"; // only system calls pass by here
      const entry = entries[event.id];
      if (entry === undefined || entry === WILDCARD) return entry === undefined ? "deny" : "allow";
      const match = entry.run(event);
      return match === "unknown" ? match : match ? "allow" : "deny";
    },
    lower: () => ({ rules, otherCalls: "deny", otherEvents: "allow", otherEntry: "deny" }),
    touched(event) {
      const entry = entries[event.id];
      const lookUp = 2 + 1 + 8; // the event's number and entry path, and a pointer to the entry
      if (entry === undefined || entry === WILDCARD) return { predicates: 0, bytes: lookUp };
      const { predicates, bytes } = entry.touched(event);
      return { predicates, bytes: lookUp + bytes };
    },
  };
}

type Entry = typeof WILDCARD | BoundProgram;

function loadEntry(nr: number, filter: string, catalog: Catalog): { entry: Entry; rule: Rule } {
  if (filter === WILDCARD) return { entry: WILDCARD, rule: "allow" };
  const format = catalog.byId(nr);
  const parsed = format === undefined ? undefined : parseFilter(filter, format, "6.18");
  if (format === undefined || parsed?.ok !== true) {
    throw new RangeError(`${catalog.title} does not take \`${filter}\` for call ${nr}`);
  }
  return { entry: bind(program(parsed.value, format)), rule: lower(parsed.value, format) };
}
