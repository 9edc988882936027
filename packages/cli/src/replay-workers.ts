// A replay in several threads: this one reads the trace and hands each chunk, memory and all, to a worker that judges it.

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Bitset, Chunk, Columns, Task } from "@gatehouse/core";
import type { Jury, Part } from "@gatehouse/harness";
import type { Entries } from "./replay-entries.js";

/** What a worker is started with. */
export type WorkerStart = { readonly entries: Entries; readonly catalog: string };

/** What it is then given, one after the other; `end` asks for its part. */
export type WorkerTask =
  | {
      readonly kind: "chunk";
      readonly columns: Columns;
      readonly capacity: number;
      readonly length: number;
      readonly first: number;
      readonly tasks: readonly Task[];
      readonly rows: Uint32Array;
      readonly before: number;
      /** What the trace's dictionary holds beyond what this worker has been given. */
      readonly strings: readonly string[];
      readonly labelSets: readonly (readonly string[])[];
    }
  | { readonly kind: "end" };

/** What it answers: that it has judged a chunk, or its part. */
export type WorkerAnswer = { readonly kind: "judged" } | { readonly kind: "part"; readonly part: Part };

/** Chunks that a worker may have before it: the one that it judges, and one so that it need not wait. */
const AHEAD = 2;

/** `close` ends the threads, however far they have come. */
export type WorkerJury = Jury & { close(): Promise<void> };

export function workerJury(jobs: number, start: WorkerStart): WorkerJury {
  const seats = Array.from({ length: jobs }, () => new Seat(start));
  return {
    async judge(chunk, rows, before) {
      if (freest(seats).waiting >= AHEAD) await Promise.race(seats.map((seat) => seat.answer()));
      freest(seats).give(chunk, rows, before);
    },
    end: () => Promise.all(seats.map((seat) => seat.end())),
    close: async () => void (await Promise.all(seats.map((seat) => seat.close()))),
  };
}

function freest(seats: readonly Seat[]): Seat {
  const [first, ...others] = seats;
  if (first === undefined) throw new RangeError("a replay needs a worker");
  return others.reduce((best, seat) => (seat.waiting < best.waiting ? seat : best), first);
}

class Seat {
  /** Chunks that it was given and has not judged. */
  waiting = 0;
  readonly #worker: Worker;
  /** How much of the trace's dictionary it has been given. */
  readonly #given = { strings: 0, labelSets: 0 };
  #part: Part | null = null;
  /** What it says next, if somebody waits for it: however many do, the worker has one listener for them. */
  #next: Promise<unknown> | null = null;
  #error: unknown = null;

  constructor(start: WorkerStart) {
    this.#worker = new Worker(new URL("./replay-worker.js", import.meta.url), { workerData: start });
    this.#worker.on("message", (answer: WorkerAnswer) => {
      if (answer.kind === "judged") this.waiting--;
      else this.#part = answer.part;
    });
    this.#worker.on("error", (error) => {
      this.#error = error;
    });
  }

  give(chunk: Chunk, rows: Bitset, before: number): void {
    const { task, event, abi, known, slots, narrow, ip, capacity, length, first, tasks, dictionary } = chunk;
    const columns = { task, event, abi, known, slots, narrow, ip };
    const memory = [task, event, abi, known, ...slots, ...(ip === null ? [] : [ip]), rows.words];
    const message: WorkerTask = {
      kind: "chunk",
      ...{ columns, capacity, length, first, tasks, before, rows: rows.words },
      strings: dictionary.strings.slice(this.#given.strings),
      labelSets: dictionary.labelSets.slice(this.#given.labelSets),
    };
    this.#given.strings = dictionary.strings.length;
    this.#given.labelSets = dictionary.labelSets.length;
    this.waiting++;
    this.#worker.postMessage(message, buffersOf(memory));
  }

  /** When it has said something more; an error of its own is thrown here. */
  async answer(): Promise<void> {
    if (this.#error !== null) throw this.#error;
    this.#next ??= once(this.#worker, "message").finally(() => {
      this.#next = null;
    });
    await this.#next;
  }

  async end(): Promise<Part> {
    this.#worker.postMessage({ kind: "end" } satisfies WorkerTask);
    while (this.#part === null) await this.answer();
    return this.#part;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** What is handed over with such columns. Several may lie in one buffer, and none goes twice. */
export function buffersOf(columns: readonly ArrayBufferView[]): readonly ArrayBuffer[] {
  return [...new Set(columns.map(({ buffer }) => buffer))].filter(isOwned);
}

/** Shared memory is not handed over, it is there already. */
function isOwned(buffer: ArrayBufferLike): buffer is ArrayBuffer {
  return buffer instanceof ArrayBuffer;
}
