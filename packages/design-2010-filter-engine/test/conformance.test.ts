import { linux618 } from "@gatehouse/catalog";
import { conformance } from "@gatehouse/scenarios/conformance";
import { filterEngineCorrected } from "@gatehouse/design-2010-filter-engine";

conformance(filterEngineCorrected, linux618);
