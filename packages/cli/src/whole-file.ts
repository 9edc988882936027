// Files that are read and written as a whole: bounded before they are read, written aside and then renamed.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { saveBytes, TraceError } from "@gatehouse/traces";
import { Failure, systemReason } from "./failure.js";
import { number, printable } from "./text.js";

export type Limited = {
  /** What the file is meant to be: `policy`. */
  readonly what: string;
  readonly maxBytes: number;
  /** Where it is none. */
  readonly hint?: string;
};

/** `-`: standard input. */
export async function readWhole(file: string, limited: Limited): Promise<Uint8Array> {
  try {
    return await readBytes(file, limited);
  } catch (error) {
    const reason = systemReason(error);
    if (reason === null || error instanceof Failure) throw error;
    throw new Failure(`${printable(file)}: the ${limited.what} cannot be read: ${reason}`);
  }
}

async function readBytes(file: string, limited: Limited): Promise<Uint8Array> {
  const tooLarge = () => isNone(file, limited, `it is larger than ${number(limited.maxBytes)} bytes`);
  // The size is asked first, so that of a file that is too large nothing is read; a pipe has none, so it is counted.
  if (file !== "-") {
    const found = await stat(file);
    if (found.isDirectory())
      throw new Failure(`${printable(file)}: the ${limited.what} cannot be read: it is a directory`);
    if (found.size > limited.maxBytes) throw tooLarge();
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of file === "-" ? process.stdin : createReadStream(file)) {
    parts.push(part);
    size += part.length;
    if (size > limited.maxBytes) throw tooLarge();
  }
  return Buffer.concat(parts);
}

export function isNone(file: string, { what, hint }: Limited, reason: string): Failure {
  return new Failure(
    `${printable(file)}: this is no ${what}: ${reason}${hint === undefined ? "" : `\nhint: ${hint}`}`,
  );
}

/** Under its name there is the whole of it or what was there before. */
export async function writeWhole(file: string, content: Uint8Array): Promise<void> {
  try {
    await saveBytes([content], file);
  } catch (error) {
    if (error instanceof TraceError) throw new Failure(printable(error.message));
    throw error;
  }
}
