// A program before it has addresses: blocks, each one test of one word of seccomp_data, which lead to other blocks or to
// a return. A block that was made before is not made again, so whatever two calls or two clauses do alike they share;
// and a test whose answer follows from the one just passed is not asked.

import { unreachable } from "@gatehouse/core";

/** `(word & mask) == value`, or `(word & mask) >= value`, unsigned. */
export type Test = {
  /** The word's offset in seccomp_data. */
  readonly word: number;
  readonly mask: number;
  readonly kind: "equal" | "atLeast";
  readonly value: number;
};

export type Block =
  | { readonly kind: "return"; readonly id: number; readonly value: number }
  | {
      readonly kind: "test";
      readonly id: number;
      readonly test: Test;
      readonly whenTrue: Block;
      readonly whenFalse: Block;
    };

export const WHOLE = 0xffff_ffff;

export class Blocks {
  readonly #made = new Map<string, Block>();

  returns(value: number): Block {
    return this.#once(`${value}`, (id) => ({ kind: "return", id, value }));
  }

  test(test: Test, whenTrue: Block, whenFalse: Block): Block {
    // One block further as well: of a 64-bit comparison's two halves, the second may be followed by another one on the
    // first half.
    return this.#test(test, this.#given(whenTrue, test, true, 1), this.#given(whenFalse, test, false, 1));
  }

  #test(test: Test, whenTrue: Block, whenFalse: Block): Block {
    const { word, mask, kind, value } = test;
    const constant = constantValue(test);
    if (constant !== undefined) return constant ? whenTrue : whenFalse;
    if (whenTrue === whenFalse) return whenTrue;
    const key = `${word},${mask},${kind},${value},${whenTrue.id},${whenFalse.id}`;
    return this.#once(key, (id) => ({ kind: "test", id, test, whenTrue, whenFalse }));
  }

  /** Where `block` leads once `fact` is known to hold or not, looking past the blocks that this decides. */
  #given(block: Block, fact: Test, holds: boolean, depth: number): Block {
    let at = block;
    while (at.kind === "test") {
      const known = follows(at.test, fact, holds);
      if (known === undefined) break;
      at = known ? at.whenTrue : at.whenFalse;
    }
    if (at.kind === "return" || depth === 0) return at;
    const whenTrue = this.#given(at.whenTrue, fact, holds, depth - 1);
    const whenFalse = this.#given(at.whenFalse, fact, holds, depth - 1);
    if (whenTrue === at.whenTrue && whenFalse === at.whenFalse) return at;
    return this.#test(at.test, whenTrue, whenFalse);
  }

  #once(key: string, make: (id: number) => Block): Block {
    const found = this.#made.get(key);
    if (found !== undefined) return found;
    const block = make(this.#made.size);
    this.#made.set(key, block);
    return block;
  }
}

function constantValue({ mask, kind, value }: Test): boolean | undefined {
  if (kind === "atLeast") return value === 0 ? true : value > mask ? false : undefined;
  if ((value & ~mask) !== 0) return false;
  return mask === 0 ? true : undefined;
}

/** The answer to `test` where `fact` holds or does not; undefined: either. */
function follows(test: Test, fact: Test, holds: boolean): boolean | undefined {
  if (test.word !== fact.word) return undefined;
  if (fact.kind === "equal" && holds) return givenBits(test, fact);
  if (test.mask !== fact.mask) return undefined;
  if (fact.kind === "equal") return test.kind === "equal" && test.value === fact.value ? false : undefined;
  return holds ? givenRange(test, fact.value, test.mask) : givenRange(test, 0, fact.value - 1);
}

/** The bits of `fact.mask` are known. */
function givenBits(test: Test, fact: Test): boolean | undefined {
  const all = (test.mask & ~fact.mask) === 0;
  switch (test.kind) {
    case "atLeast":
      return all ? (fact.value & test.mask) >>> 0 >= test.value : undefined;
    case "equal":
      if (((fact.value ^ test.value) & test.mask & fact.mask) !== 0) return false;
      return all ? true : undefined;
    default:
      return unreachable(test.kind);
  }
}

/** The masked word lies between `low` and `high`, both included. */
function givenRange({ kind, value }: Test, low: number, high: number): boolean | undefined {
  if (kind === "atLeast") return low >= value ? true : high < value ? false : undefined;
  if (value < low || value > high) return false;
  return low === high ? true : undefined;
}
