// Which ids of a trace's dictionary pass a test, as bits. Each string and each label set is asked about once; a
// dictionary grows while its trace is read, and the table with it.

import { type Dictionary, labelsHold, stringHolds } from "@gatehouse/core";
import type { DictionaryTest } from "./encode.js";

export class IdTable {
  /** A bit for each id below `last`; that of `last` is for all ids that the dictionary does not have. */
  words = new Uint32Array(1);
  last = 0;
  readonly #test: DictionaryTest;
  #dictionary: Dictionary | undefined;

  constructor(test: DictionaryTest) {
    this.#test = test;
  }

  /** Brings it up to date; true where anything changed. */
  update(dictionary: Dictionary): boolean {
    const entries = this.#test.kind === "string" ? dictionary.strings : dictionary.labelSets;
    if (this.#dictionary === dictionary && this.last === entries.length) return false;
    const first = this.#dictionary === dictionary ? this.last : 0;
    this.#dictionary = dictionary;
    this.last = entries.length;
    this.#grow();
    for (let id = first; id <= this.last; id++) this.#set(id, this.#holds(dictionary, id));
    return true;
  }

  holds(id: number): boolean {
    const bit = Math.min(id, this.last);
    return (((this.words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
  }

  #holds(dictionary: Dictionary, id: number): boolean {
    if (this.#test.kind === "string") return stringHolds(this.#test, dictionary.strings[id] ?? "");
    return labelsHold(this.#test, dictionary.labelSets[id] ?? []);
  }

  #set(id: number, holds: boolean): void {
    const bit = 1 << (id & 31);
    const word = this.words[id >>> 5] ?? 0;
    this.words[id >>> 5] = holds ? word | bit : word & ~bit;
  }

  #grow(): void {
    const needed = (this.last >>> 5) + 1;
    if (needed <= this.words.length) return;
    const grown = new Uint32Array(Math.max(needed, 2 * this.words.length));
    grown.set(this.words);
    this.words = grown;
  }
}
