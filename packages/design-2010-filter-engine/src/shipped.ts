// The last form of the filter engine that distributions carried, from October 2011 until January 2012.

import { type Design, type PerTask, prctlSide } from "@gatehouse/core";
import { SHIPPED } from "./generation.js";
import type { FilterEngine } from "./program.js";
import { shippedRules } from "./task-shipped.js";
import { variant } from "./variant.js";

export const filterEngineShipped: Design<PerTask<FilterEngine>> = variant(
  "shipped",
  SHIPPED,
  prctlSide(shippedRules),
);
