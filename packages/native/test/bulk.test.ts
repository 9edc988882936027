// The bulk tier against `applyRules`.

import {
  Bitset,
  type Branch,
  hex,
  type Lowered,
  newVerdicts,
  type Rules,
  type SlotTest,
  type Target,
  TraceEvent,
  u64,
} from "@gatehouse/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nativeBackend } from "../src/index.js";
import {
  answers,
  catalog,
  chunkOf,
  eventIds,
  lowered,
  newDictionary,
  numbers,
  plain,
  rule,
  someRows,
} from "./rules.js";

const backend = nativeBackend();
const { GATEHOUSE_NIGHTLY, GATEHOUSE_FULL } = process.env;
const runs = GATEHOUSE_NIGHTLY ? 20_000 : 500;
const isFull = Boolean(GATEHOUSE_NIGHTLY ?? GATEHOUSE_FULL);

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
    narrow: fc.constantFrom(0, 0, 0b1101_0110, 0xff),
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

  // A block has 2,048 rows and a word 64; a program runs over a block or over gathered rows, as many as it has there.
  test.each([64, 2047, 2048, 2049, 4096 + 33, 65_535, 65_536])(
    "%i rows, of one event, of few and of many",
    (rows) => {
      for (const kinds of [1, 2, 5, eventIds.length]) {
        const [rules] = fc.sample(lowered, { seed: rows + kinds, numRuns: 1 });
        if (rules === undefined) throw new Error("no rules");
        const chunk = chunkOf({ rows, seed: rows * kinds, kinds, narrow: kinds === 5 ? 0b1010 : 0 });
        const judged = kinds === 2 ? someRows(rows, 1) : Bitset.ones(rows);
        expect(answers(load(rules), chunk, judged)).toEqual(answers(plain(rules), chunk, judged));
      }
    },
  );

  // Of one event a chunk goes by stretches of 8,192 rows, or fewer where its program is long.
  test.each([2112, 8191, 8192, 8256, ...(isFull ? [20_000, 65_536] : [])])(
    "%i rows of one event, with nothing else among them or a little",
    (rows) => {
      const others = { otherCalls: "deny", otherEvents: "allow", otherEntry: "deny" } as const;
      const judged = [Bitset.ones(rows), someRows(rows, rows)];
      for (const [i, its] of fc.sample(rule, { seed: rows, numRuns: 12 }).entries()) {
        // One program in three is so long that a stretch is a block.
        const long = i % 3 === 0 && typeof its !== "string" ? thenAgain(its, 40) : its;
        const rules = oneSet({ rules: new Map([[0, long]]), ...others });
        const chunk = chunkOf({
          rows,
          seed: i,
          unknown: 0,
          otherEntry: 0,
          narrow: [0, 0xff, 0b101][i % 3] ?? 0,
        });
        chunk.event.fill(0);
        for (const change of ["none", "known", "abi", "event"] as const) {
          // Some rows that have all slots but the first unknown, or another entry, or another event.
          const column = change === "none" ? null : chunk[change];
          const was = column?.slice();
          column?.fill(1, rows - 700, rows - 600);
          const found = judged.map((some) => answers(load(rules), chunk, some));
          expect(found, change).toEqual(judged.map((some) => answers(plain(rules), chunk, some)));
          if (was) column?.set(was);
        }
      }
    },
  );

  test("rare events among many: their rows are gathered, more than are kept at a time", () => {
    const branches = [{ test: equals(0, 1), whenTrue: "allow", whenFalse: "deny" }] as const;
    const rules = oneSet({ rules: new Map([0, 1, 2].map((id) => [id, branches])) });
    const chunk = chunkOf({ rows: 60_000, seed: 5, unknown: 40 });
    // One row in forty is about a call with a program: fewer than make it worth to run one over a block.
    for (let row = 0; row < chunk.length; row++) chunk.event[row] = row % 40 === 7 ? row % 3 : 300;
    const rows = Bitset.ones(chunk.length);
    const found = answers(load(rules), chunk, rows);
    expect(found).toEqual(answers(plain(rules), chunk, rows));
    expect(new Set(found)).toEqual(new Set(["a", "d", "?"]));
  });

  test("the tables of strings and label sets grow with the dictionary, and are made anew for another", () => {
    const holdsString = { kind: "string", slot: 0, op: "^=", value: "/etc" } as const;
    const holdsLabel = { kind: "labels", slot: 1, labels: ["etc_t"] } as const;
    const rules = oneSet({
      rules: new Map([
        [
          0,
          [
            { test: holdsString, whenTrue: 1, whenFalse: "deny" },
            { test: holdsLabel, whenTrue: "allow", whenFalse: "deny" },
          ],
        ],
      ]),
    });
    const native = load(rules);
    for (const [which, dictionary] of [newDictionary(), newDictionary()].entries()) {
      for (let entries = 0; entries < 100; entries += 9) {
        for (let i = 0; i < 9; i++) {
          dictionary.string(i % 2 === which ? `/etc/${entries + i}` : `/usr/${entries + i}`);
          dictionary.labels([`type_${entries + i}`, i % 2 === which ? "etc_t" : "usr_t"]);
        }
        const chunk = chunkOf({ rows: 200, seed: entries, unknown: 0, otherEntry: 0 }, dictionary);
        for (let row = 0; row < chunk.length; row++) {
          chunk.event[row] = 0;
          // Ids behind the end of the dictionary, and a high half that is not looked at.
          chunk.slots[0]?.set([row, row % 7], 2 * row);
          chunk.slots[1]?.set([(row * 3) % 150, 0], 2 * row);
        }
        const rows = Bitset.ones(chunk.length);
        expect(answers(native, chunk, rows)).toEqual(answers(plain(rules), chunk, rows));
        const event = new TraceEvent(chunk, 0);
        for (; event.row < chunk.length; event.row++)
          expect(native.evaluate(event)).toBe(plain(rules).evaluate(event));
      }
    }
  });

  test("a string that the dictionary does not have is the empty one", () => {
    const test = { kind: "string", slot: 0, op: "==", value: "" } as const;
    const rules = oneSet({ rules: new Map([[0, [{ test, whenTrue: "allow", whenFalse: "deny" }]]]) });
    const chunk = chunkOf({ rows: 3, seed: 1, unknown: 0, otherEntry: 0 });
    for (const [row, id] of [1, 0, 1_000_000].entries()) {
      chunk.event[row] = 0;
      chunk.slots[0]?.set([id, 0], 2 * row);
    }
    expect(answers(load(rules), chunk, Bitset.ones(3))).toEqual(["d", "a", "a"]);
  });

  test("sets bits and clears none, and judges no row that it is not asked about", () => {
    const rules = oneSet({ otherCalls: "deny" });
    const chunk = chunkOf({ rows: 70, seed: 3, otherEntry: 0 });
    chunk.event.fill(300);
    const verdicts = newVerdicts(70);
    for (const row of [1, 2, 69]) verdicts.allow.add(row);
    const rows = new Bitset(70);
    for (const row of [2, 68, 69]) rows.add(row);
    load(rules).evaluateAll(chunk, rows, verdicts);
    const members = (bits: Bitset) =>
      Array.from({ length: 70 }, (_, row) => row).filter((row) => bits.get(row));
    expect(members(verdicts.allow)).toEqual([1, 2, 69]);
    expect(members(verdicts.known)).toEqual([2, 68, 69]);
  });

  test.each([
    ["consecutive values", [1n, 2n, 3n]],
    ["values in disorder, some twice", [3n, 1n, 2n, 2n, 9n, 1n]],
    ["values at both ends", [(1n << 64n) - 1n, 0n, 1n]],
    ["every value that is near", [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n]],
  ])("a list of %s is one branch or several, and means the same", (_, values) => {
    const list = values.map((value, i) => ({
      test: equals(0, value),
      whenTrue: "allow" as const,
      whenFalse: i === values.length - 1 ? ("deny" as const) : i + 1,
    }));
    const rules = oneSet({ rules: new Map([[0, list]]) });
    const chunk = chunkOf({ rows: 300, seed: 4, otherEntry: 0 });
    chunk.event.fill(0);
    const rows = Bitset.ones(300);
    expect(answers(load(rules), chunk, rows)).toEqual(answers(plain(rules), chunk, rows));
  });

  test.each(numbers.flatMap((value) => [true, false].map((signed) => [hex(value), signed, value] as const)))(
    "below and at most %s, signed %s",
    (_, signed, value) => {
      const below = { kind: "below", slot: 0, signed, value } as const;
      const branches = [
        { test: below, whenTrue: "allow", whenFalse: 1 },
        { test: { kind: "equal", slot: 0, value }, whenTrue: "allow", whenFalse: "deny" },
      ] as const;
      const chunk = chunkOf({ rows: 300, seed: 6 });
      chunk.event.fill(0);
      const rows = Bitset.ones(300);
      const alone = [{ test: below, whenTrue: "allow", whenFalse: "deny" }] as const;
      for (const rule of [branches, alone]) {
        const rules = oneSet({ rules: new Map([[0, rule]]) });
        expect(answers(load(rules), chunk, rows)).toEqual(answers(plain(rules), chunk, rows));
      }
    },
  );

  test("rules that are too much for it are refused by name", () => {
    const branch = { test: equals(0, 1), whenTrue: "allow", whenFalse: "deny" } as const;
    const rules = oneSet({ rules: new Map([[0, new Array(65_537).fill(branch)]]) });
    expect(() => load(rules)).toThrow(/holding a program not of 1 to 65536 branches/);
  });
});

function oneSet(rules: Partial<Rules>): Lowered {
  const others = { otherCalls: "allow", otherEvents: "allow", otherEntry: null } as const;
  return { sections: [], programs: [{ rules: new Map(), ...others, ...rules }] };
}

/** The branches so many times over: those of each time deny, or leave it to the next. */
function thenAgain(branches: readonly Branch[], times: number): readonly Branch[] {
  return Array.from({ length: times }, (_, time) => {
    const at = time * branches.length;
    const turn = (target: Target): Target =>
      typeof target === "number"
        ? at + target
        : target === "deny" || time === times - 1
          ? target
          : at + branches.length;
    return branches.map(({ test, whenTrue, whenFalse }) => ({
      test,
      whenTrue: turn(whenTrue),
      whenFalse: turn(whenFalse),
    }));
  }).flat();
}

function equals(slot: number, value: number | bigint): SlotTest {
  return { kind: "equal", slot, value: u64(value) };
}
