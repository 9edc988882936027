// Every step that was recorded of the original code: the answer, the log, /proc and how many texts were read.

import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { filterEngineArray, filterEngineShipped, filterEngineV2 } from "@gatehouse/design-2010-filter-engine";
import { type AnsweredSequenceStep, readTaskSequence, runSequence } from "@gatehouse/scenarios";
import { describe, expect, test } from "vitest";

const shared = (name: string) =>
  new URL(`../../../../shared/data/task-side/${name}.jsonl.gz`, import.meta.url);

/** What a recording has of a step, beside what was asked. `assumed`: what the answer rests on. */
type RecordedStep = Partial<AnsweredSequenceStep> & { readonly assumed?: readonly string[] };
type Recorded = { readonly id: string; readonly steps: readonly RecordedStep[] };

function recordings(name: string): Recorded[] {
  const lines = gunzipSync(readFileSync(shared(name)))
    .toString("utf8")
    .trimEnd()
    .split("\n");
  return lines.map((line) => JSON.parse(line));
}

/** As far as the rules go: of the costs the texts that were read, and /proc where it was recorded. */
function compared({ answer, log = [], proc, cost }: RecordedStep, hasProc: boolean) {
  return { answer, log, parses: cost?.parses ?? 0, proc: hasProc ? proc : null };
}

function count<T>(counts: Map<T, number>, key: T): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

describe.skipIf(!existsSync(shared("v2")))("what was recorded (skipped where ../shared is absent)", () => {
  test.each([
    ["v2", filterEngineV2],
    ["shipped", filterEngineShipped],
    ["array", filterEngineArray],
  ])(
    "@%s answers each step as the original code did",
    (name, { task }) => {
      const skipped = new Map<string, number>();
      const assumed = new Map<string, number>();
      let steps = 0;
      for (const recorded of recordings(name)) {
        const read = readTaskSequence(recorded);
        if (!read.ok) throw new Error(`${recorded.id}: ${read.error}`);
        if ("skipped" in read.value) {
          count(skipped, read.value.skipped);
          continue;
        }
        const hasProc = recorded.steps.map((step) => step.proc !== undefined);
        const found = runSequence(read.value, task).map((step, i) => compared(step, hasProc[i] === true));
        const expected = recorded.steps.map((step, i) => compared(step, hasProc[i] === true));
        expect(found, recorded.id).toEqual(expected);
        steps += expected.length;
        for (const mark of recorded.steps.flatMap((step) => step.assumed ?? [])) count(assumed, mark);
      }
      expect({ steps, skipped: [...skipped].sort(), assumed: [...assumed].sort() }).toMatchSnapshot();
    },
    60_000,
  );
});
