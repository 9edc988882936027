// A design that enters a race: its program for the policy, and what it has to answer before its time is taken. The same
// design's own evaluator judges a back-end, and the policy itself judges that one where the program is exact.

import { type Catalog, type Design, type Fails, fail, type Policy, type Result } from "@gatehouse/core";
import { decideContestant, filterContestant } from "./contestant.js";
import type { Sample } from "./cost.js";
import { type Mistake, type Proved, prove } from "./work.js";

export type Entry = {
  readonly design: Design;
  /** The same design without a back-end. */
  readonly reference: Design;
  readonly policy: Policy;
  readonly catalog: Catalog;
  readonly fails: Fails;
};

/** Null: the design cannot say the policy. */
export function entrant(
  { design, reference, policy, catalog, fails }: Entry,
  { chunks }: Sample,
): Result<Proved, Mistake> | null {
  const compiled = design.compile(policy, catalog, fails);
  if (compiled.kind === "inexpressible") return null;
  const filter = reference.load(compiled.program, catalog);
  const judge = filterContestant(reference, filter);
  const answers = chunks.map(({ chunk, rows }) => judge.judge(chunk, rows));
  if (compiled.kind === "exact") {
    const itself = decideContestant(policy);
    const truth = prove(
      filter,
      chunks,
      chunks.map(({ chunk, rows }) => itself.judge(chunk, rows)),
    );
    if (!truth.ok) return fail(truth.error);
  }
  return prove(design.load(compiled.program, catalog), chunks, answers);
}
