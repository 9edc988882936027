// The writer of the lines that json-lines.ts reads. Registers that an event has no field for are left out: no policy can
// ask for them.

import { ABI, type Chunk, type EventFormat, type TraceEvent } from "@gatehouse/core";
import { textOf } from "./byte-text.js";
import { ToldTasks } from "./task-notes.js";

const ABIS = Object.entries(ABI);

/** Rows that are put together before they are handed on. */
const BATCH = 4096;

/** The bytes of a text with the rows of `chunks`, all of one trace; `lostEvents` is asked at its end. */
export async function* writeJsonLines(
  chunks: AsyncIterable<Chunk>,
  lostEvents: () => number = () => 0,
): AsyncGenerator<Uint8Array> {
  const told = new ToldTasks();
  for await (const chunk of chunks) {
    const briefly = chunk.tasks.map(({ pid, comm }) => `"pid":${pid},"comm":${quote(comm)}`);
    const event = chunk.at(0);
    while (event.row < chunk.length) {
      let lines = "";
      for (const end = Math.min(event.row + BATCH, chunk.length); event.row < end; event.row++) {
        const inFull = told.isNew(event.task) ? restOf(event.task) : "";
        lines += `{"task":{${briefly[chunk.task[event.row] ?? 0]}${inFull}},${eventOf(event)}}\n`;
        told.pass(event);
      }
      yield Buffer.from(lines);
    }
  }
  const lost = lostEvents();
  if (lost > 0) yield Buffer.from(`{"lost":${lost}}\n`);
}

function quote(bytes: string): string {
  return JSON.stringify(textOf(bytes));
}

function restOf({ parent, lineage }: TraceEvent["task"]): string {
  return `,"parent":${parent},"lineage":[${[...lineage].map(quote).join(",")}]`;
}

function eventOf(event: TraceEvent): string {
  // The number of an int80 call is one of another table than the catalog's.
  const format = event.abi === ABI.int80 ? undefined : event.format;
  const name = format?.name ?? (event.name === "no_such_call" ? event.name : `syscall_${event.id}`);
  const abi = event.abi === ABI.native ? "" : `"abi":"${ABIS.find(([, path]) => path === event.abi)?.[0]}",`;
  const pointer = pointerOf(event);
  return `"event":"${name}",${abi}${pointer}"args":{${argsOf(event, format)}}`;
}

/** 0: it is not shown. */
function pointerOf({ chunk: { ip }, row }: TraceEvent): string {
  const [low = 0, high = 0] = ip?.subarray(2 * row, 2 * row + 2) ?? [];
  return low === 0 && high === 0 ? "" : `"ip":${hex(high, low)},`;
}

function argsOf(event: TraceEvent, format: EventFormat | undefined): string {
  const fields = format?.fields ?? REGISTERS;
  let args = "";
  for (const { name, slot, kind } of fields) {
    if (!event.isKnown(slot)) continue;
    const value =
      kind === "number"
        ? hex(event.high(slot), event.low(slot))
        : kind === "string"
          ? quote(event.string(slot))
          : JSON.stringify(event.labels(slot));
    args += `${args === "" ? "" : ","}"${name}":${value}`;
  }
  return args;
}

const REGISTERS = Array.from(
  { length: 6 },
  (_, slot) => ({ name: `arg${slot}`, slot, kind: "number" }) as const,
);

function hex(high: number, low: number): string {
  if (high === 0) return `"0x${low.toString(16)}"`;
  return `"0x${high.toString(16)}${low.toString(16).padStart(8, "0")}"`;
}
