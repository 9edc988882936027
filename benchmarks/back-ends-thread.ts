// A thread of `back-ends-threads.ts`.

import { parentPort, workerData } from "node:worker_threads";
import { bulk } from "./back-ends-bulk.js";
import type { ThreadJob } from "./back-ends-threads.js";

const { contestant, rows }: ThreadJob = workerData;
const work = bulk({ kind: "bulk", contestant, case: "64 predicates", rows });
if (!work.ok) throw new Error(`${contestant} is wrong: ${JSON.stringify(work.error)}`);
const { run } = work.value;

parentPort?.on("message", (repeats: number) => {
  for (let i = 0; i < repeats; i++) run();
  parentPort?.postMessage("done");
});
parentPort?.postMessage("ready");
