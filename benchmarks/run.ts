// Runs the benchmarks, each in a process of its own, one after the other: all, or those that are named.
//
//   npm run bench -- [NAME…] [--trace FILE]        NAME: `ingest` for ingest.bench.ts

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const SUFFIX = ".bench.js";
const { values, positionals } = parseArgs({ options: { trace: { type: "string" } }, allowPositionals: true });

const folder = fileURLToPath(new URL(".", import.meta.url));
const known = readdirSync(folder).flatMap((file) =>
  file.endsWith(SUFFIX) ? [file.slice(0, -SUFFIX.length)] : [],
);
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`benchmarks: there is no ${unknown.join(", ")}; there are ${known.join(", ")}`);
  process.exit(2);
}

for (const name of positionals.length > 0 ? positionals : known) {
  const trace = values.trace === undefined ? [] : [values.trace];
  const { status } = spawnSync(process.execPath, [`${folder}${name}${SUFFIX}`, ...trace], {
    stdio: "inherit",
  });
  if (status !== 0) process.exitCode = 1;
}
