// What makes a Design of a variant.

import { type Design, design, KILL, type OneTaskSide, type PerTask } from "@gatehouse/core";
import { load } from "../kernel/evaluate.js";
import type { Generation } from "../kernel/generation.js";
import type { FilterEngine } from "../kernel/program.js";
import { compile } from "../user/compile.js";
import { parse, print } from "../user/text.js";
import { lowerFilters } from "./lower.js";
import { stepsOf } from "./steps.js";

export function variant(
  name: string,
  generation: Generation,
  task: OneTaskSide<FilterEngine>,
  rebuilds: Pick<Design, "mark" | "origin" | "patch">,
): Design<PerTask<FilterEngine>> {
  return design({
    id: `filter-engine-2010@${name}`,
    title: "a filter string per system call",
    ...rebuilds,
    package: "@gatehouse/design-2010-filter-engine",
    refusal: KILL,
    compile: (policy, catalog, fails) => compile(policy, catalog, fails, generation),
    parse: (lines, catalog) => parse(lines, catalog, generation),
    print,
    load: (program, catalog, meter) => ({
      ...load(program, catalog, generation, meter),
      lower: () => lowerFilters(program, catalog, generation),
      steps: (event) => stepsOf(program, catalog, generation, event),
    }),
    task,
  });
}
