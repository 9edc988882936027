// What cpp/addon exports for what was held then. Every argument is checked there: a wrong one is a TypeError.

/** Opaque, and good for the thread and the copy of the addon that made it. */
export type Evaluator = { readonly evaluator: unique symbol };

/** What cpp/addon/faithful.cc exports. */
export type FaithfulCalls = {
  /** Words as `programWords` writes them. */
  load(words: Uint32Array): Evaluator;
  shape(evaluator: Evaluator): Shape;
  /** A byte for each id; the last is for ids that are not there. */
  setAnswers(evaluator: Evaluator, table: number, answers: Uint8Array): void;
  judge(
    evaluator: Evaluator,
    rows: number,
    event: Uint16Array,
    abi: Uint8Array,
    known: Uint8Array,
    task: Uint32Array,
    /** Per task its set of sections; not looked at where there is but one program. */
    which: Uint32Array,
    judged: Uint32Array,
    allow: Uint32Array,
    decided: Uint32Array,
    /** Three numbers a row: predicates, steps, bytes. */
    counts: Uint32Array | null,
    /** Per row `visitedWords` words: a bit for each entry of the filters that were run. */
    visited: Uint32Array | null,
    visitedWords: number,
    ...slots: readonly Uint32Array[]
  ): void;
};

/** Of a program for a task in no section. */
export type Shape = {
  /** What a kernel would hold. */
  readonly bytes: number;
  /**
   * How deep its look-up is: the length of a list, the longest chain of a hash, the height of a b-tree, how many sets
   * are chained, the most perf events on one event.
   */
  readonly depth: number;
};

/** Opaque as well. */
export type Filters = { readonly filters: unique symbol };

/** What cpp/addon/bpf.cc exports. */
export type BpfCalls = {
  /** Programs as the bytes of their sock_filters, one after the other; `lengths`: of each, in instructions. */
  load(instructions: Uint8Array, lengths: Uint32Array): Filters;
  judge(
    filters: Filters,
    rows: number,
    event: Uint16Array,
    abi: Uint8Array,
    known: Uint8Array,
    ip: Uint32Array | null,
    nativeArch: number,
    otherArch: number,
    /** Per number a bit for each slot that must be known, and the highest for a call that is not to be answered. */
    asked: Uint8Array,
    /** 1: slots must also be known of calls that enter by another path. */
    asksOnEveryPath: number,
    judged: Uint32Array,
    allow: Uint32Array,
    decided: Uint32Array,
    /** Rows that are not answered. */
    left: Uint32Array,
    /** Two numbers a row: what counts of what the programs returned, and the instructions that they executed. */
    returned: Uint32Array | null,
    ...slots: readonly Uint32Array[]
  ): void;
};
