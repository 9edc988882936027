// Where a text is at fault: file, line and column, the line itself and a caret under the place.
//
//   gatehouse: nginx.gate:4:7: 6.18.44 x86_64 has no event `raed`
//     allow raed if fd == 0
//           ^~~~
//   hint: did you mean `read`?

import type { Diagnostic } from "@gatehouse/core";
import { printable } from "./text.js";

/** Columns of a line that are shown; of a longer one, those around the place. */
const WINDOW = 76;
const BEFORE = 40;

export function drawDiagnostics(file: string, text: string, diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map((diagnostic) => draw(file, text, diagnostic)).join("\n");
}

/** Counted from 1. Columns are characters, a tab being one. */
export function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return {
    line: text.slice(0, start).split("\n").length,
    column: charactersOf(text.slice(start, offset)).length + 1,
  };
}

function draw(file: string, text: string, { message, start, end, hint }: Diagnostic): string {
  const { line, column } = positionOf(text, start);
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const lineEnd = (text.indexOf("\n", start) + 1 || text.length + 1) - 1;
  const shown = cut(
    charactersOf(text.slice(lineStart, start)),
    charactersOf(text.slice(start, lineEnd)),
    charactersOf(text.slice(start, Math.min(end, lineEnd))).length,
  );
  const where = `gatehouse: ${printable(file)}:${line}:${column}: ${printable(message)}`;
  return [where, ...shown, ...(hint === undefined ? [] : [`hint: ${printable(hint)}`])].join("\n");
}

/** The line, or its part around the caret, and the line of the caret. */
function cut(before: readonly string[], after: readonly string[], marked: number): readonly [string, string] {
  const left = before.length + after.length > WINDOW ? Math.max(0, before.length - BEFORE) : 0;
  const head = before.slice(left);
  const tail = after.slice(0, WINDOW - head.length);
  const opening = left > 0 ? "…" : "";
  const closing = tail.length < after.length ? "…" : "";
  const mark = "^".padEnd(Math.min(marked, tail.length), "~");
  return [
    `  ${opening}${head.join("")}${tail.join("")}${closing}`,
    `  ${opening === "" ? "" : " "}${head.map(blankOf).join("")}${mark}`,
  ];
}

/** One string a character, without what a terminal would obey; of a byte order mark nothing is seen. */
function charactersOf(line: string): string[] {
  return [...line.replace(/^\ufeff|\r$/g, "")].map((character) =>
    character === "\t" ? character : printable(character),
  );
}

/** What takes as much room as the character does. */
function blankOf(character: string): string {
  if (character === "\t") return "\t";
  if (/^\p{Mark}$/u.test(character)) return "";
  return WIDE.test(character) ? "  " : " ";
}

const WIDE =
  /^(?:\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}|[\uff01-\uff60\uffe0-\uffe6])$/u;
