// The bulk tier as a back-end: what a filter comes down to goes to the addon once, then it is crossed once a chunk.

import {
  type Backend,
  type BackendInPlace,
  type Catalog,
  evaluateOne,
  IdTable,
  type Lowered,
  type Result,
  sectionSet,
  succeed,
} from "@gatehouse/core";
import { openAddon } from "./addon.js";
import { encode } from "./encode.js";
import { newColumns, placeOf } from "./memory.js";

/**
 * Where there is no addon the reason, in words that follow "the native back-end is not there: ".
 *
 * Its `columns` lie in one piece of memory, up to 4 MiB larger than they are, that is theirs and is given back when nobody
 * holds one of them; a filter holds the chunk whose event it was last asked about. They may be moved to another thread
 * like any others, and are there like any others.
 */
export function nativeBackend(): Result<BackendInPlace, string> {
  const addon = openAddon();
  if (!addon.ok) return addon;
  const { bulk } = addon.value;
  return succeed({
    name: "native",
    load: (lowered, catalog) => load(bulk, lowered, catalog),
    columns: (shape) => newColumns(bulk, shape),
  });
}

/** What cpp/addon/lowered.cc exports. */
export type BulkCalls = {
  /** Rules as `encode` writes them; a handle. */
  loadRules(words: Uint32Array): Rules;
  setTable(rules: Rules, table: number, last: number, words: Uint32Array): void;
  evaluate(
    rules: Rules,
    rows: number,
    event: Uint16Array,
    abi: Uint8Array,
    known: Uint8Array,
    task: Uint32Array,
    /** Per task its set of sections; not looked at where the rules have but one. */
    sets: Uint8Array,
    /** Bit k: slot k is narrow. */
    narrow: number,
    judged: Uint32Array,
    allow: Uint32Array,
    decided: Uint32Array,
    ...slots: readonly Uint32Array[]
  ): void;
  /** The same of columns that lie in one piece of memory: `Place` says how. */
  evaluateInPlace(
    rules: Rules,
    rows: number,
    memory: Uint8Array,
    places: Uint32Array,
    sets: Uint8Array,
    /** Bit k: slot k is narrow. */
    narrow: number,
    judged: Uint32Array,
    allow: Uint32Array,
    decided: Uint32Array,
  ): void;
  /** How large the memory has to be that `settle` is given. */
  room(bytes: number): number;
  /** Memory that is new: the byte that columns of so many bytes begin at. Asks for huge pages. */
  settle(memory: Uint8Array, bytes: number): number;
};

/** Opaque, and good for the thread and the copy of the addon that made it. */
type Rules = { readonly handle: unique symbol };

const NO_SETS = new Uint8Array(0);

function load(addon: BulkCalls, lowered: Lowered, catalog: Catalog): ReturnType<Backend["load"]> {
  const encoded = encode(lowered, catalog);
  const rules = addon.loadRules(encoded.words);
  const { sections } = lowered;
  const tables = encoded.tables.map((test) => new IdTable([test]));
  return {
    evaluate: evaluateOne(lowered, catalog),
    evaluateAll(chunk, rows, { allow, known }) {
      for (const [i, table] of tables.entries())
        if (table.update(chunk.dictionary)) addon.setTable(rules, i, table.last, table.words);
      const sets =
        sections.length === 0 ? NO_SETS : Uint8Array.from(chunk.tasks, (task) => sectionSet(sections, task));
      const count = Math.min(rows.length, chunk.capacity);
      const { narrow } = chunk;
      const place = placeOf(chunk);
      if (place) {
        const { memory, places } = place;
        addon.evaluateInPlace(
          rules,
          count,
          memory,
          places,
          sets,
          narrow,
          rows.words,
          allow.words,
          known.words,
        );
        return;
      }
      addon.evaluate(
        rules,
        count,
        chunk.event,
        chunk.abi,
        chunk.known,
        chunk.task,
        sets,
        narrow,
        rows.words,
        allow.words,
        known.words,
        ...chunk.slots,
      );
    },
  };
}
