// All that a back-end owes: the designs' own suite on it, and many policies against the reference.

import { linux618 } from "@gatehouse/catalog";
import { on } from "@gatehouse/core";
import { bitmaskAnd } from "@gatehouse/design-2009-bitmask";
import { filterEngineCorrected } from "@gatehouse/design-2010-filter-engine";
import { eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { backendConformance } from "@gatehouse/scenarios/back-ends";
import { conformance } from "@gatehouse/scenarios/conformance";
import { test } from "vitest";
import { compiledBackend } from "../src/index.js";

const compiled = compiledBackend();
const { GATEHOUSE_NIGHTLY, GATEHOUSE_FULL } = process.env;
const policies = GATEHOUSE_NIGHTLY ? 1_000_000 : GATEHOUSE_FULL ? 10_000 : 2_000;

if (compiled.ok) {
  conformance(on(compiled.value, bitmaskAnd), linux618);
  conformance(on(compiled.value, filterEngineCorrected), linux618);
  conformance(on(compiled.value, eventFiltersVision), linux618);
  const designs = [bitmaskAnd, filterEngineCorrected, eventFiltersVision];
  backendConformance(compiled.value, designs, linux618, policies);
} else test.skip(`the compiled back-end is not there: ${compiled.error}`);
