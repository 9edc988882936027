// Mask × event → verdict: a bounds test, a load and a bit test.

import {
  ABI,
  type Catalog,
  FIRST_OTHER_EVENT,
  type Meter,
  type Rule,
  type TaskFilter,
} from "@gatehouse/core";
import { type Bitmask, isAllowed } from "./program.js";

export function load(mask: Bitmask, _catalog: Catalog, meter?: Meter): TaskFilter {
  return {
    evaluate(event) {
      if (event.abi !== ABI.native) return "deny";
      if (event.id >= FIRST_OTHER_EVENT) return "allow"; // only system calls pass by here
      meter?.read(mask.words.BYTES_PER_ELEMENT);
      return isAllowed(mask, event.id) ? "allow" : "deny";
    },
    lower() {
      const rules = new Map<number, Rule>();
      for (let nr = 0; nr < mask.length; nr++) if (isAllowed(mask, nr)) rules.set(nr, "allow");
      return { rules, otherCalls: "deny", otherEvents: "allow", otherEntry: "deny" };
    },
    steps(event) {
      if (event.abi !== ABI.native) return [{ text: "entry by the native path", value: false }];
      if (event.id >= FIRST_OTHER_EVENT) return [];
      return [{ text: `bit ${event.id} of ${mask.length}`, value: isAllowed(mask, event.id) }];
    },
  };
}
