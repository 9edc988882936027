import { linux618 } from "@gatehouse/catalog";
import { eventFiltersPoc, eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { conformance, readsWhatItSays } from "@gatehouse/scenarios/conformance";

for (const variant of [eventFiltersPoc, eventFiltersVision]) {
  conformance(variant, linux618);
  readsWhatItSays(variant, linux618);
}
