// What Ingo Molnar's mail of 26 May 2011 describes and nobody coded.

import type { Design, PerTask } from "@gatehouse/core";
import { variant } from "../bench/variant.js";
import { type EventFilters, VISION } from "../kernel/program.js";
import { visionSide } from "../kernel/task-vision.js";
import { install } from "../user/install.js";

/** What the mail describes and nobody coded: any event, object labels, filters that children inherit and cannot remove. */
export const eventFiltersVision: Design<PerTask<EventFilters>> = variant(
  "vision",
  "filter strings on any kernel event",
  VISION,
  { ...visionSide, install },
  { mark: "as described", origin: { by: "Ingo Molnar", date: "26 May 2011" }, patch: null },
);
