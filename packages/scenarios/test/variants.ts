// All variants of all designs, for tests alone: the package stands on none of them.

import { bitmaskAnd, bitmaskSubset } from "@gatehouse/design-2009-bitmask";
import {
  filterEngineArray,
  filterEngineCorrected,
  filterEngineShipped,
  filterEngineV2,
} from "@gatehouse/design-2010-filter-engine";
import { eventFiltersPoc, eventFiltersVision } from "@gatehouse/design-2011-event-filters";

export const variants = [
  bitmaskAnd,
  bitmaskSubset,
  filterEngineV2,
  filterEngineArray,
  filterEngineShipped,
  filterEngineCorrected,
  eventFiltersPoc,
  eventFiltersVision,
];
