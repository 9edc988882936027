// The second version with its bugs mended and today's filter language: the design as it could have been.

import { type Design, type PerTask, prctlSide } from "@gatehouse/core";
import { variant } from "../bench/variant.js";
import { CORRECTED } from "../kernel/generation.js";
import { correctedParts } from "../kernel/parts-v2.js";
import type { FilterEngine } from "../kernel/program.js";
import { v2Rules } from "../kernel/task-v2.js";
import { installV2 } from "../user/install.js";

export const filterEngineCorrected: Design<PerTask<FilterEngine>> = variant(
  "corrected",
  CORRECTED,
  prctlSide(v2Rules(correctedParts), installV2),
  { mark: "mended", origin: { by: "Gatehouse", date: "2026" }, patch: null },
);
