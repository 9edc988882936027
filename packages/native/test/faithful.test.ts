// A faithful design is a design like any other: one of each kind passes the suite of all designs. Programs by the
// thousand are in faithful-bulk.test.ts.

import { linux618 } from "@gatehouse/catalog";
import type { Design } from "@gatehouse/core";
import { bitmaskAnd } from "@gatehouse/design-2009-bitmask";
import { filterEngineShipped } from "@gatehouse/design-2010-filter-engine";
import { eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { conformance } from "@gatehouse/scenarios/conformance";
import { test } from "vitest";
import { faithful } from "../src/index.js";

const designs: readonly Design[] = [bitmaskAnd, filterEngineShipped, eventFiltersVision];

for (const design of designs) {
  const held = faithful(design);
  if (held.ok) conformance(held.value, linux618);
  else test.skip(`the native back-end is not there: ${held.error}`);
}
