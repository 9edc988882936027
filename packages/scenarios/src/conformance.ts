// The suite that every Design passes, a wrapped one as well: it is part of the interface. A design's own test is
//
//   conformance(bitmaskAnd, linux618);

import {
  ALLOW,
  applyRules,
  Bitset,
  type Catalog,
  type Chunk,
  type Compilation,
  type Design,
  decide,
  type Fails,
  type Filter,
  impossible,
  isExempted,
  KILL,
  newVerdicts,
  type PerTask,
  type Policy,
  type Predicate,
  type Rules,
  sectionSet,
  TraceEvent,
  type Verdict,
} from "@gatehouse/core";
import { impossiblePredicates, policyAndEvents } from "@gatehouse/policies/arbitrary";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scenarios } from "./corpus.js";

type Answer = Verdict | "unknown";

const DIRECTIONS: readonly Fails[] = ["closed", "open"];

export function conformance<P>(design: Design<P>, catalog: Catalog): void {
  describe.each(DIRECTIONS)(`${design.id}, failing %s`, (fails) => {
    test.each(scenarios(catalog).map((scenario) => [scenario.name, scenario] as const))(
      "%s",
      (_name, scenario) => {
        const compiled = design.compile(scenario.policy, catalog, fails);
        if (compiled.kind === "inexpressible") {
          expect(compiled.lost.map((loss) => loss.fails)).toContain(fails === "open" ? "closed" : "open");
          return;
        }
        const filter = design.load(compiled.program, catalog);
        const events = rowsOf(scenario.chunk);
        const expected = unlessExempted(compiled, events, scenario.expected);
        const answers = events.map((event) => filter.evaluate(event));
        if (compiled.kind === "exact") expect(answers).toEqual(expected);
        else expect(wrongWay(answers, expected, fails)).toEqual([]);
        expect(disagreements(design, filter, catalog, scenario.chunk)).toEqual([]);
      },
    );

    test("generated policies: exact means equal, an approximation errs in its one direction", () => {
      fc.assert(
        fc.property(policyAndEvents(catalog), ({ policy, chunk }) => {
          const compiled = design.compile(policy, catalog, fails);
          if (compiled.kind === "inexpressible") return;
          const filter = design.load(compiled.program, catalog);
          const events = rowsOf(chunk);
          const decided = events.map((event) => decide(policy, event).verdict);
          const expected = unlessExempted(compiled, events, decided);
          const answers = events.map((event) => filter.evaluate(event));
          if (compiled.kind === "exact") expect(answers).toEqual(expected);
          else expect(wrongWay(answers, expected, fails)).toEqual([]);
          expect(disagreements(design, filter, catalog, chunk)).toEqual([]);
        }),
        { seed: 20110526, numRuns: 150 },
      );
    });
  });

  test(`${design.id} refuses what no event can be asked`, () => {
    const judged = catalog.formats.filter(({ kind }) => kind !== "task");
    const made = fc
      .constantFrom(...judged)
      .chain((format) => fc.record({ format: fc.constant(format), predicate: impossiblePredicates(format) }));
    fc.assert(
      fc.property(made, ({ format, predicate }) => {
        const reason = impossible(predicate, format);
        expect(reason).not.toBe(null);
        expect(() => design.compile(policyAsking(format.name, predicate), catalog)).toThrow(
          new RangeError(reason ?? ""),
        );
      }),
      { seed: 20110526, numRuns: 150 },
    );
  });
}

/**
 * What the reference evaluation of a design reads is what `touched` says. A watcher of its own counts the columns of the event;
 * what is left belongs to the program, so events on which the evaluation takes the same steps leave the same.
 */
