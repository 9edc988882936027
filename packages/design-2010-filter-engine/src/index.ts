// The filter engine: a filter string per system call. Will Drewry's seccomp_filters, "[PATCH 3/5] v2" of 11 May 2011;
// Ingo Molnar's mail of 26 May dates it 2010, and so does its name here. Predicates: see ftrace/. See docs/2010.md.

export { filterEngineCorrected } from "./corrected.js";
export type { FilterEngine } from "./program.js";
export { filterEngineShipped } from "./shipped.js";
export { eventIdOf } from "./task-shipped.js";
export { filterEngineV2 } from "./v2.js";
