// One thread and two, each with a filter and a chunk of its own, in cache and with so many predicates that memory is not
// what it waits for. What is timed is from the first thread's start to the last one's end.

import assert from "node:assert/strict";
import { once } from "node:events";
import { Worker } from "node:worker_threads";

export type ThreadsJob = {
  readonly kind: "threads";
  /** A design on a back-end. */
  readonly contestant: string;
  readonly threads: number;
};

/** What a thread is told when it is made; then it judges its rows so often whenever it is sent a number. */
export type ThreadJob = { readonly contestant: string; readonly rows: number };

const ROWS = 16_384;
/** One thread alone takes about this long for a sample: far longer than a message does. */
const SAMPLE_MS = 60;

/** Gives a sample: nanoseconds for an event of all threads together. */
export async function threads({ contestant, threads: count }: ThreadsJob): Promise<() => Promise<number>> {
  const workers = await Promise.all(
    Array.from({ length: count }, () => startThread({ contestant, rows: ROWS })),
  );
  const time = async (repeats: number) => {
    const start = performance.now();
    for (const worker of workers) worker.postMessage(repeats);
    await Promise.all(workers.map((worker) => once(worker, "message")));
    return performance.now() - start;
  };
  let repeats = 1;
  while ((await time(repeats)) < SAMPLE_MS) repeats *= 2;
  return async () => ((await time(repeats)) * 1e6) / (repeats * ROWS * count);
}

async function startThread(workerData: ThreadJob): Promise<Worker> {
  const worker = new Worker(new URL("back-ends-thread.js", import.meta.url), { workerData });
  const [ready] = await once(worker, "message");
  assert.equal(ready, "ready");
  return worker;
}
