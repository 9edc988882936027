// Where numbers were taken. Needs Node.

import { spawnSync } from "node:child_process";
import { cpus, release } from "node:os";
import { fileURLToPath } from "node:url";

export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly kernel: string;
  readonly node: string;
  /** `-dirty` where the tree is not what was committed; null where this is no checkout. */
  readonly commit: string | null;
  readonly date: string;
};

export function machine(): Machine {
  const [first] = cpus();
  return {
    cpu: first?.model ?? "unknown",
    cores: cpus().length,
    kernel: release(),
    node: process.version,
    commit: commit(),
    date: new Date().toISOString(),
  };
}

function commit(): string | null {
  const { status, stdout } = spawnSync("git", ["describe", "--always", "--dirty", "--abbrev=12"], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    encoding: "utf8",
  });
  return status === 0 ? stdout.trim() : null;
}
