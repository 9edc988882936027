// One contestant of `gatehouse bench`, in a process of its own: reads the start of the trace, proves its answers, and then
// gives a sample of its time whenever it is asked. The command has said before what there is to say about the trace.

import { type Catalog, type Fails, type Policy, type Result, succeed } from "@gatehouse/core";
import { entrant, type Mistake, Sample, selectTask, stopwatch, type Work } from "@gatehouse/harness";
import { serve } from "@gatehouse/harness/processes";
import type { TraceFormat } from "@gatehouse/traces";
import { floorWork, isFloor } from "./bench-floors.js";
import { findCatalog } from "./case.js";
import { findDesign } from "./known-designs.js";
import { readTrace } from "./trace-file.js";

/** What a contestant is told. The policy is plain data and comes along; the trace is read again. */
export type BenchJob = {
  /** A floor, or a design with a back-end. */
  readonly contestant: string;
  /** The same design without a back-end. */
  readonly reference: string;
  readonly policy: Policy;
  readonly trace: string;
  readonly format: TraceFormat | null;
  readonly task: string | null;
  readonly catalog: string;
  readonly fails: Fails;
};

serve(async (job: BenchJob) => {
  const catalog = findCatalog(job.catalog);
  const work = prepare(job, catalog, await readSample(job, catalog));
  return work.ok ? succeed({ details: null, sample: stopwatch(work.value) }) : work;
});

function readSample({ trace, format, task }: BenchJob, catalog: Catalog): Promise<Sample> {
  const chunks = readTrace(trace, catalog, false, format ?? undefined).trace;
  return Sample.of(chunks, task === null ? null : selectTask(task, catalog));
}

function prepare(
  { contestant, reference, policy, fails }: BenchJob,
  catalog: Catalog,
  sample: Sample,
): Result<Work, Mistake> {
  if (isFloor(contestant)) return floorWork(contestant, policy, catalog, sample);
  const designs = { design: findDesign(contestant), reference: findDesign(reference) };
  const work = entrant({ ...designs, policy, catalog, fails }, sample);
  if (work === null) throw new Error(`${contestant} was let in and cannot say the policy`);
  return work;
}
