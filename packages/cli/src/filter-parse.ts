// `gatehouse filter parse`: what a kernel answers to each filter of standard input.

import { isUtf8 } from "node:buffer";
import { nearestWord } from "@gatehouse/catalog/nearest";
import { type ByteString, fail, type Result, succeed, toByteString } from "@gatehouse/core";
import {
  applyEventFilter,
  type Entrance,
  type Formats,
  isObject,
  type KernelDialectName,
  type KernelEvent,
  kernelEvent,
} from "@gatehouse/ftrace/kernel";
import { type Answer, answerLines, readFormatsFile } from "./filter-lines.js";

export type ParseOptions = {
  readonly dialect: KernelDialectName;
  readonly formats: string;
  readonly via: Entrance;
};

export async function parseFilters({ dialect, formats, via }: ParseOptions): Promise<void> {
  await answerLines(parsing(await readFormatsFile(formats), dialect, via));
}

export function parsing(formats: Formats, dialect: KernelDialectName, via: Entrance): Answer {
  const events = new Map<string, KernelEvent>();
  return (line) => {
    if (!isObject(line)) return fail("this is no object");
    const event = eventNamed(line.event);
    if (typeof event === "string") return fail(event);
    const written = textOf(line);
    if (!written.ok) return written;
    const { ok, errno, msg, col, stored } = applyEventFilter(written.value, event, via);
    const { id, filter } = line;
    // Where the bytes are the text itself it is ASCII, and so is what is stored.
    if (stored === null || written.value === filter) return succeed({ id, ok, errno, msg, col, stored });
    return succeed({ id, ok, errno, msg, col, ...storedText(stored) });
  };

  /** Or why there is none. */
  function eventNamed(name: unknown): KernelEvent | string {
    if (typeof name !== "string") return "`event` is no name";
    const known = events.get(name);
    if (known !== undefined) return known;
    const format = formats.events.get(name);
    if (format === undefined) return noEvent(name, formats);
    const event = kernelEvent(dialect, format, formats.machine);
    events.set(name, event);
    return event;
  }
}

function noEvent(name: string, { events }: Formats): string {
  const near = nearestWord(name, events.keys());
  return `the formats have no event \`${name}\`${near === null ? "" : `; did you mean \`${near}\`?`}`;
}

/** The bytes that are given to the kernel. */
function textOf(line: Readonly<Record<string, unknown>>): Result<ByteString, string> {
  const { filter, filter_b64: base64 } = line;
  if (typeof filter === "string" && base64 === undefined) return succeed(toByteString(filter));
  if (typeof base64 !== "string" || filter !== undefined)
    return fail("there must be `filter` or `filter_b64`");
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) {
    return fail("`filter_b64` is no base64");
  }
  return succeed(Buffer.from(base64, "base64").toString("latin1"));
}

function storedText(stored: ByteString): { stored: string } | { stored_b64: string } {
  const bytes = Buffer.from(stored, "latin1");
  return isUtf8(bytes) ? { stored: bytes.toString("utf8") } : { stored_b64: bytes.toString("base64") };
}
