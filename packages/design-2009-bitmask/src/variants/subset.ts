// Adam Langley's patch of May 2009, as far as it is recalled: an upload that allows more than what is there is refused.

import type { Design, PerTask } from "@gatehouse/core";
import { type Nesting, variant } from "../bench/variant.js";
import { type Bitmask, isAllowed } from "../kernel/program.js";

/** The patch, as far as it is recalled: a map with a bit that the old one has not is an error. */
const subset: Nesting = (old, wanted) => {
  for (let nr = 0; nr < wanted.length; nr++) if (isAllowed(wanted, nr) && !isAllowed(old, nr)) return null;
  return wanted;
};

export const bitmaskSubset: Design<PerTask<Bitmask>> = variant("subset", subset, {
  mark: "as posted, code not found",
  origin: { by: "Adam Langley", date: "May 2009" },
  patch: { date: "May 2009", files: 6, added: 194, removed: 22 },
});
