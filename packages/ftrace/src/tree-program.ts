// What 2.6.39 holds: the predicates in one array, in postfix order, linked to a tree that is walked lazily. A connective
// folds where both its sides are comparisons or folded by the same connective: its comparisons are then one loop.
//
//   a && b && c || d && e
//
//   0 a   1 b   2 &&(0,1)   3 c   4 &&(2,3) folded 0 1 3   5 d   6 e   7 &&(5,6) folded 5 6   8 ||(4,7)

import type { KernelFilter, PostfixStep, TreeEntry, TreeProgram, Walk } from "./kernel-filter.js";
import { patterns2011 } from "./pattern.js";
import type { EventRecord } from "./record.js";
import { type RecordTest, recordTest } from "./record-test.js";

/** Of which 256 are for a pattern, in a number's too. */
const PREDICATE_BYTES = 320;
const FOLDED_BYTES = 2;

/** `steps`: one expression, so that the last is its root. */
export function holdTree(steps: readonly PostfixStep[]): KernelFilter {
  const program = linked(steps);
  const { entries, root } = program;
  const tests: (RecordTest | null)[] = entries.map((entry) =>
    entry.kind === "comparison" ? recordTest(entry.comparison, patterns2011) : null,
  );
  const testAt = (at: number) => {
    const test = tests[at];
    if (test === undefined || test === null) throw new RangeError(`entry ${at} is no comparison`);
    return test;
  };
  const folded = entries.reduce((count, entry) => count + (entry.folded?.length ?? 0), 0);
  return {
    dialect: "2.6.39",
    program,
    bytes: entries.length * PREDICATE_BYTES + folded * FOLDED_BYTES,
    matches: compose(entries, root, testAt),
    walk: (record) => walk(program, testAt, record),
  };
}

/** The links, by entry. */
type Links = Record<"left" | "right" | "parent", (number | null)[]>;

function linked(steps: readonly PostfixStep[]): TreeProgram {
  const none = () => steps.map(() => null);
  const links: Links = { left: none(), right: none(), parent: none() };
  const stack: number[] = [];
  for (const [at, { kind }] of steps.entries()) {
    if (kind !== "comparison") {
      const [right, left] = [stack.pop(), stack.pop()];
      if (right === undefined || left === undefined) throw new Error("the steps are no expression");
      links.left[at] = left;
      links.right[at] = right;
      links.parent[left] = at;
      links.parent[right] = at;
    }
    stack.push(at);
  }
  const folds = foldable(steps, links);
  const entries = steps.map((step, at): TreeEntry => {
    const { left, right, parent } = linksOf(links, at);
    const isInside = parent !== null && folds[parent] !== null;
    const isFolded = step.kind !== "comparison" && folds[at] !== null && !isInside;
    return { ...step, left, right, parent, folded: isFolded ? leavesBelow(links, at) : null };
  });
  return { kind: "tree", entries, root: steps.length - 1 };
}

function linksOf({ left, right, parent }: Links, at: number) {
  return { left: left[at] ?? null, right: right[at] ?? null, parent: parent[at] ?? null };
}

/** By entry: what it could be a part of. A comparison takes any connective. */
function foldable(steps: readonly PostfixStep[], links: Links): (PostfixStep["kind"] | null)[] {
  const folds: (PostfixStep["kind"] | null)[] = [];
  for (const [at, { kind }] of steps.entries()) {
    const { left, right } = linksOf(links, at);
    const fits = (side: number | null) =>
      side === null || folds[side] === "comparison" || folds[side] === kind;
    folds.push(fits(left) && fits(right) ? kind : null);
  }
  return folds;
}

/** From left to right. */
function leavesBelow(links: Links, top: number): number[] {
  const leaves: number[] = [];
  const waiting = [top];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const { left, right } = linksOf(links, at);
    if (left === null || right === null) leaves.push(at);
    else waiting.push(right, left);
  }
  return leaves;
}

/** A part of the tree as one function. The kernel walks instead: down, up from the left, up from the right. */
function compose(entries: readonly TreeEntry[], at: number, testAt: (at: number) => RecordTest): RecordTest {
  const entry = entries[at];
  if (entry === undefined) throw new RangeError(`a filter's tree has no entry ${at}`);
  const { kind, left, right, folded } = entry;
  if (kind === "comparison") return testAt(at);
  const decides = kind === "||";
  if (folded !== null) {
    const tests = folded.map(testAt);
    return (record) => {
      for (const test of tests) if (test(record) === decides) return decides;
      return !decides;
    };
  }
  if (left === null || right === null) throw new Error(`entry ${at} has nothing below it`);
  const [first, second] = [compose(entries, left, testAt), compose(entries, right, testAt)];
  return decides ? (record) => first(record) || second(record) : (record) => first(record) && second(record);
}

/** The comparisons that are asked, in order. */
function walk(program: TreeProgram, testAt: (at: number) => RecordTest, record: EventRecord): Walk {
  const steps: { entry: number; value: boolean }[] = [];
  const watched = (entry: number): RecordTest => {
    const test = testAt(entry);
    return () => {
      const value = test(record);
      steps.push({ entry, value });
      return value;
    };
  };
  return { match: compose(program.entries, program.root, watched)(record), steps };
}
