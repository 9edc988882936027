// Verdicts over a whole trace, of several contestants in one pass. A task that is killed goes on: the trace says
// what it did where nothing stood in its way, and each of its events is a question of its own.

import type { Bitset, Catalog, Chunk, Verdict } from "@gatehouse/core";
import {
  type Answers,
  bitmap,
  type Contestant,
  type Inexpressible,
  lowest,
  verdictAt,
  word,
} from "./contestant.js";
import type { Selection } from "./selection.js";
import { type Outcomes, Tally } from "./tally.js";
import { judgedRows, type TraceSource, type Witness, witness } from "./trace.js";

export type Replay = {
  readonly schema: "gatehouse.replay/1";
  /** Whether designs were asked by way of their task side. */
  readonly taskSide: boolean;
  readonly events: number;
  readonly unreadable: number;
  readonly designs: Readonly<
    Record<string, Outcomes & { readonly byEvent: Readonly<Record<string, Outcomes>> }>
  >;
  /** Why a design that was asked for is not among `designs`. */
  readonly inexpressible: Readonly<Record<string, readonly string[]>>;
  readonly firstDivergence: Divergence | null;
};

/** The first event on which two contestants differ, and what each says of it. */
export type Divergence = Witness & { readonly verdicts: Readonly<Record<string, Verdict | "unknown">> };

export async function replay(
  trace: TraceSource,
  catalog: Catalog,
  entries: readonly (Contestant | Inexpressible)[],
  selection: Selection | null = null,
): Promise<Replay> {
  const absent = entries.filter((entry) => entry.kind === "inexpressible");
  const present = entries
    .filter((entry) => entry.kind === "contestant")
    .map((contestant) => ({ contestant, tally: new Tally() }));
  let events = 0;
  let firstDivergence: Divergence | null = null;
  for await (const chunk of trace) {
    const rows = judgedRows(chunk, selection);
    const answers = present.map(({ contestant, tally }) => {
      const given = contestant.judge(chunk, rows);
      tally.add(chunk, rows, given);
      return given;
    });
    firstDivergence ??= divergence(chunk, rows, answers, events);
    events += rows.count();
  }
  return {
    schema: "gatehouse.replay/1",
    taskSide: present.some(({ contestant }) => contestant.taskSide),
    events,
    unreadable: trace.stats.unreadable.count,
    designs: Object.fromEntries(
      present.map(({ contestant, tally }) => [contestant.id, tally.outcomes(catalog)]),
    ),
    inexpressible: Object.fromEntries(
      absent.map(({ id, lost }) => [id, [...new Set(lost.map(({ reason }) => reason))]]),
    ),
    firstDivergence,
  };
}

/** `before`: how many events were judged before this chunk. */
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
