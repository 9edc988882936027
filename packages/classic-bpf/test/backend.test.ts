// The two back-ends answer as the reference does, for every design: `unknown`, other events and other entry paths too.

import { linux618, linux2639i386 } from "@gatehouse/catalog";
import { bitmaskAnd } from "@gatehouse/design-2009-bitmask";
import { filterEngineCorrected } from "@gatehouse/design-2010-filter-engine";
import { eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { backendConformance } from "@gatehouse/scenarios/back-ends";
import { describe } from "vitest";
import { bpfLinear, bpfTree } from "../src/index.js";

const RUNS = process.env.GATEHOUSE_NIGHTLY ? 10_000 : 50;
const DESIGNS = [bitmaskAnd, filterEngineCorrected, eventFiltersVision];

describe.each([linux618, linux2639i386])("$title", (catalog) => {
  backendConformance(bpfLinear, DESIGNS, catalog, RUNS);
  backendConformance(bpfTree, DESIGNS, catalog, RUNS);
});
