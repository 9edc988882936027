// The second version with its bugs mended and today's filter language: the design as it could have been.

import { type Design, type PerTask, prctlSide } from "@gatehouse/core";
import { variant } from "../bench/variant.js";
import { CORRECTED } from "../kernel/generation.js";
import type { FilterEngine } from "../kernel/program.js";
import { correctedRules } from "../kernel/task-corrected.js";
import { installV2 } from "../user/install.js";

export const filterEngineCorrected: Design<PerTask<FilterEngine>> = variant(
  "corrected",
  CORRECTED,
  prctlSide(correctedRules, installV2),
);
