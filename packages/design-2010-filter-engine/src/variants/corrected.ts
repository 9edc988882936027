// The second version with its bugs mended and today's filter language: the design as it could have been.

import { type Design, type PerTask, prctlSide } from "@gatehouse/core";
import { variant } from "../bench/variant.js";
import { CORRECTED } from "../kernel/generation.js";
import { type FilterEngine, WILDCARD } from "../kernel/program.js";
import { type Parts, v2Rules } from "../kernel/task-v2.js";
import { installV2 } from "../user/install.js";

const corrected: Parts = {
  generation: CORRECTED,
  narrow: (old, wanted) => (old === WILDCARD ? wanted : `(${old}) && (${wanted})`),
  isForeign: (set, entry) => set !== entry,
  endsOnExec: () => true,
};

export const filterEngineCorrected: Design<PerTask<FilterEngine>> = variant(
  "corrected",
  CORRECTED,
  prctlSide(v2Rules(corrected), installV2),
);
