// Who is to judge in a replay, as data that any thread can make contestants of.

import type { Catalog, Fails, Policy } from "@gatehouse/core";
import {
  type Contestant,
  decideContestant,
  enter,
  type Inexpressible,
  type TaskSideRun,
} from "@gatehouse/harness";
import { type BackendName, runOn } from "./known-back-ends.js";
import { DECIDE, findDesign } from "./known-designs.js";

export type Entries = {
  readonly policy: Policy;
  /** Design ids, and `DECIDE`. */
  readonly wanted: readonly string[];
  /** Where designs run that do not say it themselves. */
  readonly backend: BackendName;
  readonly fails: Fails;
};

export function enterAll(
  { policy, wanted, backend, fails }: Entries,
  catalog: Catalog,
  taskSide: TaskSideRun | null = null,
): (Contestant | Inexpressible)[] {
  return wanted.map((id) => {
    if (id === DECIDE) return decideContestant(policy);
    const design = findDesign(id);
    // One that everything runs on is no part of an id: verdicts are the same on all.
    const placed = id.split("@").length > 2 ? design : { ...runOn(design, backend), id: design.id };
    return enter(placed, policy, catalog, fails, taskSide);
  });
}
