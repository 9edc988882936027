// What the evaluation of an event looks at, for explanations.

import {
  ABI,
  type Catalog,
  type Condition,
  type EventFormat,
  FIRST_OTHER_EVENT,
  type Step,
  type TaskFilter,
  type TraceEvent,
} from "@gatehouse/core";
import { type DialectName, perfRecord, program, run, steps } from "@gatehouse/ftrace";
import { conditionsOf } from "../kernel/evaluate.js";
import { type EventFilters, type Form, isExempt, NOTHING } from "../kernel/program.js";

/** The filters are read when the first event is asked about. */
export function stepsOf(opened: EventFilters, catalog: Catalog, form: Form): TaskFilter["steps"] {
  let conditions: ReturnType<typeof conditionsOf> | null = null;
  return (event) => {
    if (event.abi !== ABI.native) return [{ text: "entry by the native path", value: false }];
    const { format } = event;
    if (isExempt(format, form)) return [{ text: `${event.name} needs no event`, value: true }];
    conditions ??= conditionsOf(opened, catalog, form);
    const record = format === undefined ? undefined : perfRecord(format, form.dialect);
    const matches = record === undefined ? undefined : conditions.get(record);
    if (record !== undefined && matches !== undefined) return inTurn(matches, record, event, form.dialect);
    return event.id >= FIRST_OTHER_EVENT ? [] : [{ text: `an event on ${event.name}`, value: false }];
  };
}

/** Through the filters, up to the first that matches. One that looks at nothing is a step as well. */
function inTurn(
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
