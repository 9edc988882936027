import { linux618 } from "@gatehouse/catalog";
import { bitmaskAnd, bitmaskSubset } from "@gatehouse/design-2009-bitmask";
import { conformance } from "@gatehouse/scenarios/conformance";

conformance(bitmaskAnd, linux618);
conformance(bitmaskSubset, linux618);
