// What words of a text mean, found by their bytes, so that a word that was seen before costs no string.

import type { ByteString } from "@gatehouse/core";
import { byteString, lettersOf } from "./scan.js";

/** Words that are remembered. A text that has more of them is read no less right, only slower. */
const MOST = 16_384;
/** A power of two, at least twice `MOST`, so that a search soon meets a gap. */
const PLACES = 32_768;

export class SpanTable<T> {
  readonly #mean: (word: ByteString) => T;
  readonly #words: Uint8Array[] = [];
  readonly #meanings: T[] = [];
  /** Where a word is among them, counted from 1. */
  readonly #places = new Uint16Array(PLACES);

  /** `mean`: what a word means that was not seen before. */
  constructor(mean: (word: ByteString) => T) {
    this.#mean = mean;
  }

  get(bytes: Uint8Array, from: number, to: number): T {
    let place = hashOf(bytes, from, to) & (PLACES - 1);
    for (let n = this.#places[place] ?? 0; n > 0; n = this.#places[place] ?? 0) {
      const word = this.#words[n - 1];
      const meaning = this.#meanings[n - 1];
      if (word !== undefined && meaning !== undefined && isAt(bytes, from, to, word)) return meaning;
      place = (place + 1) & (PLACES - 1);
    }
    return this.#learn(byteString(bytes, from, to), place);
  }

  #learn(word: ByteString, place: number): T {
    const meaning = this.#mean(word);
    if (this.#words.length < MOST) {
      this.#meanings.push(meaning);
      this.#places[place] = this.#words.push(lettersOf(word));
    }
    return meaning;
  }
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c_9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x0100_0193);
  return hash ^ (hash >>> 15);
}

function isAt(bytes: Uint8Array, from: number, to: number, word: Uint8Array): boolean {
  if (word.length !== to - from) return false;
  for (let i = 0; i < word.length; i++) if (bytes[from + i] !== word[i]) return false;
  return true;
}
