// Runs the benchmarks, each in a process of its own, one after the other: all, or those that are named.
//
//   npm run bench -- [NAME…] [--trace FILE] [--against FILE] [--dirty] [--trial]        NAME: `ingest` for ingest.bench.ts
//
//   --against FILE   compares one benchmark with an earlier results file, and writes none; 1 where they disagree
//   --dirty          also writes results of a tree that is not what was committed, and marks them
//   --trial          two launches and few rounds, to try a benchmark; results are marked as such

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { refusalToWrite } from "@gatehouse/harness/results";
import { resultsIn } from "./measure.js";
import { refuse, settings } from "./settings.js";

const SUFFIX = ".bench.js";
const { names, trace, against, isDirtyAllowed, isTrial } = settings;

const folder = fileURLToPath(new URL(".", import.meta.url));
const known = readdirSync(folder).flatMap((file) =>
  file.endsWith(SUFFIX) ? [file.slice(0, -SUFFIX.length)] : [],
);
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) refuse(`there is no ${unknown.join(", ")}; there are ${known.join(", ")}`);

// npm runs this in a folder of its own, and says where it was called.
const fromHere = (file: string) => resolve(process.env.INIT_CWD ?? process.cwd(), file);

if (against !== null) {
  const [name = refuse("--against is about one benchmark: name it"), ...others] = names;
  if (others.length > 0) refuse(`--against is about one benchmark, not ${names.join(", ")}`);
  resultsIn(fromHere(against), name);
}
const refusal = isDirtyAllowed || against !== null ? null : refusalToWrite();
if (refusal !== null) console.log(`benchmarks: ${refusal}`);

const handedOn = [
  ...(trace === null ? [] : ["--trace", fromHere(trace)]),
  ...(against === null ? [] : ["--against", fromHere(against)]),
  ...(isDirtyAllowed ? ["--dirty"] : []),
  ...(isTrial ? ["--trial"] : []),
];
for (const name of names.length > 0 ? names : known) {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, [`${folder}${name}${SUFFIX}`, ...handedOn], {
    stdio: "inherit",
  });
  console.log(`${name}: took ${Math.round((performance.now() - start) / 1000)} s`);
  if (status !== 0) process.exitCode = status === 2 ? 2 : (process.exitCode ?? 1);
}
