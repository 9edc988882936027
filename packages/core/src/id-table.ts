// Which ids of a trace's dictionary pass a test, or one of several, as bits. Each string and each label set is asked about
// once; a dictionary grows while its trace is read, and the table with it. So a thousand labels, or a glob, cost an event
// what one comparison does.

import type { ByteString } from "./bytes.js";
import type { Dictionary } from "./chunk.js";
import { labelsHold, type SlotTest, stringHolds } from "./lowered.js";

/** A test of a dictionary's strings or label sets. */
export type DictionaryTest = Extract<SlotTest, { kind: "string" | "labels" }>;

export function isDictionaryTest(test: SlotTest): test is DictionaryTest {
  return test.kind === "string" || test.kind === "labels";
}

/** What is known of one dictionary. */
type Answers = {
  /** A bit for each id below `last`; that of `last` is for all ids that the dictionary does not have. */
  words: Uint32Array;
  last: number;
};

/** It holds on to the dictionary that it was last brought up to date for, and to no other. */
export class IdTable {
  /** Of all tests: those that ask for one string, which may be thousands, and the others. */
  readonly #strings: ReadonlySet<ByteString>;
  readonly #others: readonly DictionaryTest[];
  readonly #ofStrings: boolean;
  readonly #byDictionary = new WeakMap<Dictionary, Answers>();
  #dictionary: Dictionary | null = null;
  #answers: Answers = { words: new Uint32Array(1), last: 0 };

  /** An id passes if one of the tests holds. They are all of strings or all of label sets. */
  constructor(tests: readonly DictionaryTest[]) {
    this.#strings = new Set(tests.flatMap((test) => (isExact(test) ? [test.value] : [])));
    this.#others = tests.filter((test) => !isExact(test));
    this.#ofStrings = tests.every(({ kind }) => kind === "string");
  }

  get words(): Uint32Array {
    return this.#answers.words;
  }

  get last(): number {
    return this.#answers.last;
  }

  /** Has it answer for this dictionary as it is now; true where answers may be others than before. */
  update(dictionary: Dictionary): boolean {
    const length = this.#entriesOf(dictionary);
    if (this.#dictionary === dictionary && this.#answers.last === length) return false;
    this.#dictionary = dictionary;
    const known = this.#byDictionary.get(dictionary);
    this.#answers = known ?? { words: new Uint32Array(1), last: 0 };
    if (known === undefined) this.#byDictionary.set(dictionary, this.#answers);
    if (known === undefined || known.last < length) this.#ask(dictionary, length);
    return true;
  }

  holds(id: number): boolean {
    const { words, last } = this.#answers;
    const bit = Math.min(id, last);
    return (((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
  }

  #entriesOf({ strings, labelSets }: Dictionary): number {
    return this.#ofStrings ? strings.length : labelSets.length;
  }

  /** The bit that stood for ids which were not there is asked anew, as one is there now. */
  #ask(dictionary: Dictionary, length: number): void {
    const answers = this.#answers;
    const needed = (length >>> 5) + 1;
    if (needed > answers.words.length) {
      const grown = new Uint32Array(Math.max(needed, 2 * answers.words.length));
      grown.set(answers.words);
      answers.words = grown;
    }
    for (let id = answers.last; id <= length; id++) {
      const bit = 1 << (id & 31);
      const word = answers.words[id >>> 5] ?? 0;
      answers.words[id >>> 5] = this.#asks(dictionary, id) ? word | bit : word & ~bit;
    }
    answers.last = length;
  }

  #asks({ strings, labelSets }: Dictionary, id: number): boolean {
    const text = strings[id] ?? "";
    if (this.#ofStrings && this.#strings.has(text)) return true;
    return this.#others.some((test) =>
      test.kind === "string" ? stringHolds(test, text) : labelsHold(test, labelSets[id] ?? []),
    );
  }
}

function isExact(test: DictionaryTest): test is DictionaryTest & { readonly kind: "string" } {
  return test.kind === "string" && test.op === "==";
}
