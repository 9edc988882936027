// Text for a terminal: tables, wrapped lines, numbers. Nothing here knows what it prints.

/** The columns that everything fits into. */
export const WIDTH = 80;

/** Without characters that a terminal would obey: names and strings come from files that others wrote. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}

/** `1,048,576`; with `digits` after the point. */
export function number(value: number, digits = 0): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** `1 event`, `2,000 events`. */
export function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/**
 * Rows under each other, the first `lefts` columns to the left and the others to the right, a little apart. Colours
 * are put on afterwards, by line.
 */
export function table(rows: readonly (readonly string[])[], lefts: number): string[] {
  const columns = Array.from(rows[0] ?? [], (_, column) => column);
  const widths = columns.map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const needed = widths.reduce((sum, width) => sum + width + 2, -2);
  const gap = needed > WIDTH ? " " : "  ";
  return rows.map((row) =>
    widths
      .map((width, column) => (column < lefts ? row[column]?.padEnd(width) : row[column]?.padStart(width)))
      .join(gap)
      .trimEnd(),
  );
}

/** Words in lines of at most `WIDTH` columns, those after the first under `indent`. A word is never cut. */
export function wrap(text: string, indent = "", first = indent): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(" ")) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

/** The text, or as much of it as fits, with a sign that there is more. */
export function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
