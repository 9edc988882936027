import { linux618 } from "@gatehouse/catalog";
import { conformance } from "@gatehouse/scenarios/conformance";
import { bitmaskAnd } from "@gatehouse/design-2009-bitmask";

conformance(bitmaskAnd, linux618);
