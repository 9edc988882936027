// What cpp/addon/faithful.cc exports. Every argument is checked there: a wrong one is a TypeError.

/** Opaque, and good for the thread and the copy of the addon that made it. */
export type Evaluator = { readonly evaluator: unique symbol };

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
