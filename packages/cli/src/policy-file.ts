// A policy's text from a file or from standard input: bounded before it is read, and certainly text.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Catalog, Clause, Policy } from "@gatehouse/core";
import { showAction } from "@gatehouse/core";
import type { ShownClause } from "@gatehouse/harness";
import { LIMITS, parsePolicy, printClause } from "@gatehouse/policies";
import { drawDiagnostics, positionOf } from "./caret.js";
import { Failure, systemReason } from "./failure.js";
import { number, printable } from "./text.js";

export type PolicyFile = {
  readonly policy: Policy;
  /** What to call it in a report. */
  readonly title: string;
  showClause(clause: Clause | null): ShownClause;
};

/** `-`: standard input. */
export async function readPolicy(file: string, catalog: Catalog): Promise<PolicyFile> {
  const text = await readText(file);
  const parsed = parsePolicy(text, catalog);
  if (!parsed.ok) throw new Failure(drawDiagnostics(file, text, parsed.error));
  const policy = parsed.value;
  return { policy, title: policy.name === "" ? file : policy.name, showClause };

  function showClause(clause: Clause | null): ShownClause {
    if (clause === null) return { clause: `default ${showAction(policy.default)}`, line: null };
    const line = clause.at === null ? null : positionOf(text, clause.at.start).line;
    return { clause: printClause(clause, catalog), line };
  }
}

async function readText(file: string): Promise<string> {
  try {
    return decode(file, await readBytes(file));
  } catch (error) {
    const reason = systemReason(error);
    if (reason === null || error instanceof Failure) throw error;
    throw new Failure(`gatehouse: ${printable(file)}: the policy cannot be read: ${reason}`);
  }
}

async function readBytes(file: string): Promise<Uint8Array> {
  // The size is asked first, so that of a file that is too large nothing is read; a pipe has none, so it is counted.
  if (file !== "-") {
    const found = await stat(file);
    if (found.isDirectory())
      throw new Failure(`gatehouse: ${printable(file)}: the policy cannot be read: it is a directory`);
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
  return new Failure(
    `gatehouse: ${printable(file)}: the policy is larger than ${number(LIMITS.policyBytes)} bytes, and so is none`,
    "a trace is given with --trace",
  );
}

function decode(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Failure(
      `gatehouse: ${printable(file)}: the policy is not text in UTF-8`,
      "a trace is given with --trace",
    );
  }
}
