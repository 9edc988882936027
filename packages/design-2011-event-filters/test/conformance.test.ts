import { linux618 } from "@gatehouse/catalog";
import { eventFiltersPoc, eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { conformance } from "@gatehouse/scenarios/conformance";

conformance(eventFiltersPoc, linux618);
conformance(eventFiltersVision, linux618);
