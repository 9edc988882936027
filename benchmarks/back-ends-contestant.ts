// One contestant of the back-ends' benchmark, in a process of its own: a back-end, a floor or an engine, on one case.

import { type Result, succeed } from "@gatehouse/core";
import { stopwatch, type Work } from "@gatehouse/harness";
import { type Ready, serve } from "@gatehouse/harness/processes";
import { type BulkJob, bulk, type DockerJob, docker } from "./back-ends-bulk.js";
import { type SingleJob, single } from "./back-ends-single.js";
import { type ThreadsJob, threads } from "./back-ends-threads.js";
import { type EngineJob, engine } from "./engines.js";

export type Job = BulkJob | DockerJob | EngineJob | SingleJob | ThreadsJob;

serve(prepare);

async function prepare(job: Job): Promise<Result<Ready, unknown>> {
  switch (job.kind) {
    case "bulk":
      return timed(bulk(job));
    case "docker":
      return timed(await docker(job));
    case "engine":
      return timed(succeed(engine(job)));
    case "single":
      return timed(succeed(single(job)));
    case "threads":
      return succeed({ details: null, sample: await threads(job) });
  }
}

function timed(work: Result<Work, unknown>): Result<Ready, unknown> {
  if (!work.ok) return work;
  const { events } = work.value;
  return succeed({ details: { events }, sample: stopwatch(work.value) });
}
