// Perf events × event → verdict: run the filters that hang on it until one matches. The proof of concept walked a list
// of all events on the tracepoint; the order makes no difference to whether one matches.

import {
  ABI,
  ALWAYS,
  any,
  type Catalog,
  type Condition,
  type EventFormat,
  type EventId,
  FIRST_OTHER_EVENT,
  lower,
  type Meter,
  NEVER,
  type Rule,
  type Step,
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
  run,
  steps,
} from "@gatehouse/ftrace";
import { eventFormat } from "@gatehouse/perf-events";
import { type EventFilters, type Form, isExempt, NOTHING, type PerfEvent } from "./program.js";

/** A link of the list of a tracepoint's events. */
const LINK_BYTES = 8;

export function load({ events }: EventFilters, catalog: Catalog, form: Form, meter?: Meter): TaskFilter {
  const { dialect } = form;
  const conditions = new Map<EventFormat, Condition[]>();
  for (const event of events) {
    const { format, condition } = loadEvent(event, catalog, dialect);
    const known = conditions.get(format);
    if (known === undefined) conditions.set(format, [condition]);
    else known.push(condition);
  }
  const hooks: (Hook | undefined)[] = [];
  const rules = new Map<EventId, Rule>();
  for (const [format, matches] of conditions) {
    hooks[format.id] = matches.map((match) => bind(program(match, format), meter));
    rules.set(format.id, lower(any(matches), format));
  }
  const exempt = new Set(catalog.formats.filter((format) => isExempt(format, form)).map(({ id }) => id));
  for (const id of exempt) rules.set(id, "allow");
  return {
    evaluate(event) {
      if (event.abi !== ABI.native) return "deny"; // perf's system-call events had no compat support
      if (exempt.has(event.id)) return "allow";
      const hook = hooks[event.id];
      if (hook === undefined) return event.id >= FIRST_OTHER_EVENT ? "allow" : "deny";
      const match = matchesOne(hook, event, meter);
      return match === "unknown" ? match : match ? "allow" : "deny";
    },
    lower: () => ({ rules, otherCalls: "deny", otherEvents: "allow", otherEntry: "deny" }),
    steps(event) {
      if (event.abi !== ABI.native) return [{ text: "entry by the native path", value: false }];
      const { format } = event;
      if (isExempt(format, form)) return [{ text: `${event.name} needs no event`, value: true }];
      const record = format === undefined ? undefined : perfRecord(format, dialect);
      const matches = record === undefined ? undefined : conditions.get(record);
      if (record !== undefined && matches !== undefined) return stepsOf(matches, record, event, dialect);
      return event.id >= FIRST_OTHER_EVENT ? [] : [{ text: `an event on ${event.name}`, value: false }];
    },
  };
}

/** Through the filters in turn, up to the first that matches. One that looks at nothing is a step as well. */
function stepsOf(
  matches: readonly Condition[],
  format: EventFormat,
  event: TraceEvent,
  dialect: DialectName,
): Step[] {
  const taken: Step[] = [];
  for (const match of matches) {
    if (match.kind === "constant")
      taken.push({ text: match.value ? "no filter" : NOTHING, value: match.value });
    else taken.push(...steps(match, format, dialect, event));
    if (run(program(match, format), event) === true) break;
  }
  return taken;
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
