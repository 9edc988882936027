// One contestant of `gatehouse bench`, in a process of its own: reads the start of the trace, proves its answers, and then
// gives a sample of its time whenever it is asked. The command has said before what there is to say about the trace.

import { type Catalog, type Result, succeed } from "@gatehouse/core";
import { entrant, type Mistake, type Proved, Sample, selectTask, stopwatch } from "@gatehouse/harness";
import { serve } from "@gatehouse/harness/processes";
import { floorWork, isFloor } from "./bench-floors.js";
import { type BenchJob, PER_CHUNK } from "./bench-job.js";
import { findCatalog } from "./case.js";
import { findDesign } from "./known-designs.js";
import { readTrace } from "./trace-file.js";

serve(async (job: BenchJob) => {
  const catalog = findCatalog(job.catalog);
  const work = prepare(job, catalog, await readSample(job, catalog));
  if (!work.ok) return work;
  const [perEvent, perChunk] = [stopwatch(work.value), stopwatch(work.value.perChunk)];
  return succeed({ details: null, sample: (x) => (x === PER_CHUNK ? perChunk() : perEvent()) });
});

function readSample({ trace, format, task }: BenchJob, catalog: Catalog): Promise<Sample> {
  const chunks = readTrace(trace, catalog, false, format ?? undefined).trace;
  return Sample.of(chunks, task === null ? null : selectTask(task, catalog));
}

function prepare(
  { contestant, reference, policy, fails }: BenchJob,
  catalog: Catalog,
  sample: Sample,
): Result<Proved, Mistake> {
  if (isFloor(contestant)) return floorWork(contestant, policy, catalog, sample);
  const designs = { design: findDesign(contestant), reference: findDesign(reference) };
  const work = entrant({ ...designs, policy, catalog, fails }, sample);
  if (work === null) throw new Error(`${contestant} was let in and cannot say the policy`);
  return work;
}
