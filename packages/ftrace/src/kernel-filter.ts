// A filter as a kernel holds it: the three forms that it had, and what all can be asked.
//
//   a == 1 && b == 2 || c == 3
//
//   2.6.38   a  b  &&  c  ||                     postfix; every step is taken
//   2.6.39   a  b  &&(0,1)  c  ||(2,3)           the same order, linked as a tree; `a && b` folds into one loop
//   6.18     a(0→2)  b(1→TRUE)  c(0→FALSE)       jumps that only go forward

import type { Comparison } from "./comparison.js";
import type { KernelDialectName } from "./dialect.js";
import type { EventRecord } from "./record.js";

export type KernelFilter = {
  readonly dialect: KernelDialectName;
  readonly program: KernelProgram;
  /** What the kernel allocates for it. */
  readonly bytes: number;
  matches(record: EventRecord): boolean;
  /** The same, step by step. */
  walk(record: EventRecord): Walk;
};

export type KernelProgram = PostfixProgram | TreeProgram | BranchProgram;

type Connective = "&&" | "||";

export type PostfixStep =
  | { readonly kind: "comparison"; readonly comparison: Comparison }
  | { readonly kind: Connective };

export type PostfixProgram = { readonly kind: "postfix"; readonly entries: readonly PostfixStep[] };

export type TreeEntry = PostfixStep & {
  /** Indexes of entries; null for what a comparison or the root has not. */
  readonly left: number | null;
  readonly right: number | null;
  readonly parent: number | null;
  /** The comparisons below, where they are run as one loop. */
  readonly folded: readonly number[] | null;
};

export type TreeProgram = {
  readonly kind: "tree";
  readonly entries: readonly TreeEntry[];
  readonly root: number;
};

export type BranchEntry = {
  readonly comparison: Comparison;
  /** Where the comparison gives `when` the program goes on at `target`, else at the next entry. */
  readonly when: boolean;
  readonly target: number;
};

/** Target `entries.length` is TRUE and the one behind it FALSE. */
export type BranchProgram = { readonly kind: "branches"; readonly entries: readonly BranchEntry[] };

/** What happened for one record: the entries that were evaluated, in order, and what each gave. */
export type Walk = {
  readonly match: boolean;
  readonly steps: readonly { readonly entry: number; readonly value: boolean }[];
};
