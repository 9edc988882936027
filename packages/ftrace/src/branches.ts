// Jumps that only go forward: how 6.18 holds `&&`, `||` and `!`. Each leaf says for which of its values to jump, and
// where to; the other value goes on to the next leaf.
//
//   a && !(!b || (c && g)) || d || e && !f
//
//   read as jumps     a  false → d
//                     b  false → d          (!b decides the `||`, and the `!` before it turns that into failure)
//                     c  false → TRUE       (nothing is left in the parenthesis, and `!` turns that into success)
//                     g  false → TRUE
//                     d  true  → TRUE
//                     e  false → FALSE
//                     f  true  → FALSE
//
//   as branches       0 a when=false target=4     3 g when=false target=7     6 f when=true  target=8
//                     1 b when=false target=4     4 d when=true  target=7     7 TRUE
//                     2 c when=false target=7     5 e when=false target=8     8 FALSE
//
// Built from the end, so every target is known when it is used; behind the last leaf comes TRUE.

import { unreachable } from "@gatehouse/core";
import type { Tree } from "./tree.js";

type Branch<Leaf> = { readonly leaf: Leaf; readonly when: boolean; readonly target: number };

/** Target `length` is TRUE and the one behind it FALSE. */
export function branchesOf<Leaf>(tree: Tree<Leaf>): readonly Branch<Leaf>[] {
  const count = countLeaves(tree);
  const branches: Branch<Leaf>[] = []; // the last one first
  place(tree, count, count + 1);
  return branches.reverse();

  /** Gives the branch that the part begins with. */
  function place(part: Tree<Leaf>, whenTrue: number, whenFalse: number): number {
    switch (part.kind) {
      case "not":
        return place(part.of, whenFalse, whenTrue);
      case "all":
        return part.of.reduceRight((next, operand) => place(operand, next, whenFalse), whenTrue);
      case "any":
        return part.of.reduceRight((next, operand) => place(operand, whenTrue, next), whenFalse);
      case "leaf": {
        const at = count - branches.length - 1;
        // INVARIANT: one of the two ways is the next leaf; behind the last that is TRUE.
        const when = whenTrue !== at + 1;
        branches.push({ leaf: part.leaf, when, target: when ? whenTrue : whenFalse });
        return at;
      }
      default:
        return unreachable(part);
    }
  }
}

function countLeaves(tree: Tree<unknown>): number {
  if (tree.kind === "leaf") return 1;
  if (tree.kind === "not") return countLeaves(tree.of);
  return tree.of.reduce((count, part) => count + countLeaves(part), 0);
}

/** A branch with its ways as references: following one costs less than an index and its bounds check. */
type Jump<Subject> = {
  readonly test: (subject: Subject) => boolean;
  readonly whenTrue: Jump<Subject> | boolean;
  readonly whenFalse: Jump<Subject> | boolean;
};

/** `tests`: one for each branch. */
export function link<Subject>(
  branches: readonly { readonly when: boolean; readonly target: number }[],
  tests: readonly ((subject: Subject) => boolean)[],
): Jump<Subject> | boolean {
  const jumps: (Jump<Subject> | boolean)[] = [];
  jumps[branches.length] = true;
  jumps[branches.length + 1] = false;
  const jumpAt = (at: number) => {
    const jump = jumps[at];
    if (jump === undefined) throw new RangeError(`a filter's program has no entry ${at}`);
    return jump;
  };
  for (let at = branches.length - 1; at >= 0; at--) {
    const branch = branches[at];
    const test = tests[at];
    if (branch === undefined || test === undefined) throw new RangeError(`entry ${at} is not bound`);
    const [jump, next] = [jumpAt(branch.target), jumpAt(at + 1)];
    jumps[at] = { test, whenTrue: branch.when ? jump : next, whenFalse: branch.when ? next : jump };
  }
  return jumpAt(0);
}

export function follow<Subject>(first: Jump<Subject> | boolean, subject: Subject): boolean {
  let jump = first;
  while (typeof jump !== "boolean") jump = jump.test(subject) ? jump.whenTrue : jump.whenFalse;
  return jump;
}
