// All that a back-end owes: the designs' own suite on it, and many policies against the reference.

import { linux618 } from "@gatehouse/catalog";
import { on } from "@gatehouse/core";
import { bitmaskAnd } from "@gatehouse/design-2009-bitmask";
import { filterEngineCorrected } from "@gatehouse/design-2010-filter-engine";
import { eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { backendConformance } from "@gatehouse/scenarios/back-ends";
import { conformance } from "@gatehouse/scenarios/conformance";
import { test } from "vitest";
import { nativeBackend } from "../src/index.js";

const native = nativeBackend();
const { GATEHOUSE_NIGHTLY, GATEHOUSE_FULL } = process.env;
const policies = GATEHOUSE_NIGHTLY ? 1_000_000 : GATEHOUSE_FULL ? 10_000 : 2_000;

if (native.ok) {
  conformance(on(native.value, bitmaskAnd), linux618);
  conformance(on(native.value, filterEngineCorrected), linux618);
  conformance(on(native.value, eventFiltersVision), linux618);
  backendConformance(
    native.value,
    [bitmaskAnd, filterEngineCorrected, eventFiltersVision],
    linux618,
    policies,
  );
} else test.skip(`the native back-end is not there: ${native.error}`);
