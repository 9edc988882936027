// A policy's text from a file or from standard input: bounded before it is read, and certainly text. It is `.gate`, or
// a seccomp profile of the container world, which is JSON and so begins with a brace.

import { nearestWord } from "@gatehouse/catalog";
import { type Catalog, type Clause, type Diagnostic, type Policy, showAction } from "@gatehouse/core";
import type { ShownClause } from "@gatehouse/harness";
import { CAPABILITIES, LIMITS, parseOci, parsePolicy, printClause } from "@gatehouse/policies";
import { drawDiagnostics, lineNumbers } from "./caret.js";
import { Failure } from "./failure.js";
import { notice } from "./terminal.js";
import { count, printable } from "./text.js";
import { isNone, type Limited, readWhole } from "./whole-file.js";

export type PolicyFile = {
  readonly policy: Policy;
  /** What to call it in a report. */
  readonly title: string;
  /** As it was read. */
  readonly text: string;
  showClause(clause: Clause | null): ShownClause;
};

/** `-`: standard input. `capabilities`: the container's, for a profile; null: what Docker gives. */
export async function readPolicy(
  file: string,
  catalog: Catalog,
  capabilities: readonly string[] | null = null,
): Promise<PolicyFile> {
  const text = await readText(file);
  const policy = isProfile(text)
    ? profilePolicy(file, text, catalog, capabilities)
    : gatePolicy(file, text, catalog, capabilities);
  const lineOf = lineNumbers(text);
  return { policy, title: policy.name === "" ? file : policy.name, text, showClause };

  function showClause(clause: Clause | null): ShownClause {
    if (clause === null) return { clause: `default ${showAction(policy.default)}`, line: null };
    const line = clause.at === null ? null : lineOf(clause.at.start);
    return { clause: printClause(clause, catalog), line };
  }
}

/** No line of `.gate` begins like this. */
function isProfile(text: string): boolean {
  return /^\ufeff?\s*\{/.test(text);
}

function gatePolicy(
  file: string,
  text: string,
  catalog: Catalog,
  capabilities: readonly string[] | null,
): Policy {
  if (capabilities !== null) throw new Failure("--caps is for a seccomp profile, which asks for them");
  const parsed = parsePolicy(text, catalog);
  if (!parsed.ok) throw new Failure(...drawDiagnostics(file, text, parsed.error));
  return parsed.value;
}

function profilePolicy(
  file: string,
  text: string,
  catalog: Catalog,
  capabilities: readonly string[] | null,
): Policy {
  const parsed = parseOci(
    text,
    catalog,
    capabilities === null ? {} : { capabilities: knownCapabilities(capabilities) },
  );
  if (!parsed.ok) throw new Failure(...drawDiagnostics(file, text, parsed.error));
  const { policy, unknown, notes } = parsed.value;
  sayUnknown(file, catalog, unknown);
  sayNotes(file, text, notes);
  return policy;
}

function knownCapabilities(names: readonly string[]): ReadonlySet<string> {
  const given = names.filter((name) => name !== "");
  const wrong = given.find((name) => !CAPABILITIES.includes(name));
  if (wrong === undefined) return new Set(given);
  const near = nearestWord(wrong, CAPABILITIES);
  const hint = near === null ? "" : `\nhint: did you mean \`${near}\`?`;
  throw new Failure(`there is no capability \`${printable(wrong)}\`${hint}`);
}

/** As many as fit a line or a screen; the others are counted. */
const NAMED = 6;
const NOTED = 20;

function sayUnknown(file: string, { title }: Catalog, unknown: readonly string[]): void {
  if (unknown.length === 0) return;
  const names = unknown.slice(0, NAMED).map((name) => `\`${name}\``);
  const more = unknown.length > NAMED ? ", …" : "";
  const calls = count(unknown.length, "call");
  notice(printable(`${file}: ${calls} that ${title} does not have: ${names.join(", ")}${more}`));
}

function sayNotes(file: string, text: string, notes: readonly Diagnostic[]): void {
  drawDiagnostics(file, text, notes.slice(0, NOTED)).forEach(notice);
  if (notes.length > NOTED) notice(`${printable(file)}: and ${count(notes.length - NOTED, "note")} more`);
}

async function readText(file: string): Promise<string> {
  const bytes = await readWhole(file, LIMITED);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw isNone(file, LIMITED, "it is not text in UTF-8");
  }
}

const LIMITED: Limited = {
  what: "policy",
  maxBytes: LIMITS.policyBytes,
  hint: "a trace is given with --trace",
};
