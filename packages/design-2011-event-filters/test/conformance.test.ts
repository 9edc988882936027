import { linux618 } from "@gatehouse/catalog";
import { eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { conformance } from "@gatehouse/scenarios/conformance";

conformance(eventFiltersVision, linux618);
