// Event filters, 2011: a filter string on any kernel event. Will Drewry's proof of concept of 24 May 2011, and what
// Ingo Molnar's mail of 26 May makes of it. Predicates: see ftrace/. See docs/2011.md.

import { type Design, design, KILL, type OneTaskSide, type PerTask } from "@gatehouse/core";
import { compile } from "./compile.js";
import { load } from "./evaluate.js";
import { type EventFilters, type Form, type PerfEvent, POC, parse, print, VISION } from "./program.js";
import { pocSide } from "./task-poc.js";
import { visionSide } from "./task-vision.js";

export type { EventFilters, PerfEvent };

/** The proof of concept, on 2.6.39's perf: system calls, filters lost on fork, events that their owner removes. */
export const eventFiltersPoc: Design<PerTask<EventFilters>> = variant(
  "poc",
  "filter strings on the entries of system calls",
  POC,
  pocSide,
);

/** What the mail describes and nobody coded: any event, object labels, filters that children inherit and cannot remove. */
export const eventFiltersVision: Design<PerTask<EventFilters>> = variant(
  "vision",
  "filter strings on any kernel event",
  VISION,
  visionSide,
);

function variant(
  name: string,
  title: string,
  form: Form,
  task: OneTaskSide<EventFilters>,
): Design<PerTask<EventFilters>> {
  return design({
    id: `event-filters-2011@${name}`,
    title,
    patch: { date: "24 May 2011", files: 5, added: 82, removed: 16 },
    package: "@gatehouse/design-2011-event-filters",
    refusal: KILL,
    compile: (policy, catalog, fails) => compile(policy, catalog, fails, form),
    parse: (lines, catalog) => parse(lines, catalog, form),
    print,
    load: (program, catalog) => load(program, catalog, form),
    task,
  });
}
