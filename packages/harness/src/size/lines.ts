// Lines of a text by what is on them: code, a comment alone, or nothing.

export type LineKind = "code" | "comment" | "blank";

export type Lines = Readonly<Record<LineKind, number>>;

/** From the first line to the last, counted from 0, both among them. */
export type Span = { readonly first: number; readonly last: number };

export const NO_LINES: Lines = { code: 0, comment: 0, blank: 0 };

type Range = { readonly start: number; readonly end: number };

/** The kind of each line. A line with code and a comment is code. */
export function kindsOf(text: string, comments: readonly Range[]): readonly LineKind[] {
  let code = "";
  let at = 0;
  for (const { start, end } of comments) {
    code += text.slice(at, start) + text.slice(start, end).replace(/[^\n]/g, " ");
    at = end;
  }
  const codeLines = (code + text.slice(at)).split("\n");
  const kinds = text.split("\n").map((line, i): LineKind => {
    if (codeLines[i]?.trim() !== "") return "code";
    return line.trim() === "" ? "blank" : "comment";
  });
  return text.endsWith("\n") ? kinds.slice(0, -1) : kinds;
}

/** The number of the line on which a character stands, for any character of the text. */
export function lineFinder(text: string): (offset: number) => number {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
}

/** The lines of a span that stand in none of the others. */
export function countLines(kinds: readonly LineKind[], span: Span, without: readonly Span[] = []): Lines {
  const count = { ...NO_LINES };
  for (let line = span.first; line <= span.last; line++) {
    const kind = kinds[line];
    if (kind === undefined || without.some(({ first, last }) => first <= line && line <= last)) continue;
    count[kind]++;
  }
  return count;
}

export function addLines(a: Lines, b: Lines): Lines {
  return { code: a.code + b.code, comment: a.comment + b.comment, blank: a.blank + b.blank };
}
