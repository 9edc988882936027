// Whether a column's buffers hold what its counts say. Arrow's reader takes lengths, offsets and places in a dictionary as
// they stand, and answers with undefined, with another column's bytes, or with the same text a billion times.

import type * as Arrow from "apache-arrow";

/** Throws a RangeError. What passes costs no more to read than it has bytes. */
export function checkColumn(data: Arrow.Data, rows: number): void {
  if (data.offset !== 0) throw new RangeError("a column does not begin at its first row");
  if (data.length < rows) throw new RangeError(`a column has ${data.length} rows, not ${rows}`);
  if (data.nullCount > 0 && data.nullBitmap.length < Math.ceil(rows / 8))
    throw new RangeError("a column does not say of each row whether it has one");
  const { dictionary } = data;
  if (dictionary) {
    for (const entries of dictionary.data) checkColumn(entries, entries.length);
    checkIndices(data.values, rows, dictionary.length, (row) => data.getValid(row));
  }
  const texts = data.values;
  const [child] = data.children;
  // Of fixed width where there are no offsets. An empty column need not have any.
  if (data.valueOffsets === undefined || rows === 0) {
    if (child === undefined && rows > 0 && !(texts?.length >= rows))
      throw new RangeError("a column has fewer values than rows");
    return;
  }
  const end = endOf(data.valueOffsets, rows);
  if (child !== undefined) checkColumn(child, end);
  else if (end > (texts?.length ?? 0)) throw new RangeError("a text goes past its column");
}

/** Where the last of them ends. None goes back. */
function endOf(offsets: ArrayLike<number>, rows: number): number {
  if (offsets.length <= rows) throw new RangeError("a column has fewer texts than rows");
  let end = offsets[0] ?? 0;
  if (end < 0) throw new RangeError("a text begins before its column");
  for (let row = 1; row <= rows; row++) {
    const next = offsets[row] ?? 0;
    if (next < end) throw new RangeError("a text ends before it begins");
    end = next;
  }
  return end;
}

function checkIndices(
  indices: ArrayLike<number>,
  rows: number,
  entries: number,
  isValid: (row: number) => boolean,
): void {
  for (let row = 0; row < rows; row++) {
    const index = indices[row] ?? -1;
    if ((index < 0 || index >= entries) && isValid(row))
      throw new RangeError(`a dictionary has ${entries} entries, and none at ${index}`);
  }
}
