// The line that the kernel prints of a call that it refuses.

import type { Kernel, TraceEvent } from "@gatehouse/core";
import { showCall } from "./call-number.js";

/** `sh[7]: system call 1 (sys_write) blocked at 0x7f00`. `before`: what stands before the hexadecimal digits. */
export function denialLog(event: TraceEvent, nr: number, kernel: Kernel, before: "0x" | "ip:"): string {
  return `${taskName(event)}: system call ${showCall(nr, kernel)} blocked at ${instruction(event, before)}`;
}

/** `sh[7]` */
export function taskName({ task: { comm, pid } }: TraceEvent): string {
  return `${comm}[${pid}]`;
}

/** Where the trace has no instruction pointer, `?`. */
function instruction({ chunk: { ip }, row }: TraceEvent, before: string): string {
  if (ip === null) return "?";
  const [low = 0, high = 0] = [ip[2 * row], ip[2 * row + 1]];
  return `${before}${((BigInt(high) << 32n) | BigInt(low)).toString(16)}`;
}
