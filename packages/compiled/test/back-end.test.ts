// All that a back-end owes: the designs' own suite on it, and many policies against the reference.

import { linux618 } from "@gatehouse/catalog";
import { on } from "@gatehouse/core";
import { bitmaskAnd } from "@gatehouse/design-2009-bitmask";
import { filterEngineCorrected } from "@gatehouse/design-2010-filter-engine";
import { eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { backendConformance } from "@gatehouse/scenarios/back-ends";
import { conformance } from "@gatehouse/scenarios/conformance";
import { openBackend } from "../src/backend.js";

const compiled = openBackend(true);
conformance(on(compiled, bitmaskAnd), linux618);
conformance(on(compiled, filterEngineCorrected), linux618);
conformance(on(compiled, eventFiltersVision), linux618);
backendConformance(compiled, [bitmaskAnd, filterEngineCorrected, eventFiltersVision], linux618, 1_000);
