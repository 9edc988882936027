// The two back-ends answer as the reference does, for every design: `unknown`, other events and other entry paths too.

import { linux618 } from "@gatehouse/catalog";
import { bitmaskAnd } from "@gatehouse/design-2009-bitmask";
import { filterEngineCorrected } from "@gatehouse/design-2010-filter-engine";
import { eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { backendConformance } from "@gatehouse/scenarios/back-ends";
import { bpfLinear, bpfTree } from "../src/index.js";

const RUNS = process.env.GATEHOUSE_NIGHTLY ? 10_000 : 100;
const DESIGNS = [bitmaskAnd, filterEngineCorrected, eventFiltersVision];

backendConformance(bpfLinear, DESIGNS, linux618, RUNS);
backendConformance(bpfTree, DESIGNS, linux618, RUNS);
