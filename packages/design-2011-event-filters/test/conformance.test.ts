import { linux618 } from "@gatehouse/catalog";
import { conformance } from "@gatehouse/scenarios/conformance";
import { eventFiltersVision } from "@gatehouse/design-2011-event-filters";

conformance(eventFiltersVision, linux618);
