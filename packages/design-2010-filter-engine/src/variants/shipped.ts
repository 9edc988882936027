// The last form of the filter engine that distributions carried, from October 2011 until January 2012.

import { type Design, type PerTask, prctlSide } from "@gatehouse/core";
import { variant } from "../bench/variant.js";
import { SHIPPED } from "../kernel/generation.js";
import type { FilterEngine } from "../kernel/program.js";
import { shippedRules } from "../kernel/task-shipped.js";
import { installShipped } from "../user/install.js";

export const filterEngineShipped: Design<PerTask<FilterEngine>> = variant(
  "shipped",
  SHIPPED,
  prctlSide(shippedRules, installShipped),
  { mark: "as shipped", origin: { by: "Will Drewry", date: "autumn 2011" }, patch: null },
);
