// A thread of a replay: judges the chunks that it is handed, and gives what it found when it is asked to end.

import { parentPort, workerData } from "node:worker_threads";
import { Bitset, Chunk, Dictionary } from "@gatehouse/core";
import { juryOf } from "@gatehouse/harness";
import { findCatalog } from "./case.js";
import { enterAll } from "./replay-entries.js";
import type { WorkerAnswer, WorkerStart, WorkerTask } from "./replay-workers.js";

const { entries, catalog: name }: WorkerStart = workerData;
const catalog = findCatalog(name);
const jury = juryOf(enterAll(entries, catalog).filter((entry) => entry.kind === "contestant"));
const dictionary = new Dictionary();

parentPort?.on("message", async (task: WorkerTask) => {
  if (task.kind === "chunk") {
    await jury.judge(chunkOf(task), rowsOf(task), task.before);
    answer({ kind: "judged" });
  } else for (const part of await jury.end()) answer({ kind: "part", part });
});

function chunkOf(task: WorkerTask & { kind: "chunk" }): Chunk {
  for (const text of task.strings) dictionary.string(text);
  for (const labels of task.labelSets) dictionary.labels(labels);
  const { first, capacity, tasks, columns } = task;
  const chunk = new Chunk(catalog, dictionary, { first, capacity, tasks: [...tasks], columns });
  chunk.length = task.length;
  return chunk;
}

function rowsOf({ length, rows }: WorkerTask & { kind: "chunk" }): Bitset {
  const bits = new Bitset(length);
  bits.words.set(rows);
  return bits;
}

function answer(message: WorkerAnswer): void {
  parentPort?.postMessage(message);
}
