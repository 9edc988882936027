import { linux618 } from "@gatehouse/catalog";
import { bitmaskAnd, bitmaskSubset } from "@gatehouse/design-2009-bitmask";
import { conformance, readsWhatItSays } from "@gatehouse/scenarios/conformance";

for (const variant of [bitmaskAnd, bitmaskSubset]) {
  conformance(variant, linux618);
  readsWhatItSays(variant, linux618);
}
