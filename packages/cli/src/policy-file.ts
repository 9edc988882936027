// A policy's text from a file or from standard input: bounded before it is read, and certainly text.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { type Catalog, type Clause, type Policy, showAction } from "@gatehouse/core";
import type { ShownClause } from "@gatehouse/harness";
import { LIMITS, parsePolicy, printClause } from "@gatehouse/policies";
import { drawDiagnostics, lineNumbers } from "./caret.js";
import { Failure, systemReason } from "./failure.js";
import { number, printable } from "./text.js";

export type PolicyFile = {
  readonly policy: Policy;
  /** What to call it in a report. */
  readonly title: string;
  /** As it was read. */
  readonly text: string;
  showClause(clause: Clause | null): ShownClause;
};

/** `-`: standard input. */
export async function readPolicy(file: string, catalog: Catalog): Promise<PolicyFile> {
  const text = await readText(file);
  const parsed = parsePolicy(text, catalog);
  if (!parsed.ok) throw new Failure(...drawDiagnostics(file, text, parsed.error));
  const policy = parsed.value;
  const lineOf = lineNumbers(text);
  return { policy, title: policy.name === "" ? file : policy.name, text, showClause };

  function showClause(clause: Clause | null): ShownClause {
    if (clause === null) return { clause: `default ${showAction(policy.default)}`, line: null };
    const line = clause.at === null ? null : lineOf(clause.at.start);
    return { clause: printClause(clause, catalog), line };
  }
}

async function readText(file: string): Promise<string> {
  try {
    return decode(file, await readBytes(file));
  } catch (error) {
    const reason = systemReason(error);
    if (reason === null || error instanceof Failure) throw error;
    throw new Failure(`${printable(file)}: the policy cannot be read: ${reason}`);
  }
}

async function readBytes(file: string): Promise<Uint8Array> {
  // The size is asked first, so that of a file that is too large nothing is read; a pipe has none, so it is counted.
  if (file !== "-") {
    const found = await stat(file);
    if (found.isDirectory())
      throw new Failure(`${printable(file)}: the policy cannot be read: it is a directory`);
    if (found.size > LIMITS.policyBytes) throw tooLarge(file);
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of file === "-" ? process.stdin : createReadStream(file)) {
    parts.push(part);
    size += part.length;
    if (size > LIMITS.policyBytes) throw tooLarge(file);
  }
  return Buffer.concat(parts);
}

function tooLarge(file: string): Failure {
  return notAPolicy(file, `it is larger than ${number(LIMITS.policyBytes)} bytes`);
}

function decode(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw notAPolicy(file, "it is not text in UTF-8");
  }
}

function notAPolicy(file: string, reason: string): Failure {
  return new Failure(`${printable(file)}: this is no policy: ${reason}\nhint: a trace is given with --trace`);
}
