// How `gatehouse convert` is asked.

import type { SavedFormat, TraceFormat } from "@gatehouse/traces";
import { type Command, Option } from "commander";
import type { ConvertOptions } from "./convert.js";

// Spelled out here, so that help need not load the readers; a test holds the lists together.
export const TRACE_FORMATS: readonly TraceFormat[] = [
  "perf",
  "strace-raw",
  "strace",
  "tracefs",
  "audit",
  "jsonl",
  "arrow",
];
export const SAVED_FORMATS: readonly SavedFormat[] = ["jsonl", "arrow"];

/** What kind of trace a file is, where its content should not decide. */
export function formatOption(flags: string): Option {
  return new Option(flags, "what kind of trace it is (default: by content)").choices(TRACE_FORMATS);
}

export function addConvert(program: Command): void {
  program
    .command("convert")
    .description("write a trace as lines of JSON, or as an Arrow file for pandas and DuckDB")
    .argument("<trace>", "a trace, also packed, - for standard input")
    .option("-o, --output <file>", "where to, - for standard output", "-")
    .addOption(
      new Option("--to <format>", "what it becomes (default: by the output's ending, or jsonl)").choices(
        SAVED_FORMATS,
      ),
    )
    // As the other commands call it, and in a pair with --to.
    .addOption(formatOption("--format, --from <format>"))
    .option("--catalog <kernel>", "the kernel whose events they are", "6.18-x86_64")
    .option("--strict", "a line of the trace that cannot be read is an error")
    .option("--json", "print data about what was written (gatehouse.convert/1)")
    .addHelpText("after", "\nExample:\n  $ gatehouse convert nginx.perf.txt.gz -o nginx.arrows")
    .action(async (trace: string, options: ConvertOptions) =>
      (await import("./convert.js")).convert(trace, options),
    );
}
