import { linux618 } from "@gatehouse/catalog";
import {
  filterEngineCorrected,
  filterEngineShipped,
  filterEngineV2,
} from "@gatehouse/design-2010-filter-engine";
import { conformance } from "@gatehouse/scenarios/conformance";

conformance(filterEngineV2, linux618);
conformance(filterEngineShipped, linux618);
conformance(filterEngineCorrected, linux618);
