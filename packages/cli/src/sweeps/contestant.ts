// One contestant of a sweep, in a process of its own: proves its answers at every point, and is then timed at any.

import { fail, newVerdicts, succeed, type Verdicts } from "@gatehouse/core";
import { prove, stopwatch } from "@gatehouse/harness";
import { serve } from "@gatehouse/harness/processes";
import { CONTESTANTS, FLOOR, type SweepJob, type Truth } from "./contestants.js";
import { policyAt, rowsAt, SWEEPS } from "./sweeps.js";

/** So many are taken that the least is one that nobody disturbed. */
const SAMPLE_MS = 2;

serve(async ({ sweep, contestant, truth }: SweepJob) => {
  const { at: pointAt } = SWEEPS[sweep];
  const samplers = new Map<number, () => number>();
  for (const right of truth) {
    const { x } = right;
    const at = pointAt(x);
    const policy = policyAt(at);
    const filter = CONTESTANTS[contestant](policy, at);
    if (filter === null) continue;
    const judged = rowsAt(at);
    const { allow, known } = verdictsOf(right, judged.chunk.length);
    const work = prove(filter, [judged], [{ allow: contestant === FLOOR ? judged.rows : allow, known }]);
    if (!work.ok) return fail({ x, ...work.error });
    samplers.set(x, stopwatch(work.value, SAMPLE_MS));
  }
  return succeed({ details: [...samplers.keys()], sample: (x = 0) => samplers.get(x)?.() ?? Number.NaN });
});

function verdictsOf({ allow, known }: Truth, rows: number): Verdicts {
  const verdicts = newVerdicts(rows);
  verdicts.allow.words.set(allow);
  verdicts.known.words.set(known);
  return verdicts;
}
