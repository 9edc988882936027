// "did you mean `openat`?": the closest of the words that would have been right.

import type { Catalog } from "@gatehouse/core";

/** The closest name of an event, of any kind that a policy may name. */
export function nearest(catalog: Catalog, name: string): string | null {
  const named = catalog.formats.filter(({ kind }) => kind !== "task");
  return nearestWord(
    name,
    named.flatMap(({ names }) => names),
  );
}

/** The first of the closest of `words`; null where none is within a third of the word's length. */
export function nearestWord(word: string, words: Iterable<string>): string | null {
  let best: string | null = null;
  let limit = Math.round(word.length / 3);
  for (const candidate of words) {
    const edits = editsBetween(word, candidate, limit);
    if (edits > limit) continue;
    best = candidate;
    limit = edits - 1;
  }
  return best;
}

/**
 * How many letters to insert, delete, replace, or swap with their neighbour; anything above `limit` may be
 * answered by any number above it.
 */
function editsBetween(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = []; // the row for the first i - 2 letters of a
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        at(last, j) + 1,
        at(row, j - 1) + 1,
        at(last, j - 1) + (same ? 0 : 1),
        swapped ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    if (Math.min(...row) > limit) return limit + 1;
    before = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], j: number): number {
  return row[j] ?? Number.POSITIVE_INFINITY;
}
