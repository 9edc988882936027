// Every recorded evaluation: which records a filter let pass, or that the kernel refused it.

import { describe, expect, test } from "vitest";
import type { KernelDialectName } from "../src/dialect.js";
import { type Matches, matchRecords, withRaw } from "../src/match-records.js";
import { type RecordSet, readRecordSet } from "../src/record-set.js";
import { type Corpus, corpora } from "./corpus.js";

type Answer = string | { readonly errno: number; readonly msg?: string };
type Line = {
  readonly filter?: string;
  readonly raw?: string;
  readonly errno?: number;
  readonly match?: string;
  readonly both?: Answer;
  readonly v38?: Answer;
  readonly v39?: Answer;
};

const FILES: readonly (readonly [string, KernelDialectName, (line: Line) => Answer | undefined])[] = [
  ["eval-numeric-6.18", "6.18", recorded618],
  ["eval-strings-6.18", "6.18", recorded618],
  ["eval-boolean-6.18", "6.18", ({ match }) => (match === undefined ? undefined : bitsOf(match))],
  ["eval-2011", "2.6.38", ({ both, v38 }) => both ?? v38],
  ["eval-2011", "2.6.39", ({ both, v39 }) => both ?? v39],
];

describe.each(corpora.map((corpus) => [corpus.title, corpus] as const))("%s", (_, corpus) => {
  test.skipIf(corpus.isAbsent).each(FILES)(
    "in %s, over records in %s, are given again",
    (file, dialect, recorded) => {
      expect(mismatches(corpus, file, dialect, recorded)).toEqual([]);
    },
  );
});

function mismatches(
  corpus: Corpus,
  file: string,
  dialect: KernelDialectName,
  recorded: (line: Line) => Answer | undefined,
) {
  const formats = corpus.formats("formats-eval");
  const wrong: unknown[] = [];
  let set: RecordSet | null = null;
  for (const text of corpus.lines(file)) {
    const line: Line = JSON.parse(text);
    if (line.filter === undefined) {
      const read = readRecordSet(line, formats, dialect);
      if (!read.ok) throw new Error(read.error);
      set = read.value;
      continue;
    }
    const records: RecordSet | null = set !== null && line.raw !== undefined ? withRaw(set, line.raw) : set;
    if (records === null) throw new Error(`no records for ${text}`);
    const found = matchRecords(line.filter, records);
    const expected = recorded(line);
    if (!agree(found, expected)) wrong.push({ filter: line.filter, found, expected });
  }
  return wrong;
}

function recorded618({ match, errno }: Line): Answer | undefined {
  return errno === undefined ? match : { errno };
}

/** A number of 256 bits in hex: bit k is record k. */
function bitsOf(hex: string): string {
  const bits = BigInt(`0x${hex}`);
  return Array.from({ length: 256 }, (_, k) => ((bits >> BigInt(k)) & 1n).toString()).join("");
}

/** Without an expected answer everything is right: the line is another kernel's. */
function agree(found: Matches, expected: Answer | undefined): boolean {
  if (expected === undefined) return true;
  if (typeof expected === "string") return "match" in found && found.match === expected;
  if ("match" in found || found.errno !== expected.errno) return false;
  return expected.msg === undefined || found.msg === expected.msg;
}
