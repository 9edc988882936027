// The filter engine: a filter string per system call. Will Drewry's seccomp_filters, "[PATCH 3/5] v2" of 11 May 2011;
// Ingo Molnar's mail of 26 May dates it 2010, and so does its name here. Predicates: see ftrace/. See docs/2010.md.

import { type Design, design, KILL, type PerTask } from "@gatehouse/core";
import { compile } from "./compile.js";
import { load } from "./evaluate.js";
import { type FilterEngine, parse, print } from "./program.js";

export type { FilterEngine };

/** The second version with its bugs mended and today's filter language: the design as it could have been. */
export const filterEngineCorrected: Design<PerTask<FilterEngine>> = design({
  id: "filter-engine-2010@corrected",
  title: "a filter string per system call",
  patch: { date: "11 May 2011", files: 18, added: 1100, removed: 21 },
  package: "@gatehouse/design-2010-filter-engine",
  refusal: KILL,
  compile,
  parse,
  print,
  load,
});
