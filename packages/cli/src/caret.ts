// Where a text is at fault: file, line and column, the line itself and a caret under the place.
//
//   nginx.gate:4:7: 6.18.44 x86_64 has no event `raed`
//     allow raed if fd == 0
//           ^~~~
//   hint: did you mean `read`?

import type { Diagnostic } from "@gatehouse/core";
import { printable } from "./text.js";

/** Columns of a line that are shown; of a longer one, those around the place. */
const WINDOW = 76;
const BEFORE = 40;
/** Code units in which a window's characters are. */
const NEAR = 4 * WINDOW;

/** One text for each diagnostic. */
export function drawDiagnostics(file: string, text: string, diagnostics: readonly Diagnostic[]): string[] {
  const lineOf = lineNumbers(text);
  return diagnostics.map((diagnostic) => draw(file, text, lineOf(diagnostic.start), diagnostic));
}

/** The line of each offset, counted from 1. A policy may have a hundred thousand, so they are looked for once. */
export function lineNumbers(text: string): (offset: number) => number {
  const starts = [0];
  for (let feed = text.indexOf("\n"); feed >= 0; feed = text.indexOf("\n", feed + 1)) starts.push(feed + 1);
  return (offset) => {
    let [low, high] = [0, starts.length]; // the line is above low and not above high
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

function draw(file: string, text: string, line: number, { message, start, end, hint }: Diagnostic): string {
  const lineStart = text.slice(0, start).lastIndexOf("\n") + 1;
  const feed = text.indexOf("\n", start);
  const lineEnd = feed < 0 ? text.length : feed;
  const column = countCharacters(text, lineStart, start) + 1;
  // A line may have millions of characters, so no more of it is taken than can be shown.
  const shown = cut(
    charactersOf(text.slice(Math.max(lineStart, start - NEAR), start)),
    charactersOf(text.slice(start, Math.min(lineEnd, start + NEAR))),
    charactersOf(text.slice(start, Math.min(end, lineEnd, start + NEAR))).length,
  );
  const where = `${printable(file)}:${line}:${column}: ${printable(message)}`;
  return [where, ...shown, ...(hint === undefined ? [] : [`hint: ${printable(hint)}`])].join("\n");
}

/** Columns are characters, a tab being one and a byte order mark none. */
function countCharacters(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at);
    if (unit !== 0xfeff && (unit < 0xdc00 || unit > 0xdfff)) count++;
  }
  return count;
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
