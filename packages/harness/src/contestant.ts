// Who is judged by a trace: a design's filter, or the policy itself. Both answer a chunk in bitmaps, and both say
// which of their refusals kill, so that they can be counted and compared alike.

import {
  Bitset,
  type Catalog,
  type Chunk,
  type Decision,
  type Design,
  decide,
  type Fails,
  type Filter,
  type Loss,
  newVerdicts,
  type Policy,
  TraceEvent,
  type Verdict,
  type Verdicts,
} from "@gatehouse/core";
import { type TaskSideRun, taskSideContestant } from "./task-side.js";

/** One contestant's verdicts of a chunk, and which of the refused rows end their task. */
export type Answers = Verdicts & { readonly id: string; readonly kill: Bitset };

export type Contestant = {
  readonly kind: "contestant";
  readonly id: string;
  /** Whether its answers depend on what tasks installed and inherited. */
  readonly taskSide: boolean;
  /** The answers for these rows; the bits of others are clear. */
  judge(chunk: Chunk, rows: Bitset): Answers;
};

/** A design that cannot say the policy at all, and so gives no verdicts. */
export type Inexpressible = {
  readonly kind: "inexpressible";
  readonly id: string;
  readonly lost: readonly Loss[];
};

/** `run`: how tasks install the program; null where it is simply asked about every event. */
export function enter<P>(
  design: Design<P>,
  policy: Policy,
  catalog: Catalog,
  fails: Fails = "closed",
  run: TaskSideRun | null = null,
): Contestant | Inexpressible {
  const compiled = design.compile(policy, catalog, fails);
  if (compiled.kind === "inexpressible") return { kind: "inexpressible", id: design.id, lost: compiled.lost };
  return run === null
    ? filterContestant(design, design.load(compiled.program, catalog))
    : taskSideContestant(design, compiled.program, run);
}

export function filterContestant<P>(design: Design<P>, filter: Filter<P>): Contestant {
  const { id } = design;
  const kills = design.refusal.kind === "kill";
  return {
    kind: "contestant",
    id,
    taskSide: false,
    judge(chunk, rows) {
      const verdicts = newVerdicts(chunk.length);
      filter.evaluateAll(chunk, rows, verdicts);
      const kill = kills
        ? bitmap(chunk.length, (i) => word(verdicts.known, i) & ~word(verdicts.allow, i))
        : new Bitset(chunk.length);
      return { id, ...verdicts, kill };
    },
  };
}

/** The policy itself, named `decide`. A refusal of which it is not certain that it kills is counted as a denial. */
export function decideContestant(policy: Policy): Contestant {
  const id = "decide";
  return {
    kind: "contestant",
    id,
    taskSide: false,
    judge(chunk, rows) {
      const answers = { id, ...newVerdicts(chunk.length), kill: new Bitset(chunk.length) };
      const event = new TraceEvent(chunk, 0);
      rows.forEach((row) => {
        event.row = row;
        note(answers, row, decide(policy, event));
      });
      return answers;
    },
  };
}

function note({ allow, known, kill }: Answers, row: number, { verdict, action }: Decision): void {
  if (verdict === "unknown") return;
  known.add(row);
  if (verdict === "allow") allow.add(row);
  else if (action !== "unknown" && action.kind === "kill") kill.add(row);
}

export function verdictAt({ allow, known }: Verdicts, row: number): Verdict | "unknown" {
  if (!known.get(row)) return "unknown";
  return allow.get(row) ? "allow" : "deny";
}

/** A bitmap from its words. */
export function bitmap(length: number, wordAt: (i: number) => number): Bitset {
  const bits = new Bitset(length);
  for (let i = 0; i < bits.words.length; i++) bits.words[i] = wordAt(i);
  return bits;
}

export function word(bits: Bitset, i: number): number {
  return bits.words[i] ?? 0;
}

/** The lowest row that a bitmap holds, -1 where it is empty. */
export function lowest({ words }: Bitset): number {
  const i = words.findIndex((bits) => bits !== 0);
  const bits = words[i] ?? 0;
  return i < 0 ? -1 : (i << 5) + (31 - Math.clz32(bits & -bits));
}
