// Every design held as its patch's kernel code did answers as the reference does.

import { linux618 } from "@gatehouse/catalog";
import type { Design } from "@gatehouse/core";
import { bitmaskAnd } from "@gatehouse/design-2009-bitmask";
import {
  filterEngineCorrected,
  filterEngineShipped,
  filterEngineV2,
} from "@gatehouse/design-2010-filter-engine";
import { eventFiltersPoc, eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { conformance } from "@gatehouse/scenarios/conformance";
import { test } from "vitest";
import { faithful } from "../src/index.js";

for (const design of [
  bitmaskAnd,
  filterEngineV2,
  filterEngineShipped,
  filterEngineCorrected,
  eventFiltersPoc,
  eventFiltersVision,
] as Design[]) {
  const held = faithful(design);
  if (held.ok) conformance(held.value, linux618);
  else test.skip(held.error);
}
