// What every back-end has to show beside the suite of designs: on many generated policies and many events each it
// answers as the reference does, in bulk and one by one, a row in three left out.
//
//   backEnd(native, [bitmaskAnd, filterEngineCorrected, eventFiltersVision], linux618, 10_000);

import {
  type Backend,
  Bitset,
  type Catalog,
  type Chunk,
  type Design,
  type Filter,
  newVerdicts,
  on,
} from "@gatehouse/core";
import { policies } from "@gatehouse/policies/arbitrary";
import fc from "fast-check";
import { expect, test } from "vitest";
import { eventsNear } from "./events.js";

/** Events for each policy. */
const ROWS = 1_000;

/** Rows between two that are also asked about one by one. */
const STRIDE = 37;

/** Pages of a run: so many policies are one property, so that a failure shrinks within it and a hung one is seen. */
const PAGE = 1_000;

/** `runs`: how many policies, each put to the design after next in turn. */
export function backendConformance(
  backend: Backend,
  designs: readonly Design[],
  catalog: Catalog,
  runs: number,
): void {
  const pages = Array.from({ length: Math.ceil(runs / PAGE) }, (_, page) => page);
  test.each(pages)(
    `${backend.name}: ${Math.min(PAGE, runs)} policies × ${ROWS} events as the reference, seed 20110526 + %d`,
    (page) => {
      fc.assert(
        fc.property(policies(catalog), fc.constantFrom(...designs), fc.nat(), (policy, design, seed) => {
          const compiled = design.compile(policy, catalog);
          fc.pre(compiled.kind !== "inexpressible");
          const chunk = eventsNear(policy, catalog, ROWS, seed);
          const reference = design.load(compiled.program, catalog);
          const loaded = on(backend, design).load(compiled.program, catalog);
          expect(differences(reference, loaded, chunk)).toEqual([]);
        }),
        { seed: 20110526 + page, numRuns: Math.min(PAGE, runs), maxSkipsPerRun: 10 },
      );
    },
  );
}

/** Rows on which a filter answers otherwise than the reference. */
function differences(reference: Filter, other: Filter, chunk: Chunk): string[] {
  const rows = Bitset.ones(chunk.length);
  for (let word = 0; word < rows.words.length; word++)
    rows.words[word] = (rows.words[word] ?? 0) & 0x6db6_db6d;
  const [expected, found] = [reference, other].map((filter) => {
    const verdicts = newVerdicts(chunk.length);
    filter.evaluateAll(chunk, rows, verdicts);
    return verdicts;
  });
  if (expected === undefined || found === undefined) return ["no verdicts"];
  const answer = (verdicts: typeof expected, row: number) =>
    !verdicts.known.get(row) ? "unknown" : verdicts.allow.get(row) ? "allow" : "deny";
  const wrong: string[] = [];
  for (let word = 0; word < rows.words.length; word++) {
    const same =
      expected.known.words[word] === found.known.words[word] &&
      expected.allow.words[word] === found.allow.words[word];
    for (let row = 32 * word; !same && row < Math.min(32 * word + 32, chunk.length); row++) {
      const [wanted, given] = [answer(expected, row), answer(found, row)];
      if (wanted !== given || expected.allow.get(row) !== found.allow.get(row))
        wrong.push(`row ${row}, ${chunk.at(row)}: ${wanted}, in bulk ${given}`);
    }
  }
  for (let row = 0; row < chunk.length; row += STRIDE) {
    const event = chunk.at(row);
    const [wanted, given] = [reference.evaluate(event), other.evaluate(event)];
    if (wanted !== given) wrong.push(`row ${row}, ${event}: ${wanted}, one by one ${given}`);
  }
  return wrong;
}
