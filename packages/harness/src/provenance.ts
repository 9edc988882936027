// What a report rests on: which version of this project, when, on which machine, and which files with their hashes. One
// shape, for every report. Needs Node.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { type Machine, machine } from "./machine.js";

export type Provenance = Made & {
  readonly policy: Named;
  readonly trace: Named;
};

/** Of a report that rests on no file. */
export type Made = {
  /** Of the project. */
  readonly version: string;
  /** ISO 8601, in UTC. */
  readonly date: string;
  readonly machine: Omit<Machine, "date">;
};

/** A file by the name that it was given by, and the SHA-256 of its bytes in hexadecimal digits. */
export type Named = {
  readonly name: string;
  /** Null: it came by standard input. */
  readonly sha256: string | null;
};

export function made(version: string): Made {
  const { date, ...where } = machine();
  return { version, date, machine: where };
}

export async function provenance(
  version: string,
  files: Readonly<Record<"policy" | "trace", { readonly name: string; readonly file: string | null }>>,
): Promise<Provenance> {
  return {
    ...made(version),
    policy: { name: files.policy.name, sha256: await sha256(files.policy.file) },
    trace: { name: files.trace.name, sha256: await sha256(files.trace.file) },
  };
}

async function sha256(file: string | null): Promise<string | null> {
  if (file === null) return null;
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
