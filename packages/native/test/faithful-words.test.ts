// The door to the faithful evaluators: what is no program is a TypeError, and what is one runs, however it was made.

import { linux618, linux2639 } from "@gatehouse/catalog";
import { Bitset, type EventFormat, newVerdicts } from "@gatehouse/core";
import { applyEventFilter, eventRecord, kernelEvent, recordFormatOf, writeRecord } from "@gatehouse/ftrace";
import { describe, expect, test } from "vitest";
import type { AnswerTable } from "../src/faithful/answer-table.js";
import { kernelFilterWords } from "../src/faithful/filter-words.js";
import { programWords, type Structure } from "../src/faithful/structures.js";
import { openAddon } from "../src/index.js";
import { eventsOf, filterable, filterText, generator, oneOf } from "./faithful-programs.js";

const addon = openAddon();
if (!addon.ok) test.skip(`the native back-end is not there: ${addon.error}`);
const MUTATIONS = process.env.GATEHOUSE_NIGHTLY ? 2_000_000 : 40_000;

describe.runIf(addon.ok)("the words of the faithful evaluators", () => {
  if (!addon.ok) return;
  const { load, judge, shape, setAnswers } = addon.value.faithful;

  test.each(["(fd == 1) (fd == 2)", "(fd == 1) (fd == 2 && count < 3)", "(fd == 2 || fd == 3) (count != 0)"])(
    "2.6.38 takes several expressions side by side, of which the last counts: %s",
    (text) => {
      const write = formatOf("write");
      const event = kernelEvent("2.6.38", recordFormatOf(write, "2.6.38"), { cpus: 1, symbols: new Map() });
      const { filter } = applyEventFilter(text, event, "perf");
      if (filter === null) throw new Error("2.6.38 takes it");
      const held = filter.hold();
      const words = [2, 1, linux2639.calls, 1, write.id, 1, ...kernelFilterWords(text, write, "2.6.38")];
      const chunk = eventsOf(generator(38), linux2639, [write], 500);
      const { allow, counts } = run(load(Uint32Array.from(words)), chunk);
      let asked = 0;
      for (let row = 0; row < chunk.length; row++) {
        const happened = chunk.at(row);
        if (happened.id !== write.id || happened.abi !== 0 || (chunk.known[row] ?? 0) !== 7) continue;
        asked++;
        const values = write.fields.map(({ name, slot }) => {
          const { high, low } = happened.value(slot);
          return [name, (BigInt(high) << 32n) | BigInt(low)] as const;
        });
        const record = eventRecord(writeRecord(recordFormatOf(write, "2.6.38"), new Map(values)));
        const walk = held.walk(record);
        expect(allow.get(row), `${happened}`).toBe(walk.match);
        expect(counts[3 * row + 1]).toBe(walk.steps.length);
      }
      expect(asked).toBeGreaterThan(200);
    },
  );

  test("connectives that lack an operand never hold, and 2.6.39 does not take them", () => {
    const write = formatOf("write");
    const one = kernelFilterWords("fd == 1", write, "2.6.38");
    // The same words, with `&&` behind the only comparison.
    const lacking = [...one.slice(0, 9), 2, ...one.slice(10), 1];
    expect(one[9]).toBe(1);
    const program = (kind: number) => Uint32Array.from([kind, 1, 307, 1, write.id, 1, ...lacking]);
    const chunk = eventsOf(generator(1), linux2639, [write], 200);
    const { allow } = run(load(program(2)), chunk);
    for (let row = 0; row < chunk.length; row++)
      if (chunk.event[row] === write.id) expect(allow.get(row)).toBe(false);
    expect(() => load(program(3))).toThrow(TypeError);
  });

  test(`${MUTATIONS} programs with words changed, cut or put in: refused or run, and nothing worse`, () => {
    const random = generator(7);
    const sources = sourcesOf();
    const chunk = eventsOf(random, linux618, filterable(linux618, true), 64);
    let taken = 0;
    for (let i = 0; i < MUTATIONS; i++) {
      const words = Array.from(oneOf(random, sources));
      for (let times = 1 + random(3); times > 0; times--) {
        const at = random(words.length);
        const word = oneOf(random, [
          0,
          1,
          2,
          7,
          8,
          72,
          80,
          255,
          4096,
          0xffff_ffff,
          random(2 ** 31),
          words[at] ?? 0,
        ]);
        const kind = random(8);
        words.splice(at, kind === 0 ? random(9) : kind === 1 ? 0 : 1, ...(kind === 0 ? [] : [word]));
      }
      let evaluator: ReturnType<typeof load>;
      try {
        evaluator = load(Uint32Array.from(words));
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
        continue;
      }
      taken++;
      expect(shape(evaluator).depth).toBeGreaterThanOrEqual(0);
      try {
        setAnswers(evaluator, 0, Uint8Array.of(1, 0));
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError); // it asks no table
      }
      try {
        run(evaluator, chunk);
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError); // it asks more tables
      }
    }
    expect(taken).toBeGreaterThan(MUTATIONS / 20);
  });

  test("no few words make it take much memory", () => {
    const all = Uint32Array.from([
      8,
      4096,
      ...Array.from({ length: 4096 }, () => [4096, 61_440, 0, 0]).flat(),
    ]);
    expect(() => load(all)).toThrow(TypeError);
  });

  test("whatever is handed over instead of what is asked for is a TypeError", () => {
    const evaluator = load(Uint32Array.from([1, 1, 64, 0xffff_ffff, 0]));
    const chunk = eventsOf(generator(3), linux2639, [], 64);
    const rows = Uint32Array.of(0xffff_ffff, 0xffff_ffff);
    const good: unknown[] = [
      evaluator,
      64,
      chunk.event,
      chunk.abi,
      chunk.known,
      chunk.task,
      new Uint32Array(1),
      rows,
      new Uint32Array(2),
      new Uint32Array(2),
      new Uint32Array(3 * 64),
      new Uint32Array(2 * 64),
      2,
      ...chunk.slots,
    ];
    const call = (args: readonly unknown[]) => Reflect.apply(judge, undefined, args);
    expect(() => call(good)).not.toThrow();
    const strangers = [
      undefined,
      null,
      -1,
      0.5,
      Number.NaN,
      65_537,
      "64",
      {},
      [],
      chunk,
      new Uint8Array(1),
      shape,
    ];
    for (let at = 0; at < good.length; at++) {
      for (const stranger of strangers) {
        const isOptional = at === 10 || at === 11 || at >= 13;
        if (isOptional && (stranger === undefined || stranger === null)) continue;
        const args = good.with(at, stranger);
        expect(() => call(args), `argument ${at}: ${String(stranger)}`).toThrow(TypeError);
      }
    }
    for (const stranger of [...strangers, new Uint32Array(0), new Uint16Array(5)])
      expect(() => Reflect.apply(load, undefined, [stranger]), String(stranger)).toThrow(TypeError);
    for (const stranger of strangers)
      expect(() => Reflect.apply(shape, undefined, [stranger])).toThrow(TypeError);
    expect(() => Reflect.apply(setAnswers, undefined, [evaluator, 0, Uint8Array.of(1)])).toThrow(TypeError);
  });

  function run(evaluator: ReturnType<typeof load>, chunk: ReturnType<typeof eventsOf>) {
    const { allow, known } = newVerdicts(chunk.length);
    const counts = new Uint32Array(3 * chunk.length);
    const visited = new Uint32Array(chunk.length);
    judge(
      evaluator,
      chunk.length,
      chunk.event,
      chunk.abi,
      chunk.known,
      chunk.task,
      Uint32Array.of(0),
      Bitset.ones(chunk.length).words,
      allow.words,
      known.words,
      counts,
      visited,
      1,
      ...chunk.slots,
    );
    return { allow, counts };
  }
});

