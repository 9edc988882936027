// Where raw_syscalls:sys_enter and the events of single calls are recorded together, one call has two lines, one right
// behind the other among those of its task. The first makes the row; the second adds the registers that it alone shows.

import { ABI, type Chunk } from "@gatehouse/core";
import type { PerfLine } from "./perf-line.js";
import type { Rows } from "./rows.js";

/** Rows of other tasks that may lie between the two lines. */
const REACH = 1_024;

export class CallPairs {
  /** Of the tasks of the chunk that fills, by their places: the latest row that an event of a single call had a part in. */
  readonly #latest = new Map<number, { readonly row: number; isWhole: boolean }>();
  #chunk: Chunk;
  readonly #rows: Rows;

  constructor(rows: Rows) {
    this.#rows = rows;
    this.#chunk = rows.chunk;
  }

  /** Only then can a raw call be the second line of one. */
  get some(): boolean {
    if (this.#chunk !== this.#rows.chunk) {
      this.#chunk = this.#rows.chunk;
      this.#latest.clear();
    }
    return this.#latest.size > 0;
  }

  /** Makes a row of the latest task's call; false where the call has its row. */
  isNew(line: Extract<PerfLine, { kind: "call" | "arguments" }>): boolean {
    const rows = this.#rows;
    if (line.kind === "arguments") {
      if (this.#hasRow(line.format.id)) return false;
      const row = rows.call(line.format.id, line.values);
      this.#latest.set(rows.taskIndex, { row, isWhole: false });
      return true;
    }
    rows.call(line.nr, line.registers);
    if (!this.some) return true;
    rows.chunk.length--;
    if (this.wasFirst(rows.taskIndex)) return false;
    rows.chunk.length++;
    return true;
  }

  /**
   * Whether the raw call that stands in the row after the chunk's last is the second line of the task's latest call. That
   * one's row then has all six registers.
   */
  wasFirst(task: number): boolean {
    const known = this.#latest.get(task);
    const { chunk } = this.#rows;
    const raw = chunk.length;
    if (known === undefined || known.isWhole || chunk.abi[raw] !== ABI.native) return false;
    if (chunk.event[known.row] !== chunk.event[raw] || known.row !== this.#lastRow(task)) return false;
    for (const words of chunk.slots) words.copyWithin(2 * known.row, 2 * raw, 2 * raw + 2);
    chunk.known[known.row] = chunk.known[raw] ?? 0;
    known.isWhole = true;
    return true;
  }

  /** Whether the latest task's latest row is of a raw event of this call, which no other line has told of yet. */
  #hasRow(id: number): boolean {
    const { chunk, taskIndex } = this.#rows;
    const known = this.some ? this.#latest.get(taskIndex) : undefined;
    const row = this.#lastRow(taskIndex);
    if (row < 0 || known?.row === row || chunk.event[row] !== id || chunk.abi[row] !== ABI.native)
      return false;
    this.#latest.set(taskIndex, { row, isWhole: true });
    return true;
  }

  /** -1 where there is none near. */
  #lastRow(task: number): number {
    const { chunk } = this.#rows;
    const least = Math.max(0, chunk.length - REACH);
    for (let row = chunk.length - 1; row >= least; row--) if (chunk.task[row] === task) return row;
    return -1;
  }
}
