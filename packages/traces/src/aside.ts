// The file beside the one that is wanted, into which a writer writes until all is there. A writer that was killed leaves its
// file behind, so the name says who writes, and the next writer to the folder removes the files of those who are gone:
//
//   .trace.arrow.gatehouse-4711-8812345-1f00c2ab     pid, when that process started, and which system counts these pids

import { createHash } from "node:crypto";
import { readdir, readFile, readlink, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

const LEFT = /^\..+\.gatehouse-(\d+)-(\d+)-([0-9a-f]{8})$/;

export async function asideOf(path: string): Promise<string> {
  const started = (await startOf(process.pid)) ?? "0";
  // A name may have 255 bytes, and a letter four.
  const name = basename(path).slice(0, 50);
  return join(dirname(path), `.${name}.gatehouse-${process.pid}-${started}-${await whereCounted()}`);
}

/** What others have left in the folder. A live writer's file stays, and so does one of which this cannot be told. */
export async function removeLeft(folder: string): Promise<void> {
  const here = await whereCounted();
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const [, pid = "", started, where] = LEFT.exec(name) ?? [];
    if (where !== here || started === "0" || started === (await startOf(Number(pid)))) continue;
    // Whoever may not remove the file leaves it.
    await rm(join(folder, name), { force: true }).catch(() => {});
  }
}

/** In ticks since the system came up: a pid that was given again has another. Null: there is no such process. */
async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => null);
  // The name, in parentheses, may hold anything.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[STARTTIME - COMM_END] ?? null;
}

/** proc(5) counts from 1: comm is the second, and starttime the 22nd. */
const STARTTIME = 22;
const COMM_END = 3;

/** Pids are those of a host and of one of its namespaces: another container's writer is not to be seen from here. */
async function whereCounted(): Promise<string> {
  const namespace = await readlink("/proc/self/ns/pid").catch(() => "");
  return createHash("sha256").update(`${hostname()} ${namespace}`).digest("hex").slice(0, 8);
}
