// The bulk tier against `applyRules`.

import { Bitset, type Lowered, TraceEvent } from "@gatehouse/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nativeBackend } from "../src/index.js";
import { answers, catalog, chunkOf, eventIds, lowered, plain, someRows } from "./rules.js";

const backend = nativeBackend();
const runs = process.env.GATEHOUSE_NIGHTLY ? 20_000 : 500;

describe.skipIf(!backend.ok)(`the bulk tier${backend.ok ? "" : ` (skipped: ${backend.error})`}`, () => {
  const load = (rules: Lowered) => {
    if (!backend.ok) throw new Error(backend.error);
    return backend.value.load(rules, catalog);
  };

  const shape = fc.record({
    rows: fc.constantFrom(0, 1, 31, 32, 33, 63, 64, 65, 127, 300, 1023, 1024, 1025, 1100),
    seed: fc.nat(),
    kinds: fc.constantFrom(1, 2, 3, eventIds.length),
    otherEntry: fc.constantFrom(0, 16),
    unknown: fc.constantFrom(0, 8, 128),
    slots: fc.constantFrom(6, 8),
  });

  test("answers as the plain reading does, in bulk and one by one", () => {
    fc.assert(
      fc.property(lowered, shape, fc.boolean(), (rules, its, every) => {
        const chunk = chunkOf(its);
        const rows = every ? Bitset.ones(its.rows) : someRows(its.rows, its.seed);
        const native = load(rules);
        const expected = plain(rules);
        expect(answers(native, chunk, rows)).toEqual(answers(expected, chunk, rows));
        const event = new TraceEvent(chunk, 0);
        for (event.row = 0; event.row < its.rows; event.row += 17)
          expect(native.evaluate(event)).toBe(expected.evaluate(event));
      }),
      { seed: 20110526, numRuns: runs },
    );
  });
});
