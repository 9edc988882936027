// Nothing of a live test outlives it, however it ends.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { transformWithOxc } from "vite";
import { afterAll, expect, test } from "vitest";
import { openInstance } from "./live/instance.js";
import { liveSuite } from "./live/suite.js";

const mountsBefore = readFileSync("/proc/self/mounts", "utf8");
const watcher = await openInstance();
afterAll(async () => {
  if (watcher.kind === "ready") await watcher.instance.close();
});

// Opens an instance, says its name and goes on writing filters until somebody ends it.
const WORKER = `
import { openInstance } from "./instance.js";
const { instance } = await openInstance();
instance.write("events/syscalls/sys_enter_lseek/enable", "1");
console.log(instance.name);
for (let fd = 0; ; fd++) {
  instance.writeFilter("syscalls/sys_enter_lseek", Buffer.from("fd == " + fd));
  await new Promise(setImmediate);
}
`;

/** The worker as a process of its own, and the instance that it has made. */
async function startWorker(folder: string) {
  for (const name of ["instance", "never-sent"]) {
    const file = join(import.meta.dirname, `live/${name}.ts`);
    const { code } = await transformWithOxc(readFileSync(file, "utf8"), file);
    writeFileSync(join(folder, `${name}.js`), code);
  }
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "worker.js"), WORKER);
  const worker = spawn(process.execPath, [join(folder, "worker.js")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const name = await new Promise<string>((resolve) => {
    worker.stdout.setEncoding("utf8").once("data", (line: string) => resolve(line.trim()));
  });
  return { worker, name };
}

liveSuite("an instance of tracing", watcher.kind === "ready" ? null : watcher.reason, () => {
  test.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)(
    "is gone after %s to the process that writes filters into it",
    async (signal) => {
      const folder = mkdtempSync(join(tmpdir(), "gatehouse-live-"));
      const { worker, name } = await startWorker(folder);
      rmSync(folder, { recursive: true }); // it has loaded what it needs
      expect(exists(name)).toBe(true);
      worker.kill(signal);
      await new Promise((resolve) => worker.once("close", resolve));
      for (let waited = 0; exists(name) && waited < 10_000; waited += 20) await setTimeout(20);
      expect(exists(name)).toBe(false);
    },
  );

  test("leaves the mounts of everybody else as they were", () => {
    const mounts = readFileSync("/proc/self/mounts", "utf8");
    expect(mounts).toBe(mountsBefore);
  });
});

function exists(name: string): boolean {
  if (watcher.kind !== "ready") throw new Error(watcher.reason);
  return watcher.instance.has(`../${name}`);
}
