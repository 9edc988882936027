// `&&`, `||`, `!` and parentheses over any kind of leaf, joined as the text goes by: no recursion, since a filter may
// nest two thousand parentheses.
//
//   a || !(b && c) && d
//
//   open level:    a | or → [a]   !( opens a level   b && c ) closes it: not [b c] joins `and`   && d
//   at the end:    any [ a, all [ not all [b, c], d ] ]

import { all, any, type Condition, not, unreachable } from "@gatehouse/core";

export type Tree<Leaf> =
  | { readonly kind: "leaf"; readonly leaf: Leaf }
  | { readonly kind: "all" | "any"; readonly of: readonly Tree<Leaf>[] }
  | { readonly kind: "not"; readonly of: Tree<Leaf> };

type Level<Leaf> = {
  /** Whether a `!` stands before its parenthesis. */
  readonly inverted: boolean;
  /** The place of its parenthesis. */
  readonly start: number;
  /** Operands of `||` that are complete, and those of the `&&` that is not. */
  readonly any: Tree<Leaf>[];
  all: Tree<Leaf>[];
};

export class TreeBuilder<Leaf> {
  readonly #levels: Level<Leaf>[] = [];
  #level: Level<Leaf> = { inverted: false, start: -1, any: [], all: [] };
  #inverted = false;

  /** `!` before the next operand. */
  not(): void {
    this.#inverted = !this.#inverted;
  }

  open(start: number): void {
    this.#levels.push(this.#level);
    this.#level = { inverted: this.#inverted, start, any: [], all: [] };
    this.#inverted = false;
  }

  leaf(leaf: Leaf): void {
    this.#operand({ kind: "leaf", leaf });
  }

  /** `||`. The `&&` needs no call: operands are joined by it unless told otherwise. */
  or(): void {
    this.#level.any.push(join("all", this.#level.all));
    this.#level.all = [];
  }

  close(): void {
    const group = this.#join();
    const outer = this.#levels.pop();
    if (outer === undefined) throw new Error("a parenthesis is closed that was not opened");
    this.#inverted = this.#level.inverted;
    this.#level = outer;
    this.#operand(group);
  }

  /** What was read, a trailing operator left aside. */
  end(): Tree<Leaf> {
    return this.#join();
  }

  get depth(): number {
    return this.#levels.length;
  }

  /** Where the innermost open parenthesis is. */
  get start(): number {
    return this.#level.start;
  }

  /** Whether a `||` of this level is behind us. */
  get hasOr(): boolean {
    return this.#level.any.length > 0;
  }

  get isEmpty(): boolean {
    return this.depth === 0 && this.#level.any.length + this.#level.all.length === 0;
  }

  #operand(operand: Tree<Leaf>): void {
    this.#level.all.push(this.#inverted ? invert(operand) : operand);
    this.#inverted = false;
  }

  #join(): Tree<Leaf> {
    const { any, all } = this.#level;
    return join("any", all.length === 0 ? any : [...any, join("all", all)]);
  }
}

function join<Leaf>(kind: "all" | "any", of: readonly Tree<Leaf>[]): Tree<Leaf> {
  const [only] = of;
  return only !== undefined && of.length === 1 ? only : { kind, of };
}

function invert<Leaf>(tree: Tree<Leaf>): Tree<Leaf> {
  return tree.kind === "not" ? tree.of : { kind: "not", of: tree };
}

/** The leaves, in the order written. */
export function leavesOf<Leaf>(tree: Tree<Leaf>): readonly Leaf[] {
  const leaves: Leaf[] = [];
  visit(tree);
  return leaves;

  function visit(part: Tree<Leaf>): void {
    if (part.kind === "leaf") leaves.push(part.leaf);
    else if (part.kind === "not") visit(part.of);
    else part.of.forEach(visit);
  }
}

/** The condition that has the shape of `tree`. */
export function convert<Leaf>(tree: Tree<Leaf>, leaf: (leaf: Leaf) => Condition): Condition {
  switch (tree.kind) {
    case "leaf":
      return leaf(tree.leaf);
    case "not":
      return not(convert(tree.of, leaf));
    case "all":
    case "any": {
      const operands: Condition[] = [];
      collect(tree.kind, tree.of, leaf, operands);
      return tree.kind === "all" ? all(operands) : any(operands);
    }
    default:
      return unreachable(tree);
  }
}

/** The operands, those of nested groups of the same kind among them: opened here, each is copied once only. */
function collect<Leaf>(
  kind: "all" | "any",
  of: readonly Tree<Leaf>[],
  leaf: (leaf: Leaf) => Condition,
  operands: Condition[],
): void {
  for (const part of of) {
    if (part.kind === kind) collect(kind, part.of, leaf, operands);
    else operands.push(convert(part, leaf));
  }
}
