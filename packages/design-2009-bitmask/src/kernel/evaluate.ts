// Mask × event → verdict: a bounds test, a load and a bit test.

import { ABI, FIRST_OTHER_EVENT, type Meter, type TaskFilter } from "@gatehouse/core";
import { type Bitmask, isAllowed } from "./program.js";

export function load(mask: Bitmask, meter?: Meter): Pick<TaskFilter, "evaluate"> {
  return {
    evaluate(event) {
      if (event.abi !== ABI.native) return "deny";
      if (event.id >= FIRST_OTHER_EVENT) return "allow"; // only system calls pass by here
      meter?.read(mask.words.BYTES_PER_ELEMENT);
      return isAllowed(mask, event.id) ? "allow" : "deny";
    },
  };
}
