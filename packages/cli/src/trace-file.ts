// A trace from a file or from standard input: progress while it is read, and afterwards which lines made no sense.

import type { Catalog, Chunk } from "@gatehouse/core";
import type { TraceSource } from "@gatehouse/harness";
import {
  openTrace,
  type Progress,
  type Trace,
  TraceError,
  type TraceFormat,
  type TraceStats,
} from "@gatehouse/traces";
import { Failure, NotPossible } from "./failure.js";
import { isWatched, notice, progress } from "./terminal.js";
import { count, number, printable } from "./text.js";

export type TraceFile = {
  readonly trace: TraceSource;
  readonly stats: TraceStats;
  /** What kind of trace it turned out to be; null until its start is read. */
  readonly format: TraceFormat | null;
  /** To be called when it has been read. */
  finish(): void;
};

/** `-`: standard input. `strict`: a line that cannot be read is an error. Unless `format` says it, the content does. */
export function readTrace(file: string, catalog: Catalog, strict: boolean, format?: TraceFormat): TraceFile {
  const watching = isWatched ? { onProgress: showProgress } : {};
  const opened = openTrace(file, { catalog, strict, ...(format && { format }), ...watching });
  const { stats } = opened;
  return {
    stats,
    get format() {
      return opened.format;
    },
    trace: { stats, [Symbol.asyncIterator]: () => chunksOf(file, opened) },
    finish() {
      progress("");
      if (stats.unreadable.count > 0) notice(showUnreadable(file, stats.unreadable));
      if (stats.lostEvents > 0)
        notice(`${printable(file)}: ${count(stats.lostEvents, "event")} more were lost when it was recorded`);
    },
  };
}

async function* chunksOf(file: string, opened: Trace): AsyncGenerator<Chunk> {
  try {
    yield* opened;
    if (opened.stats.events === 0) throw new Failure(showNothing(file, opened));
  } catch (error) {
    progress("");
    if (!(error instanceof TraceError)) throw error;
    // What is wrong with the whole it says of a name; what is wrong inside it does not.
    const where = error.code === "unreadable-line" || error.code === "limit" ? `${file}: ` : "";
    const message = printable(where + error.message);
    throw error.code === "not-possible" ? new NotPossible(message) : new Failure(message);
  }
}

/** A verdict on nothing would pass for one on something. */
function showNothing(file: string, { format, stats }: Trace): string {
  const { lines, tasks, skipped, about, unreadable, lostEvents } = stats;
  const shown =
    about === null ? "" : `, the first in line ${number(about.line)}: \`${printable(about.text)}\``;
  const [bad] = unreadable.first;
  const parts = [
    ...(tasks > 0 ? [`${count(tasks, "task")} that come and go`] : []),
    ...(skipped > 0 ? [`${count(skipped, "line")} about something else${shown}`] : []),
    ...(bad === undefined
      ? []
      : [
          `${count(unreadable.count, "line")} that could not be read, the first line ${number(bad.line)}: ${bad.reason}: \`${bad.text}\``,
        ]),
    ...(lostEvents > 0 ? [`${count(lostEvents, "event")} that were lost when it was recorded`] : []),
  ];
  const found = parts.length === 0 ? "" : parts.map((part) => `\n  ${part}`).join("");
  return `${printable(file)}: no event was read; read as ${format}, it has ${count(lines, "line")}${found}`;
}

function showProgress({ bytes, size }: Progress): void {
  const part = size === null || size === 0 ? "" : ` (${number((100 * bytes) / size)} %)`;
  progress(`reading the trace: ${number(bytes / 1e6, 1)} MB${part}`);
}

function showUnreadable(file: string, { count: lines, first }: TraceStats["unreadable"]): string {
  const shown = first.map(({ line, text, reason }) => `  line ${number(line)}: ${reason}: \`${text}\``);
  const more = lines > first.length ? [`  and ${number(lines - first.length)} more`] : [];
  return [`${printable(file)}: ${count(lines, "line")} could not be read`, ...shown, ...more].join("\n");
}
