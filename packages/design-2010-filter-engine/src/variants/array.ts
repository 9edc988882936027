// The form of June 2011 with an index table, which distributions carried before the chain of sets.

import { type Design, type PerTask, prctlSide } from "@gatehouse/core";
import { variant } from "../bench/variant.js";
import { ARRAY } from "../kernel/generation.js";
import type { FilterEngine } from "../kernel/program.js";
import { arrayRules } from "../kernel/task-array.js";
import { installShipped } from "../user/install.js";

export const filterEngineArray: Design<PerTask<FilterEngine>> = variant(
  "array",
  ARRAY,
  prctlSide(arrayRules, installShipped),
);
