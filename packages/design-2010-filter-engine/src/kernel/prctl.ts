// What the generations' prctl calls share: how a text comes from the caller's memory and goes back there, which texts a
// call takes, and the lines that the kernel prints.

import {
  ABI,
  type Answer,
  type ByteString,
  type Change,
  catalogOf,
  type EventFormat,
  FIRST_OTHER_EVENT,
  type Kernel,
  PR,
  type Prctl,
  type PrctlArgument,
  refused,
  register,
  type TaskState,
  type TraceEvent,
  type Truth,
} from "@gatehouse/core";
import { boundFilter, type DialectName } from "@gatehouse/ftrace";
import type { Generation } from "./generation.js";
import { WILDCARD } from "./program.js";

/** MAX_FILTER_STR_VAL, with the NUL that ends a text. */
export const MAX_FILTER_STR_VAL = 256;

/** The number of execve on an entry path. */
export function isExecve(nr: number, abi: number, kernel: Kernel): boolean {
  return catalogOf(kernel, abi)?.byName("execve")?.id === nr;
}

type Pointee = Exclude<PrctlArgument, number | bigint>;

/**
 * The text that a pointer leads to, as the kernel copies it: up to its NUL, and no more than 255 bytes, of which nobody is
 * told. Null (EFAULT): it leads nowhere, or memory ends before the text does.
 */
export function userText(pointer: Pointee): ByteString | null {
  if (pointer === null) return null;
  const { bytes, ends } = memory(pointer);
  const nul = bytes.indexOf("\0");
  const text = (nul < 0 ? bytes : bytes.slice(0, nul)).slice(0, MAX_FILTER_STR_VAL - 1);
  return nul >= 0 || ends || text.length === MAX_FILTER_STR_VAL - 1 ? text : null;
}

/** The bytes there, and whether a NUL follows them. */
function memory(pointer: Exclude<Pointee, null>): { readonly bytes: ByteString; readonly ends: boolean } {
  if (typeof pointer === "string") return { bytes: pointer, ends: true };
  if (!(pointer instanceof Uint8Array)) return { bytes: pointer.unended, ends: false };
  return { bytes: String.fromCharCode(...pointer), ends: false };
}

/** Without the blanks around it; null where nothing is left. */
export function stripped(text: ByteString): ByteString | null {
  const inside = text.replace(/^[\t-\r \xa0]+|[\t-\r \xa0]+$/g, "");
  return inside === "" ? null : inside;
}

/**
 * Why a call does not take a text; null where it does. Texts are held against the metadata of the native table, whatever
 * the path. `parses`: how many texts that hands to the parser.
 */
export function refusalOf(
  filter: ByteString,
  nr: number,
  kernel: Kernel,
  dialect: DialectName,
): { readonly answer: Answer | null; readonly parses: number } {
  if (filter === WILDCARD) return { answer: null, parses: 0 };
  const format = tracedCall(nr, kernel);
  if (format === null) return { answer: refused("ENOSYS"), parses: 0 };
  const isFilter = boundFilter(filter, format, dialect, "zeroed") !== null;
  return { answer: isFilter ? null : refused("EINVAL"), parses: 1 };
}

/** What a call's entry answers: nothing is no match, the wildcard is one, a text is asked about the call's record. */
export function answerOf(
  filter: ByteString | undefined,
  event: TraceEvent,
  format: EventFormat | null,
  { dialect }: Generation,
): Truth {
  if (filter === undefined || filter === WILDCARD) return filter !== undefined;
  if (format === null) throw new Error(`\`${filter}\` was installed on a call without metadata`);
  const bound = boundFilter(filter, format, dialect, "zeroed");
  if (bound === null) throw new Error(`\`${filter}\` was installed and is no filter`);
  return bound.run(event);
}

/** What GET answers: the text goes to a buffer of the caller's, which may end before the text does. */
export function copiedOut(text: ByteString, buffer: Pointee, size: bigint): Answer {
  const bytes = `${text}\0`;
  if (BigInt(bytes.length) > size || bytes.length > MAX_FILTER_STR_VAL) return refused("ENOSPC");
  const room = roomIn(buffer);
  const written = { wrote: Math.min(room, bytes.length), text: text.slice(0, room) };
  if (room < bytes.length) return { ok: false, errno: "ENOSPC", ...(room === 0 ? {} : written) };
  return { ok: true, value: 0, ...written };
}

function roomIn(buffer: Pointee): number {
  if (buffer === null) return 0;
  if (typeof buffer === "string") return buffer.length + 1;
  return buffer instanceof Uint8Array ? buffer.length : buffer.unended.length;
}

/** The size that GET is given; null where it is 0 and nothing can be written. */
export function bufferSize(call: Prctl, at: number): bigint | null {
  const size = register(call, at);
  return size === 0n ? null : size;
}

/** A call that filters can look at. */
export function tracedCall(nr: number, { catalog, ftrace }: Kernel): EventFormat | null {
  const format = catalog.byId(nr);
  return ftrace && format !== undefined && format.event !== null ? format : null;
}

/** `0 (sys_read)`: the name is the metadata's, of the native table whatever the path. */
export function showCall(nr: number, kernel: Kernel): string {
  const event = tracedCall(nr, kernel)?.event ?? null;
  return `${nr} (${event === null ? "unknown" : event.replace("sys_enter_", "sys_")})`;
}

/** `sh[7]: ` */
export function logLine({ task: { comm, pid } }: TraceEvent, text: string): string {
  return `${comm}[${pid}]: ${text}`;
}

/** Where the call was made, in hexadecimal digits; `?` where the trace has no instruction pointer. */
export function instruction({ chunk: { ip }, row }: TraceEvent): string {
  if (ip === null) return "?";
  const [low = 0, high = 0] = [ip[2 * row], ip[2 * row + 1]];
  return ((BigInt(high) << 32n) | BigInt(low)).toString(16);
}

/** An event that is no system call passes these checks by. */
export function isOtherEvent(event: TraceEvent): boolean {
  return event.abi === ABI.native && event.id >= FIRST_OTHER_EVENT;
}

/** Whether the option is one of the three that the filter engine added. */
export function isFilterCall({ option }: Prctl): boolean {
  return (
    option === PR.SET_SECCOMP_FILTER || option === PR.GET_SECCOMP_FILTER || option === PR.CLEAR_SECCOMP_FILTER
  );
}

/** A call that fails and changes nothing. */
export function unchanged<C>(task: TaskState<C>, errno: string, parses = 0): Change<C> {
  return { task, answer: refused(errno), parses };
}
