// Records a trace by each of the commands that docs/traces.md shows, and reads it.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openTrace } from "../src/index.js";

const page = readFileSync(join(import.meta.dirname, "../../../docs/traces.md"), "utf8");
const recipes = [...page.matchAll(/^```sh (\S+)\n([\s\S]*?)^```$/gm)].map(
  ([, format = "", script = ""]) => [format, script] as const,
);
const folder = mkdtempSync(join(tmpdir(), "gatehouse-record-"));
afterAll(() => {
  // Where a recipe broke off in the middle.
  spawnSync("sh", ["-c", "rmdir tracefs/instances/gatehouse; umount tracefs"], { cwd: folder });
  rmSync(folder, { recursive: true, force: true });
});

/** What a recipe takes, by the tool that has it. */
const TRIALS: Readonly<Record<string, string>> = {
  perf: "perf record -q -e raw_syscalls:sys_enter -o /dev/null -- true",
  strace: "strace -o /dev/null true",
  "strace-raw": "strace -o /dev/null true",
  tracefs: "test $(id -u) = 0 && grep -q tracefs /proc/filesystems",
};

test("every kind that a tool records has a recipe", () => {
  expect(recipes.map(([format]) => format).sort()).toEqual(Object.keys(TRIALS).sort());
});

test.for(recipes)("%s", async ([format, script], { skip }) => {
  const trial = spawnSync("sh", ["-c", TRIALS[format] ?? "false"], { encoding: "utf8" });
  if (trial.status !== 0) skip(`this machine cannot: ${trial.stderr.trim()}`);
  const { status, stderr } = spawnSync("sh", ["-ec", script], { cwd: folder, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  const trace = openTrace(join(folder, `trace.${format}`));
  const comms = new Set<string>();
  for await (const { tasks } of trace) for (const { comm } of tasks) comms.add(comm);
  expect(trace.format).toBe(format);
  expect(trace.stats.unreadable).toEqual({ count: 0, first: [] });
  expect(trace.stats.events).toBeGreaterThan(20);
  expect(comms.has("ls") || format === "strace-raw").toBe(true);
});
