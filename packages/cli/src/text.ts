// Text for a terminal: tables, wrapped lines, numbers. Nothing here knows what it prints.

/** Where nobody watches, and where lines would be too long to read or too short to say anything. */
const [PIPE, WIDEST, NARROWEST] = [80, 120, 40];

/** The terminal's columns. */
export function columnsOf({
  isTTY,
  columns,
}: {
  readonly isTTY?: boolean;
  readonly columns?: number;
}): number {
  if (isTTY !== true || columns === undefined || columns === 0) return PIPE;
  return Math.min(Math.max(columns, NARROWEST), WIDEST);
}

/** The columns that everything fits into. */
export const WIDTH = columnsOf(process.stdout);

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
 * Rows under each other, the first `lefts` columns to the left and the others to the right, a little apart. Where they
 * do not fit, the first column is cut. Colours are put on afterwards, by line.
 */
export function table(rows: readonly (readonly string[])[], lefts: number, width = WIDTH): string[] {
  const columns = Array.from(rows[0] ?? [], (_, column) => column);
  const widths = columns.map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const needed = widths.reduce((sum, each) => sum + each + 2, -2);
  const gap = needed > width ? " " : "  ";
  const excess = widths.reduce((sum, each) => sum + each + gap.length, -gap.length) - width;
  const [first = 0, ...others] = widths;
  const fitting = excess > 0 ? [Math.max(first - excess, SHORTEST), ...others] : widths;
  return rows.map((row) =>
    fitting
      .map((each, column) => {
        const cell = clip(row[column] ?? "", each);
        return column < lefts ? cell.padEnd(each) : cell.padStart(each);
      })
      .join(gap)
      .trimEnd(),
  );
}

/** A name is still told from another. */
const SHORTEST = 8;

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
