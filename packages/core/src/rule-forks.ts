// What a rule's branches become: forks. Branches only go forward, so from the last to the first all that one leads to is
// there when it is made.

import { SLOTS } from "./catalog.js";
import { CLOSER, ENDS, Fork, type LoneTest, MOST_TESTS } from "./forks.js";
import { type DictionaryTest, IdTable, isDictionaryTest } from "./id-table.js";
import type { Branch, SlotTest, Target } from "./lowered.js";
import { type Column, type HighTest, opposite, union, type WordTest, wordTests } from "./word-test.js";

/** One test, and where it leads: to a node made before it, by number, or to an end. */
type Node = { readonly test: Asked; readonly yes: Target; readonly no: Target };
type Asked = WordTest | HighTest | OneOf;

/** One of several tests of a dictionary's ids, the last one first. A list of thousands is put together link by link. */
type OneOf = {
  readonly kind: "one of";
  readonly column: Column;
  readonly test: DictionaryTest;
  readonly others: OneOf | null;
};

/** The first fork. `columns`: those of the slots. */
export function forksOf(rule: readonly Branch[], columns: readonly Column[]): Fork {
  const nodes: Node[] = [];
  const places: Target[] = [];
  const placeOf = (target: Target) => (typeof target === "number" ? (places[target] ?? "deny") : target);
  for (const [i, { test, whenTrue, whenFalse }] of [...rule.entries()].reverse()) {
    const yes = placeOf(whenTrue);
    places[i] = testsOf(test, columns).reduceRight<Target>(
      (no, each) => add(nodes, { test: each, yes, no }),
      placeOf(whenFalse),
    );
  }
  const start = forksFrom(placeOf(0), nodes);
  // Ends are shared by all rules, and each rule has needs of its own, even one whose tests never hold.
  const first = start.verdict === null ? start : new Fork(start.verdict, null, []);
  first.needs = rule.reduce((bits, { test }) => bits | needOf(test.slot), first.lone === null ? 0 : CLOSER);
  return first;
}

/** A slot that no event has is one that is never known. */
function needOf(slot: number): number {
  return slot < SLOTS ? 1 << slot : NEVER_KNOWN;
}

const NEVER_KNOWN = 1 << 30;

/** Asked together with the node behind it where that can be: of `fd == 1 || fd == 2`, or of a list of strings, one is left. */
function add(nodes: Node[], node: Node): number {
  const next = typeof node.no === "number" ? nodes[node.no] : undefined;
  const test = next?.yes === node.yes ? unionOf(node.test, next.test) : null;
  return nodes.push(next === undefined || test === null ? node : { ...next, test }) - 1;
}

function unionOf(a: Asked, b: Asked): Asked | null {
  if (a.kind === "words" && b.kind === "words") return union(a, b);
  const isOfOneList =
    a.kind === "one of" && b.kind === "one of" && a.column === b.column && a.test.kind === b.test.kind;
  return isOfOneList ? { ...a, others: b } : null;
}

/** From one node on: those that can be reached, each made once. */
function forksFrom(first: Target, nodes: readonly Node[]): Fork {
  const made = new Map<Target, Fork>([
    ["allow", ENDS.allow],
    ["deny", ENDS.deny],
  ]);
  const open: { readonly fork: Fork; readonly yes: Target; readonly no: Target }[] = [];
  const forkAt = (target: Target): Fork => {
    const known = made.get(target);
    const node = typeof target === "number" ? nodes[target] : undefined;
    if (known !== undefined || node === undefined) return known ?? ENDS.deny;
    const { tests, yes, no } = chainAt(node, nodes);
    const fork = new Fork(null, node.test.kind === "words" ? null : loneTest(node.test), tests);
    made.set(target, fork);
    open.push({ fork, yes, no });
    return fork;
  };
  const start = forkAt(first);
  // Grows while it is gone through.
  for (const { fork, yes, no } of open) {
    fork.yes = forkAt(yes);
    fork.no = forkAt(no);
  }
  return start;
}

function loneTest(test: HighTest | OneOf): LoneTest {
  if (test.kind === "high") return test;
  const tests: DictionaryTest[] = [];
  for (let each: OneOf | null = test; each !== null; each = each.others) tests.push(each.test);
  return { kind: "lookup", column: test.column, table: new IdTable(tests) };
}

/** Where those go for whom all hold, and where all others. */
type Chain = { readonly tests: readonly WordTest[]; readonly yes: Target; readonly no: Target };

/** The longest chain that begins with a node or with its opposite; a lone test is in none. */
function chainAt({ test, yes, no }: Node, nodes: readonly Node[]): Chain {
  if (test.kind !== "words") return { tests: [], yes, no };
  const chain = longer({ tests: [test], yes, no }, nodes);
  const turned = opposite(test);
  if (turned === null) return chain;
  const other = longer({ tests: [turned], yes: no, no: yes }, nodes);
  return other.tests.length > chain.tests.length ? other : chain;
}

/** With the nodes to which `yes` leads on, as long as they too lead to `no`. */
function longer({ tests: [...tests], yes, no }: Chain, nodes: readonly Node[]): Chain {
  let on = yes;
  while (typeof on === "number" && tests.length < MOST_TESTS) {
    const next = nodes[on];
    if (next === undefined || next.test.kind !== "words") break;
    const test = next.no === no ? next.test : next.yes === no ? opposite(next.test) : null;
    if (test === null) break;
    tests.push(test);
    on = next.no === no ? next.yes : next.no;
  }
  return { tests, yes: on, no };
}

/** Those of which one must hold for the branch's test to hold. */
function testsOf(test: SlotTest, columns: readonly Column[]): readonly Asked[] {
  const column = columns[test.slot];
  if (column === undefined) return [];
  return isDictionaryTest(test) ? [{ kind: "one of", column, test, others: null }] : wordTests(test, column);
}
