// What the evaluation of an event looks at, for explanations.

import { ABI, FIRST_OTHER_EVENT, type Step, type TraceEvent } from "@gatehouse/core";
import { type Bitmask, isAllowed } from "../kernel/program.js";

export function steps(mask: Bitmask, event: TraceEvent): Step[] {
  if (event.abi !== ABI.native) return [{ text: "entry by the native path", value: false }];
  if (event.id >= FIRST_OTHER_EVENT) return [];
  return [{ text: `bit ${event.id} of ${mask.length}`, value: isAllowed(mask, event.id) }];
}
