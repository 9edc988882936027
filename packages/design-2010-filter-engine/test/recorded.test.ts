// The task side against answers that the original code gave: sequences of calls by several tasks, every step of them.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Design } from "@gatehouse/core";
import { type AnsweredSequenceStep, readSequence, runSequence } from "@gatehouse/scenarios";
import { describe, expect, test } from "vitest";
import { filterEngineArray, filterEngineShipped, filterEngineV2 } from "../src/index.js";

const FOLDER = join(import.meta.dirname, "../../../../shared/data/task-side");
const there = existsSync(FOLDER);

/** What rests on 2.6.39's b-tree, or on memory running out, is not modelled. */
const NOT_MODELLED = "btree-iteration";

type Recorded = {
  readonly id: string;
  readonly steps: readonly (AnsweredSequenceStep & { readonly assumed?: string; readonly op: string })[];
  readonly assumes?: readonly string[];
};

describe.skipIf(!there)(
  there ? "recorded answers" : "recorded answers: there is no folder shared/ beside the clone",
  () => {
    test.each([
      ["v2", filterEngineV2],
      ["shipped", filterEngineShipped],
      ["array", filterEngineArray],
    ] as const)("@%s answers every step as its code did", (file, design) => {
      const sequences = gunzipSync(readFileSync(join(FOLDER, `${file}.jsonl.gz`)))
        .toString("utf8")
        .trimEnd()
        .split("\n")
        .map((line): Recorded => JSON.parse(line));
      const found = sequences.map((sequence) => differences(design, sequence));
      expect(found.flatMap(({ differs }) => differs).slice(0, 5)).toEqual([]);
      const counted = (count: (one: (typeof found)[number]) => number) =>
        found.reduce((sum, one) => sum + count(one), 0);
      console.log(
        `@${file}: ${sequences.length} sequences, ${counted(({ steps }) => steps)} steps, of which ` +
          `${counted(({ assumed }) => assumed)} rest on an assumption; ${counted(({ skipped }) => skipped)} sequences not modelled`,
      );
    });
  },
);

function differences(design: Design, recorded: Recorded) {
  const none = { differs: [], steps: 0, assumed: 0, skipped: 1 };
  if (recorded.assumes?.includes(NOT_MODELLED)) return none;
  const sequence = readSequence(recorded);
  if (!sequence.ok) throw new SyntaxError(`${recorded.id}: ${sequence.error}`);
  const ran = runSequence(design, sequence.value);
  if (!ran.ok) throw new RangeError(`${recorded.id}: ${ran.error}`);
  const answered = ran.value;
  if ("skipped" in answered) return none;
  const differs = recorded.steps.flatMap((step, i) => {
    const found = answered.steps[i];
    const wanted = comparable(step, step);
    return JSON.stringify(comparable(found, step)) === JSON.stringify(wanted)
      ? []
      : [{ at: `${recorded.id}, step ${i}`, step, found: comparable(found, step), wanted }];
  });
  const assumed = recorded.steps.filter((step) => step.assumed !== undefined).length;
  return { differs, steps: recorded.steps.length, assumed, skipped: 0 };
}

/** What both have: of costs the texts that were parsed, and the file only where it was recorded. */
function comparable(step: AnsweredSequenceStep | undefined, { proc, op }: Recorded["steps"][number]) {
  return {
    answer: Object.entries(step?.answer ?? {}).sort(([a], [b]) => a.localeCompare(b)),
    log: step?.log ?? [],
    parses: op === "repeat" ? 0 : (step?.cost?.parses ?? 0),
    ...(proc === undefined ? {} : { proc: step?.proc }),
  };
}
