// The filter engine: a filter string per system call. Will Drewry's seccomp_filters, "[PATCH 3/5] v2" of 11 May 2011;
// Ingo Molnar's mail of 26 May dates it 2010, and so does its name here. Predicates: see ftrace/. See docs/2010.md.

import { type Design, design, KILL, type OneTaskSide, type PerTask, prctlSide } from "@gatehouse/core";
import { compile } from "./compile.js";
import { load } from "./evaluate.js";
import { CORRECTED, type Generation, SHIPPED, V2 } from "./generation.js";
import { type FilterEngine, parse, print } from "./program.js";
import { eventIdOf, shippedRules } from "./task-shipped.js";
import { corrected, v2, v2Rules } from "./task-v2.js";

export type { FilterEngine };
export { eventIdOf };

/** As it was posted: 18 files, +1100 −21. */
export const filterEngineV2: Design<PerTask<FilterEngine>> = variant("v2", V2, prctlSide(v2Rules(v2)));

/** The last form that distributions carried, from October 2011 until January 2012. */
export const filterEngineShipped: Design<PerTask<FilterEngine>> = variant(
  "shipped",
  SHIPPED,
  prctlSide(shippedRules),
);

/** The second version with its bugs mended and today's filter language: the design as it could have been. */
export const filterEngineCorrected: Design<PerTask<FilterEngine>> = variant(
  "corrected",
  CORRECTED,
  prctlSide(v2Rules(corrected)),
);

function variant(
  name: string,
  generation: Generation,
  task: OneTaskSide<FilterEngine>,
): Design<PerTask<FilterEngine>> {
  return design({
    id: `filter-engine-2010@${name}`,
    title: "a filter string per system call",
    patch: { date: "11 May 2011", files: 18, added: 1100, removed: 21 },
    package: "@gatehouse/design-2010-filter-engine",
    refusal: KILL,
    compile: (policy, catalog, fails) => compile(policy, catalog, fails, generation),
    parse: (lines, catalog) => parse(lines, catalog, generation),
    print,
    load: (program, catalog) => load(program, catalog, generation),
    task,
  });
}
