// Draws a sweep: every contestant is a process of its own and has proved its answers at every point; all points of all of
// them take turns, so that a machine that is slow for a while is slow for every curve.

import { fail, type Result, succeed } from "@gatehouse/core";
import {
  type ByLaunch,
  type Curve,
  decideContestant,
  type Mistake,
  type Rounds,
  type Runner,
  race,
  type Sweep,
} from "@gatehouse/harness";
import { type Process, startAll } from "@gatehouse/harness/processes";
import type { SweepJob, Truth } from "./contestants.js";
import { policyAt, rowsAt, SWEEPS, type SweepName } from "./sweeps.js";

/** Which contestant answers wrongly, and at which point. */
export type WrongPoint = Mistake & { readonly contestant: string; readonly x: number };

/** Built also where this file is run from its source: a process of its own has no other way to run it. */
const CONTESTANT = new URL("../../dist/sweeps/contestant.js", import.meta.url);

/** One launch of all its contestants. Samples are by point. */
export async function launchSweep(name: SweepName, rounds: number): Promise<Result<Rounds, WrongPoint>> {
  const truth = truthOf(name);
  const jobs = SWEEPS[name].who.map((contestant): readonly [string, SweepJob] => [
    contestant,
    { sweep: name, contestant, truth },
  ]);
  const started = await startAll<SweepJob, Mistake & { readonly x: number }>(CONTESTANT, jobs);
  const processes = started.flatMap((one) => (one.ok ? [one.value] : []));
  const samples =
    processes.length === started.length ? await race(processes.flatMap(runnersOf), rounds) : null;
  for (const { end } of processes) end();
  if (samples !== null) return succeed(samples);
  const wrong = started.findIndex(({ ok }) => !ok);
  const one = started[wrong];
  if (one === undefined || one.ok) throw new Error("a contestant is missing");
  return fail({ ...one.error, contestant: jobs[wrong]?.[0] ?? "" });
}

/** What the policy of each point says of its events: worked out once, for all contestants and launches. */
function truthOf(name: SweepName): readonly Truth[] {
  const known = truths.get(name);
  if (known !== undefined) return known;
  const { xs, at } = SWEEPS[name];
  const truth = xs.map((x): Truth => {
    const { chunk, rows } = rowsAt(at(x));
    const { allow, known } = decideContestant(policyAt(at(x))).judge(chunk, rows);
    return { x, allow: [...allow.words], known: [...known.words] };
  });
  truths.set(name, truth);
  return truth;
}

const truths = new Map<SweepName, readonly Truth[]>();

/** One for each point at which it can say the policy. */
function runnersOf({ id, details, sample }: Process): readonly Runner[] {
  const xs = Array.isArray(details) ? details.map(Number) : [];
  return xs.map((x) => ({ id: point(id, x), sample: () => sample(x) }));
}

function point(id: string, x: number): string {
  return `${id} at ${x}`;
}

export function sweepOf(name: SweepName, rounds: ByLaunch): Sweep {
  const { unit, who, xs } = SWEEPS[name];
  const curves = who.map((id): Curve => {
    const points = xs.flatMap((x) => {
      const ns = rounds.get(point(id, x));
      return ns === undefined ? [] : [{ x, ns }];
    });
    return { id, points };
  });
  return { name, unit, curves };
}
