// One contestant of a sweep, in a process of its own: proves its answers at every point, and is then timed at any.

import { fail, succeed } from "@gatehouse/core";
import { decideContestant, prove, stopwatch } from "@gatehouse/harness";
import { serve } from "@gatehouse/harness/processes";
import { CONTESTANTS, type CurveJob } from "./curves-contestants.js";
import { policyAt, rowsAt, SWEEPS } from "./curves-sweeps.js";

/** So many are taken that the least is one that nobody disturbed. */
const SAMPLE_MS = 2;

serve(async ({ sweep, contestant }: CurveJob) => {
  const { xs, at: pointAt } = SWEEPS[sweep];
  const samplers = new Map<number, () => number>();
  for (const x of xs) {
    const at = pointAt(x);
    const policy = policyAt(at);
    const filter = CONTESTANTS[contestant](policy, at.depth);
    if (filter === null) continue;
    const judged = rowsAt(at);
    const truth = decideContestant(policy).judge(judged.chunk, judged.rows);
    const work = prove(filter, [judged], [truth]);
    if (!work.ok) return fail({ x, ...work.error });
    samplers.set(x, stopwatch(work.value, SAMPLE_MS));
  }
  return succeed({ details: [...samplers.keys()], sample: (x = 0) => samplers.get(x)?.() ?? Number.NaN });
});
