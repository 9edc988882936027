// Where numbers were taken. Needs Node.

import { spawnSync } from "node:child_process";
import { cpus, release } from "node:os";
import { fileURLToPath } from "node:url";
import { type Processor, processor } from "./processor.js";

export type { Processor } from "./processor.js";

export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly processor: Processor;
  readonly kernel: string;
  readonly node: string;
  /** `-dirty` where the tree is not what was committed; null where this is no checkout. */
  readonly commit: string | null;
  readonly date: string;
};

export function machine(): Machine {
  const [first] = cpus();
  const { commit, isDirty } = tree();
  return {
    cpu: first?.model ?? "unknown",
    cores: cpus().length,
    processor: processor(),
    kernel: release(),
    node: process.version,
    commit: commit === null ? null : `${commit}${isDirty ? "-dirty" : ""}`,
    date: new Date().toISOString(),
  };
}

export type Tree = {
  /** Null where this is no checkout. */
  readonly commit: string | null;
  /** Whether a file that was committed has changed. Results do not count: the benchmark before may have written them. */
  readonly isDirty: boolean;
};

/** Of the checkout that `folder` lies in. */
export function tree(folder = fileURLToPath(new URL(".", import.meta.url))): Tree {
  const commit = git(folder, "rev-parse", "--short=12", "HEAD");
  const paths = [":(top)", ":(top,exclude)benchmarks/results"];
  const changed = git(folder, "status", "--porcelain", "--untracked-files=no", "--", ...paths);
  return { commit, isDirty: commit !== null && changed !== "" };
}

function git(folder: string, ...args: readonly string[]): string | null {
  const { status, stdout } = spawnSync("git", args, { cwd: folder, encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
}
