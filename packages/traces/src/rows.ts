// The rows that a reader makes of a text: the chunk that fills, the tasks that it names, the strings that its slots
// stand for, and the rows of fork, exec and exit from which the tree of tasks can be built again.

import {
  ABI,
  type Abi,
  type ByteString,
  type Catalog,
  CHUNK_ROWS,
  Chunk,
  Dictionary,
  type EventId,
  NO_SUCH_CALL,
  type Task,
  type U64,
  u64,
} from "@gatehouse/core";
import { TraceError } from "./error.js";
import { type LiveTask, TaskTable } from "./task-table.js";

/** Bytes of different strings (of exec and fork lines) that one trace may hold. */
export const MAX_STRING_BYTES = 16_777_216;

/** The bit of a number that says x32. */
const X32_BIT = 0x4000_0000;

export type RowsShape = {
  readonly slots?: number;
  readonly ip?: boolean;
  /** How many rows a row can still be written to after it was made; none unless said. */
  readonly open?: 0 | typeof CHUNK_ROWS;
};

export class Rows {
  readonly dictionary = new Dictionary();
  readonly tasks = new TaskTable();
  /** The one that fills. */
  chunk: Chunk;
  /** Where the latest task stands in its table. */
  taskIndex = 0;
  readonly #catalog: Catalog;
  readonly #shape: RowsShape;
  readonly #forkId: EventId;
  readonly #execId: EventId;
  readonly #exitId: EventId;
  #task: Task | null = null;
  readonly #indices = new Map<Task, number>();
  /** Full, and kept back since rows of it are open. */
  #held: Chunk[] = [];
  #ready: Chunk[] = [];
  #stringBytes = 0;

  constructor(catalog: Catalog, shape: RowsShape = {}) {
    this.#catalog = catalog;
    this.#shape = shape;
    this.#forkId = taskEvent(catalog, "sched_process_fork");
    this.#execId = taskEvent(catalog, "sched_process_exec");
    this.#exitId = taskEvent(catalog, "sched_process_exit");
    this.chunk = this.#newChunk(0);
  }

  /** Whose the next rows are. */
  by(task: LiveTask): LiveTask {
    if (task !== this.#task) {
      let index = this.#indices.get(task);
      if (index === undefined) {
        index = this.chunk.tasks.push(task) - 1;
        this.#indices.set(task, index);
      }
      this.#task = task;
      this.taskIndex = index;
    }
    return task;
  }

  /** A call by the latest task. */
  call(nr: number, values: readonly (U64 | undefined)[]): number {
    const row = this.event(0, ABI.native, values);
    setNumber(this.chunk, row, nr);
    return row;
  }

  fork(parent: LiveTask, pid: number, comm: ByteString): LiveTask {
    this.#taskRow(parent, this.#forkId, [u64(parent.pid), u64(pid), this.string(comm)]);
    return this.tasks.fork(parent, pid, comm);
  }

  /** A fork that only shows when the child has appeared. */
  adopt(parent: LiveTask, child: LiveTask): LiveTask {
    this.#taskRow(parent, this.#forkId, [u64(parent.pid), u64(child.pid), this.string(parent.comm)]);
    return this.tasks.adopt(parent, child);
  }

  /** `filename` null: the trace does not show it. */
  exec(task: LiveTask, filename: ByteString | null): void {
    const name = filename === null ? undefined : this.string(filename);
    this.#taskRow(task, this.#execId, [name, u64(task.pid)]);
  }

  exit(task: LiveTask): void {
    this.#taskRow(task, this.#exitId, [u64(task.pid)]);
    this.tasks.exit(task.pid);
    this.#task = null;
  }

  #taskRow(task: LiveTask, id: EventId, values: readonly (U64 | undefined)[]): void {
    this.turn();
    this.by(task);
    this.event(id, ABI.native, values);
  }

  /** Any event, by the latest task. */
  event(id: EventId, abi: Abi, values: readonly (U64 | undefined)[]): number {
    return this.chunk.push(this.taskIndex, id, abi, values);
  }

  /** What the row, a fork or an exit that was told as an event, does to the tree of tasks. */
  grow(row: number): void {
    const event = this.chunk.at(row);
    const slotOf = (name: string) => event.format?.fields.find((field) => field.name === name)?.slot ?? 0;
    const task = this.tasks.of(event.task.pid);
    if (event.id === this.#exitId) this.tasks.exit(event.task.pid);
    if (event.id !== this.#forkId || task === undefined || !event.isKnown(slotOf("child_pid"))) return;
    const comm = event.isKnown(slotOf("child_comm")) ? event.string(slotOf("child_comm")) : task.comm;
    this.tasks.fork(task, event.low(slotOf("child_pid")), comm);
  }

  string(text: ByteString): U64 {
    const { strings } = this.dictionary;
    const before = strings.length;
    const id = this.dictionary.string(text);
    if (strings.length > before) this.#hold(text.length);
    return u64(id);
  }

  labels(labels: readonly string[]): U64 {
    const { labelSets } = this.dictionary;
    const before = labelSets.length;
    const id = this.dictionary.labels(labels);
    if (labelSets.length > before) this.#hold(labels.reduce((sum, { length }) => sum + length, 1));
    return u64(id);
  }

  #hold(bytes: number): void {
    this.#stringBytes += bytes;
    if (this.#stringBytes > MAX_STRING_BYTES)
      throw new TraceError("limit", `the strings of a trace take more than ${MAX_STRING_BYTES} bytes`);
  }

  /** Before another row: whether the chunk was full, and another one fills now. */
  turn(): boolean {
    if (this.chunk.length < CHUNK_ROWS) return false;
    const full = this.#held;
    this.#held = [];
    (this.#shape.open ? this.#held : full).push(this.chunk);
    this.#ready.push(...full);
    this.chunk = this.#newChunk(this.chunk.first + this.chunk.length);
    this.#indices.clear();
    this.#task = null;
    return true;
  }

  /** What is full. */
  take(): Chunk[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  /** What is left at the end of the trace. */
  end(): Chunk[] {
    const rest = [...this.take(), ...this.#held];
    this.#held = [];
    if (this.chunk.length > 0) rest.push(this.chunk);
    return rest;
  }

  #newChunk(first: number): Chunk {
    const { slots = 6, ip = false } = this.#shape;
    return new Chunk(this.#catalog, this.dictionary, { first, slots, ip });
  }
}

/** The call and the path that the number `nr` of the 64-bit table says. */
export function setNumber(chunk: Chunk, row: number, nr: number): void {
  const x32 = nr >= X32_BIT && nr < 2 * X32_BIT;
  const low = x32 ? nr - X32_BIT : nr;
  chunk.event[row] = low >= 0 && low < NO_SUCH_CALL ? low : NO_SUCH_CALL;
  chunk.abi[row] = x32 ? ABI.x32 : ABI.native;
}

function taskEvent(catalog: Catalog, name: string): EventId {
  const format = catalog.byName(name);
  if (format?.kind !== "task") throw new RangeError(`the catalog has no task event \`${name}\``);
  return format.id;
}
