// Which ids of a trace's dictionary pass a test, as bits. Each string and each label set is asked about once; a
// dictionary grows while its trace is read, and the table with it. So a thousand labels, or a glob, cost an event what
// one comparison does.

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

export class IdTable {
  readonly #test: DictionaryTest;
  readonly #byDictionary = new WeakMap<Dictionary, Answers>();
  #dictionary: Dictionary | null = null;
  #answers: Answers = { words: new Uint32Array(1), last: 0 };

  constructor(test: DictionaryTest) {
    this.#test = test;
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
    return this.#test.kind === "string" ? strings.length : labelSets.length;
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
    if (this.#test.kind === "string") return stringHolds(this.#test, strings[id] ?? "");
    return labelsHold(this.#test, labelSets[id] ?? []);
  }
}
