// Verdicts over a whole trace, of several contestants in one pass. A task that is killed goes on: the trace says
// what it did where nothing stood in its way, and each of its events is a question of its own.

import type { Catalog } from "@gatehouse/core";
import type { Contestant, Inexpressible } from "./contestant.js";
import { type Divergence, earliest, type Jury, juryOf } from "./jury.js";
import type { Selection } from "./selection.js";
import { type Outcomes, Tally } from "./tally.js";
import { judgedRows, type TraceSource } from "./trace.js";

export type Replay = {
  readonly schema: "gatehouse.replay/1";
  /** Whether designs were asked by way of their task side. */
  readonly taskSide: boolean;
  readonly events: number;
  readonly unreadable: number;
  /** Events that the trace itself says are missing. */
  readonly lostEvents: number;
  readonly designs: Readonly<
    Record<string, Outcomes & { readonly byEvent: Readonly<Record<string, Outcomes>> }>
  >;
  /** Why a design that was asked for is not among `designs`. */
  readonly inexpressible: Readonly<Record<string, readonly string[]>>;
  readonly firstDivergence: Divergence | null;
};

export type ReplayOptions = {
  readonly selection?: Selection | null;
  /** Who judges, where it is not this thread: the contestants among `entries`, in their order. */
  readonly jury?: Jury;
};

export async function replay(
  trace: TraceSource,
  catalog: Catalog,
  entries: readonly (Contestant | Inexpressible)[],
  options: ReplayOptions = {},
): Promise<Replay> {
  const absent = entries.filter((entry) => entry.kind === "inexpressible");
  const present = entries.filter((entry) => entry.kind === "contestant");
  const { selection = null, jury = juryOf(present) } = options;
  let events = 0;
  for await (const chunk of trace) {
    const rows = judgedRows(chunk, selection);
    const judged = rows.count();
    await jury.judge(chunk, rows, events);
    events += judged;
  }
  const parts = await jury.end();
  const outcomes = present.map(({ id }, i) => {
    const tally = new Tally();
    for (const { counts } of parts) tally.addCounts(counts[i] ?? new Float64Array());
    return [id, tally.outcomes(catalog)] as const;
  });
  return {
    schema: "gatehouse.replay/1",
    taskSide: present.some(({ taskSide }) => taskSide),
    events,
    unreadable: trace.stats.unreadable.count,
    lostEvents: trace.stats.lostEvents,
    designs: Object.fromEntries(outcomes),
    inexpressible: Object.fromEntries(
      absent.map(({ id, lost }) => [id, [...new Set(lost.map(({ reason }) => reason))]]),
    ),
    firstDivergence: earliest(parts),
  };
}
