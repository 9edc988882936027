// What the evaluation of an event looks at, for explanations.

import { ABI, type Catalog, FIRST_OTHER_EVENT, type Step, type TraceEvent } from "@gatehouse/core";
import { steps } from "@gatehouse/ftrace";
import { read } from "../kernel/evaluate.js";
import { type Generation, overruns } from "../kernel/generation.js";
import { type FilterEngine, WILDCARD } from "../kernel/program.js";

export function stepsOf(
  { filters }: FilterEngine,
  catalog: Catalog,
  generation: Generation,
  event: TraceEvent,
): readonly Step[] {
  if (event.abi !== ABI.native) return [{ text: "entry by the native path", value: false }];
  if (event.id >= FIRST_OTHER_EVENT) return [];
  const filter = filters.find(({ nr }) => nr === event.id)?.filter;
  if (filter === undefined) return [{ text: `a filter on ${event.name}`, value: false }];
  if (filter === WILDCARD) return [{ text: WILDCARD, value: true }];
  const { condition, format } = read(event.id, filter, catalog, generation);
  if (overruns(generation, format)) return [{ text: "room for the record", value: false }];
  return steps(condition, format, generation.dialect, event);
}
