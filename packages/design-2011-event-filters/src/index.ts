// Event filters, 2011: a filter string on any kernel event. Will Drewry's proof of concept of 24 May 2011, and what
// Ingo Molnar's mail of 26 May makes of it. Predicates: see ftrace/. See docs/2011.md.

export { type EventFilters, exemptCalls, type PerfEvent } from "./kernel/program.js";
export { eventFiltersPoc } from "./variants/poc.js";
export { eventFiltersVision } from "./variants/vision.js";
