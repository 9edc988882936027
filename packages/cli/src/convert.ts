// `gatehouse convert`: a trace from one format into another.

import { extname } from "node:path";
import { type SavedFormat, saveTrace, TraceError, type TraceFormat } from "@gatehouse/traces";
import { findCatalog } from "./case.js";
import { Failure, Interrupted } from "./failure.js";
import { print, printJson } from "./terminal.js";
import { count, printable } from "./text.js";
import { readTrace } from "./trace-file.js";

/** The command line's, as commander gives them. */
export type ConvertOptions = {
  readonly output: string;
  readonly to?: SavedFormat;
  readonly from?: TraceFormat;
  readonly catalog: string;
  readonly strict?: boolean;
  readonly json?: boolean;
};

/** What the endings of file names mean. */
const ENDINGS: Readonly<Record<string, SavedFormat>> = {
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".arrow": "arrow",
  ".arrows": "arrow",
};

export async function convert(input: string, options: ConvertOptions): Promise<void> {
  const { output, strict = false } = options;
  const toOutput = output === "-";
  if (toOutput && options.json) throw new Failure("--json and the trace would both go to standard output");
  const format = options.to ?? formatOf(output);
  const catalog = findCatalog(options.catalog);
  const file = readTrace(input, catalog, strict, options.from);
  await save(file.trace, output, { format, catalog, lostEvents: () => file.stats.lostEvents });
  file.finish();
  if (toOutput) return;
  const { lines, events, tasks, skipped, lostEvents, unreadable } = file.stats;
  const counts = { lines, events, tasks, skipped, lostEvents, unreadable };
  if (options.json)
    printJson({ schema: "gatehouse.convert/1", output, from: file.format, to: format, ...counts });
  else
    print(
      `${count(events, "event")} of ${count(tasks, "task")}, read as ${file.format}: ${printable(output)}`,
    );
}

function formatOf(output: string): SavedFormat {
  if (output === "-") return "jsonl";
  const format = ENDINGS[extname(output)];
  if (format !== undefined) return format;
  throw new Failure(
    `\`${printable(output)}\` does not end in a known way, so --to has to say what it becomes`,
  );
}

/** Whoever interrupts it finds nothing half-written. */
async function save(
  trace: Parameters<typeof saveTrace>[0],
  output: string,
  options: Parameters<typeof saveTrace>[2],
): Promise<void> {
  const stop = new AbortController();
  const interrupt = (signal: "SIGINT" | "SIGTERM") =>
    stop.abort(new Interrupted(signal, "interrupted: nothing was written"));
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    await saveTrace(trace, output, { ...options, signal: stop.signal });
  } catch (error) {
    if (stop.signal.aborted) throw stop.signal.reason;
    if (error instanceof TraceError) throw new Failure(printable(error.message));
    throw error;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}
