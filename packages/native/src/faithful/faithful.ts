// A design whose programs are held and looked at as its patch's kernel code did: what a decision would have cost then.
//
//   faithful(filterEngineV2)                                     filter-engine-2010@v2@faithful: 16 buckets, 2.6.39's trees
//   faithful(filterEngineShipped, { structure: "btree" })        filter-engine-2010@shipped@faithful-btree
//   faithful(filterEngineShipped, { depth: 32 })                 as a task whose 31 ancestors set the same program
//   faithful(eventFiltersPoc, { foreign: 10 })                   beside ten events of others on every tracepoint
//
// Verdicts, predicates and steps are the reference's, but that event filters go on past the first that matches, as perf's
// list is walked to its end. Bytes are those of the structure, where the reference counts every
// filter in 6.18's form. A comparison with the number of the call itself (`nr == 1`), which the reference decides when it
// loads, is a predicate here as it was in the kernel.

import {
  Bitset,
  type Catalog,
  type Chunk,
  type Design,
  type Filter,
  fail,
  newVerdicts,
  type Result,
  sectionSet,
  succeed,
  type Verdicts,
} from "@gatehouse/core";
import { openAddon } from "../addon.js";
import type { AnswerTable } from "./answer-table.js";
import type { Evaluator, FaithfulCalls, Shape } from "./calls.js";
import { allOf, type Columns, rowOf } from "./columns.js";
import { isPerTask, programWords, type Structure, structuresOf } from "./structures.js";

export type FaithfulOptions = {
  /** The design's own, or for `shipped` the last, where nothing is said. */
  readonly structure?: Structure;
  /** How many tasks in descent set the program: for `chain`, which keeps the set of each. At most 1024. */
  readonly depth?: number;
  /** How many events of others hang on each tracepoint that the program uses: for `events`. At most 10,000. */
  readonly foreign?: number;
};

/** What evaluations of the rows of a chunk looked at. */
export type Counts = {
  /** Three numbers a row: predicates, steps, bytes. */
  readonly counts: Uint32Array;
  /** Per row `visitedWords` words: a bit for each entry of the filters that were run, in order. */
  readonly visited: Uint32Array;
  readonly visitedWords: number;
};

export interface FaithfulFilter<P = unknown> extends Filter<P> {
  readonly shape: Shape;
  /** `evaluateAll`, and what it looked at. `visitedWords`: how many words there are for each row's entries. */
  count(chunk: Chunk, rows: Bitset, verdicts: Verdicts, visitedWords?: number): Counts;
}

export interface FaithfulDesign<P = unknown> extends Design<P> {
  load(program: P, catalog: Catalog): FaithfulFilter<P>;
}

/** Where there is none the reason: the addon is not there, or the design was not held so. */
export function faithful<P>(
  design: Design<P>,
  options: FaithfulOptions = {},
): Result<FaithfulDesign<P>, string> {
  const addon = openAddon();
  if (!addon.ok) return addon;
  const [own, ...others] = structuresOf(design.id);
  if (own === undefined) return fail(`${design.id} is no design that was posted`);
  const { structure = own, depth = 1, foreign = 0 } = options;
  if (structure !== own && !others.includes(structure))
    return fail(`${design.id} was not held as ${structure}`);
  if (depth !== 1 && structure !== "chain") return fail(`a ${structure} keeps one set, not ${depth}`);
  if (!Number.isInteger(depth) || depth < 1 || depth > MAX_DEPTH) {
    return fail(`${depth} is no number of sets from 1 to ${MAX_DEPTH}`);
  }
  if (foreign !== 0 && structure !== "events") return fail(`a ${structure} sees no events of others`);
  if (!Number.isInteger(foreign) || foreign < 0 || foreign > MOST_FOREIGN)
    return fail(`${foreign} is no number of events from 0 to ${MOST_FOREIGN}`);
  const calls = addon.value.faithful;
  return succeed({
    ...design,
    id: `${design.id}@faithful${structure === own ? "" : `-${structure}`}${depth === 1 ? "" : `-${depth}`}${foreign === 0 ? "" : `-${foreign}`}`,
    load(program, catalog) {
      // It also refuses what is no program of this catalog.
      const reference = design.load(program, catalog);
      if (!isPerTask(program)) throw new TypeError(`this is no program of ${design.id}`);
      const tables: AnswerTable[] = [];
      const words = programWords(design.id, structure, program, { catalog, depth, foreign, tables });
      return {
        ...reference,
        ...evaluation({ calls, evaluator: calls.load(words), sections: program.sections, tables }),
      };
    },
  });
}

/** Of inherited sets: as many as cpp/core/shipped.cc takes. */
const MAX_DEPTH = 1024;

const MOST_FOREIGN = 10_000;

type Loaded = {
  readonly calls: FaithfulCalls;
  readonly evaluator: Evaluator;
  readonly sections: readonly string[];
  readonly tables: readonly AnswerTable[];
};

type Evaluation = Pick<FaithfulFilter, "evaluate" | "evaluateAll" | "touched" | "count" | "shape">;

function evaluation(loaded: Loaded): Evaluation {
  const count: FaithfulFilter["count"] = (chunk, rows, verdicts, visitedWords = 0) => {
    const counts = newCounts(chunk.length, visitedWords);
    judge(loaded, allOf(chunk), rows, verdicts, counts);
    return counts;
  };
  return {
    shape: loaded.calls.shape(loaded.evaluator),
    evaluate(event) {
      const verdicts = newVerdicts(1);
      judge(loaded, rowOf(event), Bitset.ones(1), verdicts, null);
      return !verdicts.known.get(0) ? "unknown" : verdicts.allow.get(0) ? "allow" : "deny";
    },
    evaluateAll: (chunk, rows, verdicts) => judge(loaded, allOf(chunk), rows, verdicts, null),
    touched(event) {
      const counts = newCounts(1, 0);
      judge(loaded, rowOf(event), Bitset.ones(1), newVerdicts(1), counts);
      const [predicates = 0, , bytes = 0] = counts.counts;
      return { predicates, bytes };
    },
    count,
  };
}

function newCounts(rows: number, visitedWords: number): Counts {
  return { counts: new Uint32Array(3 * rows), visited: new Uint32Array(visitedWords * rows), visitedWords };
}

function judge(
  { calls, evaluator, sections, tables }: Loaded,
  columns: Columns,
  rows: Bitset,
  { allow, known }: Verdicts,
  counts: Counts | null,
): void {
  for (const [i, table] of tables.entries())
    if (table.update(columns.dictionary)) calls.setAnswers(evaluator, i, table.answers);
  const which =
    sections.length === 0
      ? NO_SECTIONS
      : Uint32Array.from(columns.tasks, (task) => sectionSet(sections, task));
  calls.judge(
    evaluator,
    Math.min(rows.length, columns.length),
    columns.event,
    columns.abi,
    columns.known,
    columns.task,
    which,
    rows.words,
    allow.words,
    known.words,
    counts?.counts ?? null,
    counts?.visited ?? null,
    counts?.visitedWords ?? 0,
    ...columns.slots,
  );
}

const NO_SECTIONS = new Uint32Array(0);
