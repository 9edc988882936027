// The bitmask, 2009: one bit per system call. Sketched by Ingo Molnar on 7 May 2009 (a child's map is ANDed with its
// parent's) and sent as a patch by Adam Langley in the same month. See docs/2009.md.

import { type Design, design, KILL, type PerTask, prctlSide } from "@gatehouse/core";
import { compile } from "./compile.js";
import { load } from "./evaluate.js";
import { type Bitmask, parse, print } from "./program.js";
import { and, type Nesting, subset, taskRules } from "./task.js";

export type { Bitmask };

/** The sketch: another upload is ANDed with what is there. */
export const bitmaskAnd: Design<PerTask<Bitmask>> = variant("and", and);

/** The patch, as far as it is recalled: an upload that allows more than what is there is refused. */
export const bitmaskSubset: Design<PerTask<Bitmask>> = variant("subset", subset);

/** They differ in this alone: what a second upload does. */
function variant(name: string, nesting: Nesting): Design<PerTask<Bitmask>> {
  return design({
    id: `bitmask-2009@${name}`,
    title: "one bit per system call",
    patch: { date: "May 2009", files: 6, added: 194, removed: 22 },
    package: "@gatehouse/design-2009-bitmask",
    refusal: KILL,
    compile,
    parse,
    print,
    load,
    task: prctlSide(taskRules(nesting)),
  });
}
