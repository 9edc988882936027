// The filter engine as it was posted: "[PATCH 3/5] v2" of 11 May 2011, 18 files, +1100 −21.

import { type Design, type PerTask, prctlSide } from "@gatehouse/core";
import { variant } from "../bench/variant.js";
import { V2 } from "../kernel/generation.js";
import { v2Parts } from "../kernel/parts-v2.js";
import type { FilterEngine } from "../kernel/program.js";
import { v2Rules } from "../kernel/task-v2.js";
import { installV2 } from "../user/install.js";

export const filterEngineV2: Design<PerTask<FilterEngine>> = variant(
  "v2",
  V2,
  prctlSide(v2Rules(v2Parts), installV2),
  {
    mark: "as posted",
    origin: { by: "Will Drewry", date: "11 May 2011" },
    patch: { date: "11 May 2011", files: 18, added: 1100, removed: 21 },
  },
);
