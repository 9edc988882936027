// The filter language alone: `gatehouse filter show` for people; `filter parse` and `filter match` are JSON lines in and
// out.

import { type Command, Option } from "commander";
import type { MatchOptions } from "./filter-match.js";
import type { ParseOptions } from "./filter-parse.js";
import type { ShowOptions } from "./filter-show.js";

export function addFilter(program: Command): void {
  const filter = program
    .command("filter")
    .description("the filter language of three kernels, by itself")
    .helpCommand(false);
  const parse = filter
    .command("parse")
    .description("say what a kernel answers to filters; reads and writes JSON lines")
    .addOption(
      new Option("--via <entrance>", "how the text gets into the kernel")
        .choices(["tracefs", "perf"])
        .default("tracefs"),
    )
    .addHelpText("after", PARSE_HELP);
  addKernel(parse).action(async (options: ParseOptions) =>
    (await import("./filter-parse.js")).parseFilters(options),
  );
  const match = filter
    .command("match")
    .description("say which records filters let pass; reads and writes JSON lines")
    .addHelpText("after", MATCH_HELP);
  addKernel(match).action(async (options: MatchOptions) =>
    (await import("./filter-match.js")).matchFilters(options),
  );
  addShow(filter);
}

function addShow(filter: Command): void {
  filter
    .command("show")
    .description("show what a kernel makes of a filter: its program, or why it is refused")
    .argument("<filter>", "the filter's text")
    .requiredOption("--event <name>", "the event that the filter is for")
    .addOption(
      new Option("--dialect <kernel>", "the kernel whose language it is; `extended` is shown in 6.18's words")
        .choices(["2.6.38", "2.6.39", "6.18", "extended"])
        .default("6.18"),
    )
    .option("--record <name=value,…>", "a record, and the filter's way for it")
    .option("--formats <file>", "events' formats, CPUs and symbols, as JSON (default: an embedded catalog)")
    .option("--json", "print data (gatehouse.filter-show/1)")
    .addHelpText("after", SHOW_HELP)
    .action(async (text: string, options: ShowOptions) =>
      (await import("./filter-show.js")).showOne(text, options),
    );
}

/** The options that say which kernel answers. */
function addKernel(command: Command): Command {
  return command
    .addOption(
      new Option("--dialect <kernel>", "the kernel whose language it is (required)")
        .choices(["2.6.38", "2.6.39", "6.18"])
        .makeOptionMandatory(),
    )
    .requiredOption("--formats <file>", "its events' formats, CPUs and symbols, as JSON (required)");
}

const PARSE_HELP = `
Reads   {"id", "event", "filter" or "filter_b64"}
Writes  {"id", "ok", "errno", "msg", "col", "stored" or "stored_b64"}

Example:
  $ gatehouse filter parse --dialect 6.18 --formats formats.json < filters.jsonl`;

const MATCH_HELP = `
Reads   {"event", "fields", "values", …}: the records for the filters that follow
        {"filter"}: a filter, of which a character is a byte
Writes  {"filter", "match"}: for each filter, a 0 or 1 a record
        {"filter", "errno", "msg"}: where it is refused

Example:
  $ gatehouse filter match --dialect 2.6.39 --formats formats.json < sets.jsonl`;

const SHOW_HELP = `
Example:
  $ gatehouse filter show 'fd == 3 && (offset > 64 || whence == 2)' --event lseek --record fd=3,whence=2`;
