// Perf events × event → verdict: run the filters that hang on it until one matches. The proof of concept walked a list
// of all events on the tracepoint; the order makes no difference to whether one matches.

import {
  ABI,
  ALWAYS,
  type Catalog,
  type Condition,
  type EventFormat,
  FIRST_OTHER_EVENT,
  type Meter,
  NEVER,
  type TaskFilter,
  type TraceEvent,
  type Truth,
} from "@gatehouse/core";
import {
  type BoundProgram,
  bind,
  type DialectName,
  parseFilter,
  perfRecord,
  program,
} from "@gatehouse/ftrace";
import { eventFormat } from "@gatehouse/perf-events";
import { type EventFilters, type Form, isExempt, NOTHING, type PerfEvent } from "./program.js";

/** A link of the list of a tracepoint's events. */
const LINK_BYTES = 8;

export function load(
  opened: EventFilters,
  catalog: Catalog,
  form: Form,
  meter?: Meter,
): Pick<TaskFilter, "evaluate"> {
  const hooks: (Hook | undefined)[] = [];
  for (const [format, matches] of conditionsOf(opened, catalog, form)) {
    hooks[format.id] = matches.map((match) => bind(program(match, format), meter));
  }
  const exempt = new Set(catalog.formats.filter((format) => isExempt(format, form)).map(({ id }) => id));
  return {
    evaluate(event) {
      if (event.abi !== ABI.native) return "deny"; // perf's system-call events had no compat support
      if (exempt.has(event.id)) return "allow";
      const hook = hooks[event.id];
      if (hook === undefined) return event.id >= FIRST_OTHER_EVENT ? "allow" : "deny";
      const match = matchesOne(hook, event, meter);
      return match === "unknown" ? match : match ? "allow" : "deny";
    },
  };
}

/** What the filters on each event ask of its record. */
export function conditionsOf(
  { events }: EventFilters,
  catalog: Catalog,
  { dialect }: Form,
): ReadonlyMap<EventFormat, readonly Condition[]> {
  const conditions = new Map<EventFormat, Condition[]>();
  for (const event of events) {
    const { format, condition } = loadEvent(event, catalog, dialect);
    const known = conditions.get(format);
    if (known === undefined) conditions.set(format, [condition]);
    else known.push(condition);
  }
  return conditions;
}

/** The filters that hang on one event. */
type Hook = readonly BoundProgram[];

function loadEvent(
  { event, filter }: PerfEvent,
  catalog: Catalog,
  dialect: DialectName,
): { format: EventFormat; condition: Condition } {
  const known = eventFormat(event, catalog);
  if (known === undefined) throw new RangeError(`${catalog.title} has no event \`${event}\``);
  const format = perfRecord(known, dialect);
  if (filter === null) return { format, condition: ALWAYS };
  if (filter === NOTHING) return { format, condition: NEVER };
  const parsed = parseFilter(filter, known, dialect, undefined, "perf");
  if (!parsed.ok) throw new RangeError(`\`${event}\` does not take \`${filter}\``);
  return { format, condition: parsed.value };
}

function matchesOne(hook: Hook, event: TraceEvent, meter: Meter | undefined): Truth {
  let match: Truth = false;
  for (const filter of hook) {
    meter?.read(LINK_BYTES);
    const next = filter.run(event);
    if (next === true) return true;
    if (next === "unknown") match = "unknown";
  }
  return match;
}
