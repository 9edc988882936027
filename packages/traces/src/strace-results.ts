// What follows the arguments of a call, where it changes the tree of tasks: the pid that a fork made, the file that an
// exec ran, the name that a task took.

import type { ByteString } from "@gatehouse/core";
import { BACKSLASH, byteString, NEWLINE, QUOTE } from "./scan.js";

/** Bytes of a task's name, beside the NUL: TASK_COMM_LEN - 1. */
const COMM_BYTES = 15;
/** A result needs no more, even with a note. */
const RESULT_BYTES = 80;

const PID = /^(?:0x[0-9a-f]{1,8}|[1-9]\d{0,9})(?=$|[\s<])/;
/** In another pid namespace, strace can say what it calls the task itself. */
const OUR_PID = /^\d+ \/\* (\d{1,10}) in strace's PID NS \*\//;
const SUCCESS = /^0(?=$|\s)/;

/** The pid that the result at `at` is; null: it is none, or an error. */
export function resultPid(bytes: Uint8Array, at: number): number | null {
  const text = resultText(bytes, at);
  const [, ours] = OUR_PID.exec(text) ?? [];
  if (ours !== undefined) return Number(ours);
  const [pid] = PID.exec(text) ?? [];
  return pid === undefined ? null : Number(pid);
}

export function isSuccess(bytes: Uint8Array, at: number): boolean {
  return SUCCESS.test(resultText(bytes, at));
}

function resultText(bytes: Uint8Array, at: number): string {
  const [line = ""] = byteString(bytes, at, at + RESULT_BYTES).split("\n", 1);
  return line;
}

/** What `filename` makes a task's name, as the kernel does. */
export function commOf(filename: ByteString): ByteString {
  return filename.slice(filename.lastIndexOf("/") + 1).slice(0, COMM_BYTES);
}

/** The name that `PR_SET_NAME, "NAME"` gives; null: it does not. */
export function nameSet(bytes: Uint8Array, at: number): ByteString | null {
  if (!byteString(bytes, at, at + SET_NAME.length).startsWith(SET_NAME)) return null;
  return firstString(bytes, at)?.slice(0, COMM_BYTES) ?? null;
}

const SET_NAME = 'PR_SET_NAME, "';

/** The first string at `at` or after it; null where there is none, or it was cut. */
export function firstString(bytes: Uint8Array, at: number): ByteString | null {
  let from = at;
  while (bytes[from] !== QUOTE) if (bytes[from++] === NEWLINE || from >= bytes.length) return null;
  return stringAt(bytes, from);
}

/** The string whose quote is there; null where it was cut, or does not end. */
export function stringAt(bytes: Uint8Array, from: number): ByteString | null {
  let to = from + 1;
  while (bytes[to] !== QUOTE) {
    if (bytes[to] === NEWLINE || to >= bytes.length) return null;
    to += bytes[to] === BACKSLASH ? 2 : 1;
  }
  const isCut = byteString(bytes, to + 1, to + 4) === "...";
  return isCut ? null : unescaped(byteString(bytes, from + 1, to));
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", v: "\v", f: "\f" };

function unescaped(text: ByteString): ByteString {
  return text.replace(/\\(?:x([0-9a-f]{2})|([0-7]{1,3})|(.))/g, (_, hex, octal, letter) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    return ESCAPES[letter] ?? letter;
  });
}
