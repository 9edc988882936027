// Event filters, 2011: a filter string on any kernel event. Will Drewry's proof of concept of 24 May 2011, and what
// Ingo Molnar's mail of 26 May makes of it. Predicates: see ftrace/. See docs/2011.md.

import { type Design, design, KILL, type PerTask } from "@gatehouse/core";
import { compile } from "./compile.js";
import { load } from "./evaluate.js";
import { type EventFilters, type PerfEvent, parse, print } from "./program.js";

export type { EventFilters, PerfEvent };

/** What the mail describes and nobody coded: any event, object labels, filters that children inherit and cannot remove. */
export const eventFiltersVision: Design<PerTask<EventFilters>> = design({
  id: "event-filters-2011@vision",
  title: "filter strings on any kernel event",
  patch: { date: "24 May 2011", files: 5, added: 82, removed: 16 },
  package: "@gatehouse/design-2011-event-filters",
  refusal: KILL,
  compile,
  parse,
  print,
  load,
});
