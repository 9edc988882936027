// The examples of the filter language's pages, each run in the dialects that its block names.
//
//   block   = "```filter " dialect { "," dialect } " " event [ " bytes" ] { line } "```" ;
//   line    = text " → " answer ;                      behind `bytes` a text is a JSON string, one byte a character
//   answer  = "accepted" | errno [ message ] [ "at " column ] | ( "matches" | "misses" ) record | "stored " text
//           | "refused" [ message ] | [ "not " ] "in " dialect ": " ( text | reason ) ;               (both of extended)
//
// An event with a `/` is one of docs/formats.json, any other one of the catalog of the dialect's kernel.

import { readFileSync } from "node:fs";
import { catalogs, errnos } from "@gatehouse/catalog";
import { type ByteString, type EventFormat, toByteString } from "@gatehouse/core";
import {
  applyEventFilter,
  type KernelDialectName,
  type KernelEvent,
  kernelEvent,
  parseFilter,
  printFilter,
  type RecordFormat,
  readFormats,
  recordFormatOf,
} from "@gatehouse/ftrace";
import { recordFrom } from "../../src/filter-show-record.js";
import type { Fence } from "./page.js";

export type FilterExample = {
  readonly at: number;
  readonly dialect: KernelDialectName | "extended";
  readonly event: string;
  readonly text: ByteString;
  readonly answer: string;
};

export function examplesIn({ info, lines, at }: Fence): FilterExample[] {
  const [, dialects = "", event = "", bytes] = info.split(" ");
  return lines.flatMap((line, i) => {
    const [, text, answer] = /^(.*?) +→ (.+)$/.exec(line) ?? [];
    if (text === undefined || answer === undefined) throw new SyntaxError(`line ${at + i + 1} has no →`);
    const written: unknown = bytes === undefined ? toByteString(text) : JSON.parse(text);
    if (typeof written !== "string") throw new SyntaxError(`line ${at + i + 1} has no JSON string`);
    return dialects.split(",").map((dialect) => ({
      at: at + i + 1,
      dialect: dialectNamed(dialect),
      event,
      text: written,
      answer,
    }));
  });
}

function dialectNamed(name: string): FilterExample["dialect"] {
  if (name === "2.6.38" || name === "2.6.39" || name === "6.18" || name === "extended") return name;
  throw new SyntaxError(`there is no dialect \`${name}\``);
}

/** What is answered, in the words of the page. */
export function answerTo(example: FilterExample): string {
  const { dialect } = example;
  return dialect === "extended" ? extendedAnswer(example) : kernelAnswer(example, dialect);
}

function extendedAnswer({ text, event, answer }: FilterExample): string {
  const row = rowNamed(event, "6.18-x86_64");
  const parsed = parseFilter(text, row, "extended");
  if (!parsed.ok) return answer === "refused" ? answer : `refused ${parsed.error[0]?.message}`;
  const [, name] = /^(?:not )?in ([\d.]+): /.exec(answer) ?? [];
  if (name === undefined) return "accepted";
  const said = printFilter(parsed.value, row, dialectNamed(name));
  if (said.ok) return `in ${name}: ${said.value}`;
  return `not in ${name}: ${said.error.map(({ reason }) => reason).join("; ")}`;
}

function kernelAnswer({ text, event: name, answer }: FilterExample, dialect: KernelDialectName): string {
  const { format, event } = eventNamed(name, dialect);
  const { ok, errno, msg, col, stored, filter } = applyEventFilter(text, event, "tracefs");
  if (answer.startsWith("stored ")) return `stored ${JSON.stringify(stored)}`;
  if (!ok) {
    const words = [errnoName(errno), msg === "Error" ? null : msg];
    const where = / at \d+$/.test(answer) ? `at ${col}` : null;
    return [...words, where].filter((word) => word !== null).join(" ");
  }
  const [, record] = /^(?:matches|misses) (.*)$/.exec(answer) ?? [];
  if (record !== undefined && filter !== null) {
    const match = filter.hold().matches(recordFrom(record, format, event));
    return `${match ? "matches" : "misses"} ${record}`;
  }
  return "accepted";
}

function errnoName(number: number): string {
  return [...errnos].find(([, value]) => value === number)?.[0] ?? String(number);
}

const pageFormats = readFormats(
  JSON.parse(readFileSync(new URL("../../../../docs/formats.json", import.meta.url), "utf8")),
);

function eventNamed(
  name: string,
  dialect: KernelDialectName,
): { readonly format: RecordFormat; readonly event: KernelEvent } {
  if (!pageFormats.ok) throw new Error(pageFormats.error);
  const { machine, events } = pageFormats.value;
  const catalog = dialect === "6.18" ? "6.18-x86_64" : "2.6.39-x86_64";
  const format = events.get(name) ?? recordFormatOf(rowNamed(name, catalog));
  return { format, event: kernelEvent(dialect, format, machine) };
}

function rowNamed(name: string, catalog: string): EventFormat {
  const row = catalogs[catalog]?.byName(name);
  if (row === undefined) throw new ReferenceError(`${catalog} has no event \`${name}\``);
  return row;
}
