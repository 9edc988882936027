// The reader of our own lines of JSON, the format for programs that make or read traces: an event a line.
//
//   {"task":{"pid":7,"comm":"sh","parent":1,"lineage":["init","sh"]},"event":"openat","args":{"dfd":"0xffffff9c"}}
//   {"task":{"pid":7,"comm":"sh"},"event":"file_open","args":{"label":["tmp_t"],"filename":"/tmp/x"}}
//   {"task":{"pid":7,"comm":"sh"},"event":"sched_process_fork","args":{"parent_pid":7,"child_pid":8,"child_comm":"sh"}}
//
//   task      who. `lineage`: every name that it and its ancestors have borne, the oldest first, and `parent`: the pid that
//             forked it, or null; both on its first line, and when they change. Without them, what fork lines say holds.
//   event     a call's `__NR_` name or any other of the catalog's; `syscall_N` by number, `no_such_call` for no number
//   abi       "int80" or "x32" where the call did not enter by the 64-bit path; an int80 call goes by number
//   ip        the instruction pointer
//   lost      alone in its line: so many events are missing, by what the trace itself said
//   args      what is known of the event's fields: numbers as "0x…" or as integers of less than 53 bits
//             (a negative one is the 64-bit register), strings, lists of labels.
//             `arg0` … `arg5` are the registers of a call that has no such fields. What is not here is not known.
//
// A string's byte that is no UTF-8 is `\xNN` inside the JSON string, a backslash `\\`.

import { isUtf8 } from "node:buffer";
import {
  ABI,
  type Abi,
  type ByteString,
  type Catalog,
  type EventFormat,
  type EventId,
  type Field,
  NO_SUCH_CALL,
  type U64,
  u64,
} from "@gatehouse/core";
import { bytesOfText } from "./byte-text.js";
import type { LineFormat } from "./line-reader.js";
import type { ReaderOptions, TraceStats } from "./reader.js";
import { Rows } from "./rows.js";
import { CARRIAGE_RETURN, SPACE } from "./scan.js";
import type { LiveTask } from "./task-table.js";

export class JsonLines implements LineFormat {
  readonly rows: Rows;
  readonly #stats: TraceStats;
  readonly #catalog: Catalog;

  constructor({ catalog, stats }: ReaderOptions) {
    this.#stats = stats;
    this.#catalog = catalog;
    this.rows = new Rows(catalog, { slots: slotsOf(catalog), ip: true });
  }

  line(bytes: Uint8Array, start: number, end: number): string | null {
    const line = bytes.subarray(start, end);
    try {
      if (!line.every((byte) => byte === SPACE || byte === CARRIAGE_RETURN)) this.#event(parse(line));
      return null;
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      return error.message;
    }
  }

  #event(line: Record<string, unknown>): void {
    if (Object.keys(line).join() === "lost") {
      this.#lost(line.lost);
      return;
    }
    const { task, event, abi = "native", ip, args = {}, ...others } = line;
    const [other] = Object.keys(others);
    if (other !== undefined) throw new Misfit(`it has no place for \`${other}\``);
    const path = abiOf(abi);
    const { id, format } = this.#eventOf(event, path);
    const pointer = ip === undefined ? null : number(ip, "ip");
    const values = this.#values(format, object(args, "args"));
    const { rows } = this;
    rows.by(this.#task(object(task, "task")));
    const row = rows.event(id, path, values);
    if (pointer !== null) rows.chunk.ip?.set([pointer.low, pointer.high], 2 * row);
    if (format?.kind === "task") rows.grow(row);
    else this.#stats.events++;
    rows.turn();
  }

