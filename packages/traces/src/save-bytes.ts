// Bytes into a file: written aside and then renamed, so that under its name there is a whole file or what was there
// before. What is no file (a pipe, a device, standard output) is written as it goes.

import { createWriteStream } from "node:fs";
import { chmod, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { asideOf, removeLeft } from "./aside.js";
import { TraceError } from "./error.js";

/**
 * `path` `-`: standard output. `signal` stops it, and nothing is left then. What goes wrong with the writing is a
 * TraceError; what the bytes throw passes.
 */
export async function saveBytes(
  bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  const name = path === "-" ? "standard output" : `\`${path}\``;
  const to = path === "-" ? null : await targetOf(path, name);
  if (to?.aside) await removeLeft(dirname(to.aside));
  // Nobody may read meanwhile what they may not read at the end.
  const mode = to?.mode ?? 0o666;
  const output = to === null ? process.stdout : createWriteStream(to.aside ?? to.path, { mode });
  try {
    // Standard output stays open: others may have something to say.
    await pipeline(Readable.from(bytes), output, { end: to !== null, ...(signal && { signal }) });
    // The umask took from it.
    if (to?.aside && to.mode !== null) await chmod(to.aside, to.mode);
    if (to?.aside) await rename(to.aside, to.path);
  } catch (cause) {
    if (to?.aside) await rm(to.aside, { force: true });
    throw explained(cause, name);
  }
}

type Target = {
  readonly path: string;
  /** Where it is written first; null where the path is no file. */
  readonly aside: string | null;
  /** Who may read and write what it replaces; null: it replaces no file. */
  readonly mode: number | null;
};

async function targetOf(path: string, name: string): Promise<Target> {
  try {
    // A link stays one.
    const real = await realpath(path);
    const status = await stat(real);
    if (status.isDirectory())
      throw new TraceError("not-writable", `${name} cannot be written: it is a directory`);
    if (!status.isFile()) return { path: real, aside: null, mode: null };
    return { path: real, aside: await asideOf(real), mode: status.mode & 0o777 };
  } catch (cause) {
    if (!isSystemError(cause) || cause.code !== "ENOENT") throw explained(cause, name);
    // A link to nothing leads to where the file will be; a name that is none has nothing to read.
    const to = await readlink(path).catch(() => null);
    if (to !== null) return targetOf(resolve(dirname(path), to), name);
    return { path, aside: await asideOf(path), mode: null };
  }
}

function isSystemError(cause: unknown): cause is Error & { readonly code: string; readonly syscall: string } {
  return cause instanceof Error && "syscall" in cause && "code" in cause && typeof cause.code === "string";
}

/** The reading of a file fails in sentences already, so a bare system error is the writing's. */
function explained(cause: unknown, name: string): unknown {
  if (cause instanceof TraceError || !isSystemError(cause)) return cause;
  if (cause.code === "EPIPE") return cause;
  const why = REASONS[cause.code] ?? cause.code;
  return new TraceError("not-writable", `${name} cannot be written: ${why}`, { cause });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk's quota is used up",
  EFBIG: "it would be larger than a file may be",
  ENOENT: "there is no such folder",
  ENOTDIR: "a part of its path is no folder",
  EACCES: "the permissions do not let this user",
  EPERM: "the permissions do not let this user",
  EROFS: "the disk is read-only",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "its links go round in a circle",
  EIO: "the disk did not take it",
};
