import { linux618 } from "@gatehouse/catalog";
import {
  filterEngineArray,
  filterEngineCorrected,
  filterEngineShipped,
  filterEngineV2,
} from "@gatehouse/design-2010-filter-engine";
import { conformance, readsWhatItSays } from "@gatehouse/scenarios/conformance";

for (const variant of [filterEngineV2, filterEngineArray, filterEngineShipped, filterEngineCorrected]) {
  conformance(variant, linux618);
  readsWhatItSays(variant, linux618);
}
