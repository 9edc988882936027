import { linux618 } from "@gatehouse/catalog";
import { filterEngineCorrected } from "@gatehouse/design-2010-filter-engine";
import { conformance } from "@gatehouse/scenarios/conformance";

conformance(filterEngineCorrected, linux618);
