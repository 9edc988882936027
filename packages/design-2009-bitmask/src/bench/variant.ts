// What makes a Design of a variant.

import { type Design, design, KILL, type PerTask, prctlSide } from "@gatehouse/core";
import { load } from "../kernel/evaluate.js";
import type { Bitmask } from "../kernel/program.js";
import { type Nesting, taskRules } from "../kernel/task.js";
import { compile } from "../user/compile.js";
import { install } from "../user/install.js";
import { parse, print } from "../user/text.js";
import { lower } from "./lower.js";
import { steps } from "./steps.js";

export type { Nesting };

/** They differ in this alone: what a second upload does. */
export function variant(
  name: string,
  nesting: Nesting,
  rebuilds: Pick<Design, "mark" | "origin" | "patch">,
): Design<PerTask<Bitmask>> {
  return design({
    id: `bitmask-2009@${name}`,
    title: "one bit per system call",
    ...rebuilds,
    package: "@gatehouse/design-2009-bitmask",
    refusal: KILL,
    compile,
    parse,
    print,
    load: (mask, _catalog, meter) => ({
      ...load(mask, meter),
      lower: () => lower(mask),
      steps: (event) => steps(mask, event),
    }),
    task: prctlSide(taskRules(nesting), install),
  });
}
