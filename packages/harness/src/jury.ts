// Who judges the chunks of a trace: contestants in this thread, or in others that are handed some chunks each. What
// each found of its chunks is a part, and the parts of a trace add up, in whatever order.

import type { Bitset, Chunk, Verdict } from "@gatehouse/core";
import { type Answers, bitmap, type Contestant, lowest, verdictAt, word } from "./contestant.js";
import { Tally } from "./tally.js";
import { type Witness, witness } from "./trace.js";

/** The first event on which two contestants differ, and what each says of it. */
export type Divergence = Witness & { readonly verdicts: Readonly<Record<string, Verdict | "unknown">> };

export type Part = {
  /** By contestant, as `Tally` counts them. */
  readonly counts: readonly Float64Array[];
  readonly firstDivergence: Divergence | null;
};

export type Jury = {
  /** `before`: how many events of the trace were judged before this chunk. Chunk and rows are the jury's from then on. */
  judge(chunk: Chunk, rows: Bitset, before: number): void | Promise<void>;
  /** When all chunks have been given. */
  end(): Promise<readonly Part[]>;
};

/** All contestants in this thread. */
export function juryOf(contestants: readonly Contestant[]): Jury {
  const sitting = contestants.map((contestant) => ({ contestant, tally: new Tally() }));
  let firstDivergence: Divergence | null = null;
  return {
    judge(chunk, rows, before) {
      const answers = sitting.map(({ contestant, tally }) => {
        const given = contestant.judge(chunk, rows);
        tally.add(chunk, rows, given);
        return given;
      });
      firstDivergence ??= divergence(chunk, rows, answers, before);
    },
    end: async () => [{ counts: sitting.map(({ tally }) => tally.counts), firstDivergence }],
  };
}

/** The earliest that any part found. */
export function earliest(parts: readonly Part[]): Divergence | null {
  return parts
    .map(({ firstDivergence }) => firstDivergence)
    .filter((found) => found !== null)
    .reduce<Divergence | null>((first, found) => (first && first.event < found.event ? first : found), null);
}

function divergence(
  chunk: Chunk,
  rows: Bitset,
  answers: readonly Answers[],
  before: number,
): Divergence | null {
  const [first, ...others] = answers;
  if (first === undefined) return null;
  const differing = (i: number) =>
    others.reduce(
      (bits, { allow, known }) =>
        bits | (word(allow, i) ^ word(first.allow, i)) | (word(known, i) ^ word(first.known, i)),
      0,
    );
  const row = lowest(bitmap(chunk.length, differing));
  if (row < 0) return null;
  const verdicts = Object.fromEntries(answers.map((each) => [each.id, verdictAt(each, row)]));
  return { ...witness(chunk, rows, row, before), verdicts };
}
