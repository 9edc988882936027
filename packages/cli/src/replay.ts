// `gatehouse replay`: the verdicts of designs, and of the policy itself, over a trace.

import { type Replay, replay as run } from "@gatehouse/harness";
import { type CaseOptions, readCase } from "./case.js";
import { EXIT, Failure } from "./failure.js";
import { type BackendName, fastestBackend, REFERENCE } from "./known-back-ends.js";
import { DECIDE, findDesign, namesOf } from "./known-designs.js";
import { type Entries, enterAll } from "./replay-entries.js";
import { showReplay } from "./replay-text.js";
import { workerJury } from "./replay-workers.js";
import { colours, notice, print, printJson } from "./terminal.js";

export type ReplayOptions = CaseOptions & {
  /** None: the fastest that is there. */
  readonly backend?: BackendName;
  readonly jobs: number;
};

export async function replay(options: ReplayOptions): Promise<void> {
  const { jobs, fails } = options;
  const asked = options.designs === undefined ? [...namesOf(), DECIDE] : namesOf(options.designs);
  const wanted = new Set(asked.map((id) => (id === DECIDE ? id : findDesign(id).id)));
  const { policy, trace, catalog, selection, taskSide, titles, finish } = await readCase(options);
  if (taskSide !== null && jobs > 1)
    throw new Failure("--task-side follows tasks through the trace in order, which is one job");
  if (taskSide !== null && options.backend !== undefined)
    throw new Failure("--task-side asks each variant's own check, which no back-end runs");
  const backend = taskSide === null ? chooseBackend(options.backend) : REFERENCE;
  const entries: Entries = { policy: policy.policy, wanted: [...wanted], backend, fails };
  const contestants = enterAll(entries, catalog, taskSide);
  const workers = jobs > 1 ? workerJury(jobs, { entries, catalog: options.catalog }) : null;
  try {
    const found = await run(trace, catalog, contestants, { selection, ...(workers && { jury: workers }) });
    finish(found.events);
    if (options.json) printJson({ ...found, backend });
    else print(showReplay(found, { ...titles, ...(options.backend && { backend }) }, colours));
    if (isRefusal(found)) process.exitCode = EXIT.refused;
  } finally {
    await workers?.close();
  }
}

/** Where designs run that do not say it themselves. One that is asked for and not there ends the command. */
function chooseBackend(asked: BackendName | undefined): BackendName {
  if (asked !== undefined) return asked;
  const { name, missing } = fastestBackend();
  for (const reason of missing) notice(`${reason}; ${name} serves`);
  return name;
}

/** A design that cannot say the policy counts as one that differs: it would otherwise pass for one that allows. */
function isRefusal({ designs, inexpressible, firstDivergence }: Replay): boolean {
  const denied = Object.values(designs).some(({ deny, kill }) => deny + kill > 0);
  return denied || firstDivergence !== null || Object.keys(inexpressible).length > 0;
}