  #lost(count: unknown): void {
    if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0)
      throw new Misfit("`lost` is no number of events");
    this.#stats.lostEvents += count;
    this.#stats.skipped++;
  }

  #eventOf(name: unknown, abi: Abi): { id: EventId; format: EventFormat | undefined } {
    const text = string(name, "event");
    const [, nr] = /^syscall_(\d{1,4})$/.exec(text) ?? [];
    if (nr !== undefined && Number(nr) < NO_SUCH_CALL) return { id: Number(nr), format: undefined };
    if (text === "no_such_call") return { id: NO_SUCH_CALL, format: undefined };
    if (abi === ABI.int80) throw new Misfit("an int80 call goes by its number: `syscall_N`");
    const format = this.#catalog.byName(text);
    if (format === undefined) throw new Misfit(`the catalog has no event \`${text}\``);
    return { id: format.id, format };
  }

  #values(format: EventFormat | undefined, args: Record<string, unknown>): (U64 | undefined)[] {
    const values: (U64 | undefined)[] = [];
    for (const [name, value] of Object.entries(args)) {
      const field = format?.fields.find((candidate) => candidate.name === name);
      if (field !== undefined) values[field.slot] = this.#value(field, value);
      else values[register(name, format)] = number(value, name);
    }
    return values;
  }

  #value({ name, kind }: Field, value: unknown): U64 {
    if (kind === "number") return number(value, name);
    if (kind === "string") return this.rows.string(bytes(value, name));
    if (!Array.isArray(value)) throw new Misfit(`\`${name}\` is no list of labels`);
    return this.rows.labels(value.map((label) => string(label, name)));
  }

  #task({ pid, comm, parent, lineage, ...others }: Record<string, unknown>): LiveTask {
    const [other] = Object.keys(others);
    if (other !== undefined) throw new Misfit(`a task has no \`${other}\``);
    const { tasks } = this.rows;
    const id = pidOf(pid, "pid");
    const name = bytes(comm, "comm");
    const forkedBy = parent === undefined || parent === null ? null : pidOf(parent, "parent");
    if (lineage === undefined) return tasks.named(id, name);
    if (!Array.isArray(lineage)) throw new Misfit("`lineage` is no list of names");
    const names = lineage.map((ancestor) => bytes(ancestor, "lineage"));
    return tasks.set(id, forkedBy, name, names);
  }
}

/** What a line says does not fit the shape above; the message is why. */
class Misfit extends Error {}

function parse(bytes: Uint8Array): Record<string, unknown> {
  if (!isUtf8(bytes)) throw new Misfit("it is not UTF-8");
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Misfit("it is not JSON");
  }
  return object(value, "the line");
}

function object(value: unknown, name: string): Record<string, unknown> {
  if (!isObject(value)) throw new Misfit(`\`${name}\` is no object`);
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function string(value: unknown, name: string): string {
  if (typeof value !== "string") throw new Misfit(`\`${name}\` is no string`);
  return value;
}

function bytes(value: unknown, name: string): ByteString {
  const text = bytesOfText(string(value, name));
  if (text === null)
    throw new Misfit(`\`${name}\` has a backslash that begins neither \`\\\\\` nor \`\\xNN\``);
  return text;
}

function pidOf(value: unknown, name: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 31) return value;
  throw new Misfit(`\`${name}\` is no pid`);
}

function number(value: unknown, name: string): U64 {
  if (typeof value === "number" && Number.isSafeInteger(value)) return u64(value);
  if (typeof value === "string" && /^0x[0-9a-f]{1,16}$/i.test(value))
    return {
      high: Number.parseInt(value.slice(2, -8) || "0", 16),
      low: Number.parseInt(value.slice(2).slice(-8), 16),
    };
  throw new Misfit(`\`${name}\` is neither "0x…" nor an integer that JSON keeps`);
}

function abiOf(value: unknown): Abi {
  if (value === "native" || value === "int80" || value === "x32") return ABI[value];
  throw new Misfit("`abi` is neither `native`, `int80` nor `x32`");
}

function register(name: string, format: EventFormat | undefined): number {
  const [, slot] = /^arg([0-5])$/.exec(name) ?? [];
  if (slot !== undefined && (format === undefined || format.kind === "syscall")) return Number(slot);
  throw new Misfit(`\`${format?.name ?? "the call"}\` has no \`${name}\``);
}

/** The slots that rows of the catalog's events need. */
function slotsOf({ formats }: Catalog): number {
  return formats.reduce(
    (most, { fields }) => fields.reduce((max, { slot }) => Math.max(max, slot + 1), most),
    6,
  );
}
