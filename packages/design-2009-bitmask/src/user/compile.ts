// Policy → mask. A bit knows nothing of arguments: a clause with a condition is lost, unless the other clauses on that
// call decide the same for every argument.

import {
  type Catalog,
  clausesByEvent,
  type Fails,
  type Loss,
  lossesBeyondCalls,
  permits,
  type TaskPolicy,
} from "@gatehouse/core";
import { allow, type Bitmask, emptyMask } from "../kernel/program.js";

export function compile(
  policy: TaskPolicy,
  catalog: Catalog,
  fails: Fails,
): { program: Bitmask; lost: Loss[] } {
  const byEvent = clausesByEvent(policy, catalog);
  const program = emptyMask(catalog.calls);
  const lost = lossesBeyondCalls(policy, byEvent);
  if (policy.default.kind === "allow") {
    for (let nr = 0; nr < program.length; nr++) allow(program, nr);
    const reason = `the mask ends at ${program.length}: a number past its end is always refused`;
    lost.push({ clause: null, reason, fails: "closed" });
  }
  for (const [format, clauses] of byEvent) {
    if (format.kind !== "syscall") continue;
    const condition = permits(policy, clauses);
    const allowed = condition.kind === "constant" ? condition.value : fails === "open";
    program.words[format.id >>> 5] = (program.words[format.id >>> 5] ?? 0) & ~(1 << (format.id & 31));
    if (allowed) allow(program, format.id);
    if (condition.kind === "constant") continue;
    const effect = fails === "open" ? "allowed whatever its arguments" : "refused altogether";
    for (const clause of clauses) {
      if (clause.condition.kind === "constant") continue;
      lost.push({
        clause,
        reason: "a bit per call cannot look at arguments",
        effect: `\`${format.name}\` is ${effect}`,
        fails,
      });
    }
  }
  return { program, lost };
}
