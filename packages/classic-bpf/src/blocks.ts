// A program before it has addresses: blocks, each one test of one word of seccomp_data, which lead to other blocks or to
// a return. A block that was made before is not made again, so whatever two calls or two clauses do alike they share.

import { MAX_INSTRUCTIONS } from "./program.js";

/** `(word & mask) == value`, or `(word & mask) >= value`, unsigned. */
export type Test = {
  /** The word's offset in seccomp_data. */
  readonly word: number;
  readonly mask: number;
  readonly kind: "equal" | "atLeast";
  readonly value: number;
};

export type Block =
  | { readonly kind: "return"; readonly id: number; readonly words: 0; readonly value: number }
  | {
      readonly kind: "test";
      readonly id: number;
      /** A bit for each word that is asked here or further on. */
      readonly words: number;
      readonly test: Test;
      readonly whenTrue: Block;
      readonly whenFalse: Block;
    };

export const WHOLE = 0xffff_ffff;

export class Blocks {
  readonly #made = new Map<string, Block>();

  returns(value: number): Block {
    return this.#once(`${value}`, (id) => ({ kind: "return", id, words: 0, value }));
  }

  test(test: Test, whenTrue: Block, whenFalse: Block): Block {
    const { word, mask, kind, value } = test;
    const constant = constantValue(test);
    if (constant !== undefined) return constant ? whenTrue : whenFalse;
    if (whenTrue === whenFalse) return whenTrue;
    const words = (1 << (word / 4)) | whenTrue.words | whenFalse.words;
    return this.#once(`${word},${mask},${kind},${value},${whenTrue.id},${whenFalse.id}`, (id) => ({
      kind: "test",
      id,
      words,
      test,
      whenTrue,
      whenFalse,
    }));
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

/** All that `root` leads to; null where they are more than a program has instructions. */
export function blocksFrom(root: Block): ReadonlySet<Block> | null {
  const found = new Set([root]);
  for (const block of found) {
    if (block.kind === "test") found.add(block.whenTrue).add(block.whenFalse);
    if (found.size > MAX_INSTRUCTIONS) return null;
  }
  return found;
}
