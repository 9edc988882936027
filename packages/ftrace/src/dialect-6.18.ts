// 6.18 around its language (parse-6.18.ts): what it trims, what its filter file shows, what it holds.

import { type ByteString, fail, type Result, succeed } from "@gatehouse/core";
import { branchesOf, follow, link } from "./branches.js";
import type { Comparison } from "./comparison.js";
import { isSpace } from "./ctype.js";
import { fields618 } from "./field-class.js";
import type { KernelDialect, KernelEvent, ParsedFilter } from "./kernel-dialect.js";
import { isKernelDiagnostic, type KernelDiagnostic } from "./kernel-errors.js";
import type { BranchEntry, KernelFilter, Walk } from "./kernel-filter.js";
import { parse618 } from "./parse-6.18.js";
import { patterns618 } from "./pattern.js";
import { ENTRY_BYTES, PATTERN_BYTES, PREDICATE_BYTES } from "./program.js";
import type { EventRecord } from "./record.js";
import { type RecordTest, recordTest } from "./record-test.js";
import { leavesOf, type Tree } from "./tree.js";

export const dialect618: KernelDialect = {
  fieldsOf: fields618,
  trim: trimEnd,
  parse,
  hasColumns: true,
  refusedText,
};

function trimEnd(text: ByteString): ByteString {
  let end = text.length;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}

function parse(text: ByteString, event: KernelEvent): Result<ParsedFilter, KernelDiagnostic> {
  const parsed = parse618(text, event);
  if (!parsed.ok) {
    if (isKernelDiagnostic(parsed.error)) return fail(parsed.error);
    throw new Error(`not the kernel's: ${parsed.error.message}`);
  }
  const tree = parsed.value;
  return succeed({ comparisons: () => leavesOf(tree), hold: () => hold(tree) });
}

/** Text, caret and message are put together in a buffer of this size: two pages less the buffer's own head. */
const BUFFER = 8156;

/** What does not fit into the buffer is left out, and all that would come behind it. */
function refusedText(text: ByteString, { reason, column }: KernelDiagnostic): ByteString {
  const parts =
    reason === null
      ? [text, "\nError: (0)\n"]
      : [text, `\n${" ".repeat(Math.min(column, text.length))}^`, `\nparse_error: ${reason}\n`];
  let stored = "";
  for (const part of parts) {
    if (stored.length + part.length >= BUFFER) break;
    stored += part;
  }
  return stored;
}

function hold(tree: Tree<Comparison>): KernelFilter {
  const entries: readonly BranchEntry[] = branchesOf(tree).map(({ leaf, when, target }) => ({
    comparison: leaf,
    when,
    target,
  }));
  const tests = entries.map(({ comparison }) => recordTest(comparison, patterns618));
  const first = link(entries, tests);
  return {
    dialect: "6.18",
    program: { kind: "branches", entries },
    bytes: entries.reduce((bytes, { comparison }) => bytes + bytesOf(comparison), 2 * ENTRY_BYTES),
    matches: (record) => follow(first, record),
    walk: (record) => walk(entries, tests, record),
  };
}

function bytesOf({ operand }: Comparison): number {
  return ENTRY_BYTES + PREDICATE_BYTES + (operand.kind === "string" ? PATTERN_BYTES : 0);
}

function walk(entries: readonly BranchEntry[], tests: readonly RecordTest[], record: EventRecord): Walk {
  const steps: { entry: number; value: boolean }[] = [];
  let at = 0;
  for (;;) {
    const entry = entries[at];
    const test = tests[at];
    if (entry === undefined || test === undefined) return { match: at === entries.length, steps };
    const value = test(record);
    steps.push({ entry: at, value });
    at = value === entry.when ? entry.target : at + 1;
  }
}