export function readsWhatItSays<P>(design: Design<P>, catalog: Catalog): void {
  test(`${design.id} reads what it says`, () => {
    fc.assert(
      fc.property(policyAndEvents(catalog), ({ policy, chunk }) => {
        const compiled = design.compile(policy, catalog);
        if (compiled.kind === "inexpressible") return;
        const filter = design.load(compiled.program, catalog);
        const left = new Map<string, number>();
        for (const event of rowsOf(chunk)) {
          const steps = filter.steps(event);
          const { predicates, bytes } = filter.touched(event);
          expect([0, steps.filter(({ text }) => !/^no filter$|^0$/.test(text)).length]).toContain(predicates);
          const way = JSON.stringify([event.abi, event.id, sectionSet([], event.task), predicates, steps]);
          const rest = bytes - bytesRead(filter, event);
          expect(rest).toBeGreaterThanOrEqual(0);
          expect([way, rest]).toEqual([way, left.get(way) ?? rest]);
          left.set(way, rest);
        }
      }),
      { seed: 20110526, numRuns: 150 },
    );
  });
}

/** Bytes of the event's columns that one evaluation reads, each column once. */
function bytesRead(filter: Pick<Filter, "evaluate">, { chunk, row }: TraceEvent): number {
  const read = new Map<object, number>();
  const watched = <T extends object>(column: T, bytes: number): T =>
    new Proxy(column, {
      get(words, index) {
        if (typeof index === "string" && /^\d+$/.test(index)) read.set(column, bytes);
        return Reflect.get(words, index, words);
      },
    });
  const columns: Chunk = Object.create(chunk, {
    event: { value: watched(chunk.event, 2) },
    abi: { value: watched(chunk.abi, 1) },
    slots: { value: chunk.slots.map((words) => watched(words, 8)) },
  });
  filter.evaluate(new TraceEvent(columns, row));
  return [...read.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function policyAsking(event: string, condition: Predicate): Policy {
  const clause = { action: ALLOW, event, condition, task: null, at: null };
  return { name: "", default: KILL, labels: [], clauses: [clause] };
}

/** What is expected where the compilation says which calls pass whatever the policy says. */
function unlessExempted(
  compiled: Compilation<unknown>,
  events: readonly TraceEvent[],
  expected: readonly Answer[],
): Answer[] {
  return expected.map((answer, row) => {
    const event = events[row];
    return event !== undefined && isExempted(compiled, event) ? "allow" : answer;
  });
}

/** The rows whose answer errs in the direction that was ruled out. */
function wrongWay(answers: readonly Answer[], expected: readonly Answer[], fails: Fails): number[] {
  const forbidden = fails === "open" ? "deny" : "allow";
  const other = fails === "open" ? "allow" : "deny";
  return answers.flatMap((answer, row) => (answer === forbidden && expected[row] === other ? [row] : []));
}

/** Where the ways to ask one program disagree: its native text read back, in bulk, and lowered. */
function disagreements<P>(design: Design<P>, filter: Filter<P>, catalog: Catalog, chunk: Chunk): string[] {
  const read = design.parse(design.print(filter.program, catalog), catalog);
  if (!read.ok) return [`the native form does not parse: ${read.error[0]?.message}`];
  const again = design.load(read.value, catalog);
  const verdicts = newVerdicts(chunk.length);
  filter.evaluateAll(chunk, Bitset.ones(chunk.length), verdicts);
  const lowered = filter.lower();
  return rowsOf(chunk).flatMap((event, row) => {
    const answer = filter.evaluate(event);
    const others: Readonly<Record<string, Answer>> = {
      "read back": again.evaluate(event),
      "in bulk": !verdicts.known.get(row) ? "unknown" : verdicts.allow.get(row) ? "allow" : "deny",
      lowered: applyRules(rulesFor(lowered, event), event),
    };
    return Object.entries(others).flatMap(([how, other]) =>
      other === answer ? [] : [`${event}: ${answer}, ${how} ${other}`],
    );
  });
}

function rulesFor({ sections, programs }: PerTask<Rules>, event: TraceEvent): Rules {
  const rules = programs[sectionSet(sections, event.task)];
  if (rules === undefined) throw new RangeError("no rules for the task's sections");
  return rules;
}

function rowsOf(chunk: Chunk): TraceEvent[] {
  return Array.from({ length: chunk.length }, (_, row) => chunk.at(row));
}
