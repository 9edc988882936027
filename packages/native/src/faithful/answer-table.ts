// What a predicate of strings or labels answers for each id of a trace's dictionary. The dictionary only grows, so each
// of its entries is asked about once.

import { type Dictionary, labelsHold, type Predicate, stringHolds } from "@gatehouse/core";

export type DictionaryPredicate = Extract<Predicate, { kind: "string" | "stringIn" | "labels" }>;

export class AnswerTable {
  /** A byte for each id; the last is for ids that the dictionary does not have. */
  answers = new Uint8Array(0);
  readonly #predicate: DictionaryPredicate;
  #dictionary: Dictionary | undefined;

  constructor(predicate: DictionaryPredicate) {
    this.#predicate = predicate;
  }

  /** Brings it up to date; true where anything changed. */
  update(dictionary: Dictionary): boolean {
    const { length } = this.#predicate.kind === "labels" ? dictionary.labelSets : dictionary.strings;
    if (this.#dictionary === dictionary && this.answers.length === length + 1) return false;
    const known = this.#dictionary === dictionary ? this.answers.subarray(0, -1) : new Uint8Array(0);
    this.#dictionary = dictionary;
    this.answers = new Uint8Array(length + 1);
    this.answers.set(known);
    for (let id = known.length; id <= length; id++)
      this.answers[id] = Number(holds(this.#predicate, dictionary, id));
    return true;
  }
}

function holds(predicate: DictionaryPredicate, { strings, labelSets }: Dictionary, id: number): boolean {
  const text = strings[id] ?? "";
  if (predicate.kind === "labels") return labelsHold({ ...predicate, slot: 0 }, labelSets[id] ?? []);
  if (predicate.kind === "stringIn") return predicate.values.includes(text);
  const { op, value } = predicate;
  if (op === "!=") return text !== value;
  return stringHolds({ kind: "string", slot: 0, op, value }, text);
}