function formatOf(name: string): EventFormat {
  const format = linux2639.byName(name);
  if (format === undefined) throw new Error(`no ${name}`);
  return format;
}

/** A program of every design in every structure. */
function sourcesOf(): readonly Uint32Array[] {
  const random = generator(618);
  const mask = { length: 307, words: Uint32Array.from({ length: 10 }, () => random(2 ** 32)) };
  const engine = (isNew: boolean) => {
    const formats = filterable(isNew ? linux618 : linux2639).slice(0, 12);
    return {
      filters: formats.map((format) => ({
        nr: format.id,
        filter: random(4) === 0 ? "1" : filterText(random, format, isNew ? "6.18" : "2011"),
      })),
    };
  };
  const events = (isVision: boolean) => {
    const formats = filterable(isVision ? linux618 : linux2639, isVision).slice(-12);
    return {
      events: formats.map((format) => ({
        event: `${format.system}:${format.event}`,
        filter: random(4) === 0 ? null : filterText(random, format, isVision ? "extended" : "2011"),
      })),
    };
  };
  const held: readonly [string, Structure, unknown, typeof linux618][] = [
    ["bitmask-2009@and", "bitmap", mask, linux2639],
    ["bitmask-2009@and", "list", mask, linux2639],
    ["filter-engine-2010@v2", "hash", engine(false), linux2639],
    ["filter-engine-2010@v2", "hash-2.6.38", engine(false), linux2639],
    ["filter-engine-2010@shipped", "chain", engine(false), linux2639],
    ["filter-engine-2010@shipped", "btree", engine(false), linux2639],
    ["filter-engine-2010@shipped", "index", engine(false), linux2639],
    ["filter-engine-2010@corrected", "hash", engine(true), linux618],
    ["event-filters-2011@poc", "events", events(false), linux2639],
    ["event-filters-2011@vision", "events", events(true), linux618],
  ];
  return held.map(([id, structure, program, catalog]) => {
    const tables: AnswerTable[] = [];
    const words = programWords(
      id,
      structure,
      { sections: [], programs: [program] },
      { catalog, depth: 2, foreign: 1, tables },
    );
    return words;
  });
}
