// What a mask comes down to, for back-ends.

import type { Rule, Rules } from "@gatehouse/core";
import { type Bitmask, isAllowed } from "../kernel/program.js";

export function lower(mask: Bitmask): Rules {
  const rules = new Map<number, Rule>();
  for (let nr = 0; nr < mask.length; nr++) if (isAllowed(mask, nr)) rules.set(nr, "allow");
  return { rules, otherCalls: "deny", otherEvents: "allow", otherEntry: "deny" };
}
