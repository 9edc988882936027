// The bitmask, 2009: one bit per system call. Sketched by Ingo Molnar on 7 May 2009 (a child's map is ANDed with its
// parent's) and sent as a patch by Adam Langley in the same month. See docs/2009.md.

import { type Design, design, KILL, type PerTask } from "@gatehouse/core";
import { compile } from "./compile.js";
import { load } from "./evaluate.js";
import { type Bitmask, parse, print } from "./program.js";

export type { Bitmask };

/** The variant of the sketch. At the level of one call it does not differ from the patch's. */
export const bitmaskAnd: Design<PerTask<Bitmask>> = design({
  id: "bitmask-2009@and",
  title: "one bit per system call",
  patch: { date: "May 2009", files: 6, added: 194, removed: 22 },
  package: "@gatehouse/design-2009-bitmask",
  refusal: KILL,
  compile,
  parse,
  print,
  load,
});
