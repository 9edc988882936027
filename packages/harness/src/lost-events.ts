// Which events of a trace a design's losses are about: those that a lost clause names, in its task section, and, where the
// default is lost, numbers that no table has. Whether the design is wrong there, its verdicts say.

import { ABI, type Bitset, type Catalog, type Chunk, type EventId, type Loss } from "@gatehouse/core";

export class LostEvents {
  count = 0;
  readonly #catalog: Catalog;
  /** By event the sections of the lost clauses, null for a common clause. */
  readonly #sections = new Map<EventId, Set<string | null>>();
  readonly #isDefaultLost: boolean;

  constructor(lost: readonly Loss[], catalog: Catalog) {
    this.#catalog = catalog;
    this.#isDefaultLost = lost.some(({ clause, exempts }) => clause === null && exempts === undefined);
    for (const { clause, exempts } of lost) {
      const name = clause?.event ?? exempts;
      const id = name === undefined ? undefined : catalog.byName(name)?.id;
      if (id === undefined) continue;
      const known = this.#sections.get(id) ?? new Set();
      this.#sections.set(id, known.add(clause?.task ?? null));
    }
  }

  add(chunk: Chunk, rows: Bitset): void {
    if (this.#sections.size === 0 && !this.#isDefaultLost) return;
    rows.forEach((row) => {
      if (chunk.abi[row] === ABI.native && this.#isLost(chunk, row)) this.count++;
    });
  }

  #isLost(chunk: Chunk, row: number): boolean {
    const id = chunk.event[row] ?? 0;
    const sections = this.#sections.get(id);
    if (sections === undefined) return this.#isDefaultLost && this.#catalog.byId(id) === undefined;
    if (sections.has(null)) return true;
    const lineage = chunk.tasks[chunk.task[row] ?? 0]?.lineage;
    return [...sections].some((name) => name !== null && lineage?.has(name) === true);
  }
}
