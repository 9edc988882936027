// The form of June 2011 that early ChromeOS kernels carried: a table of indexes by number, and one set for a task.

import { type Design, type PerTask, prctlSide } from "@gatehouse/core";
import { variant } from "../bench/variant.js";
import { SHIPPED } from "../kernel/generation.js";
import type { FilterEngine } from "../kernel/program.js";
import { arrayRules } from "../kernel/task-array.js";
import { installShipped } from "../user/install.js";

export const filterEngineArray: Design<PerTask<FilterEngine>> = variant(
  "array",
  SHIPPED,
  prctlSide(arrayRules, installShipped),
  { mark: "as shipped", origin: { by: "Will Drewry", date: "June 2011" }, patch: null },
);
