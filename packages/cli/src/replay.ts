// `gatehouse replay`: the verdicts of designs, and of the policy itself, over a trace.

import { decideContestant, enter, type Replay, replay as run } from "@gatehouse/harness";
import { type CaseOptions, readCase } from "./case.js";
import { EXIT } from "./failure.js";
import { DECIDE, designs, findDesign } from "./known-designs.js";
import { showReplay } from "./replay-text.js";
import { colours, print, printJson } from "./terminal.js";

export async function replay(options: CaseOptions): Promise<void> {
  const wanted = options.designs ?? [...designs.map(({ id }) => id), DECIDE];
  const chosen = new Set(wanted.map((id) => (id === DECIDE ? DECIDE : findDesign(id))));
  const { policy, trace, catalog, selection, taskSide, titles, finish } = await readCase(options);
  const entries = [...chosen].map((one) =>
    one === DECIDE
      ? decideContestant(policy.policy)
      : enter(one, policy.policy, catalog, options.fails, taskSide),
  );
  const result = await run(trace, catalog, entries, selection);
  finish(result.events);
  if (options.json) printJson(result);
  else print(showReplay(result, titles, colours));
  if (isRefusal(result)) process.exitCode = EXIT.refused;
}

/** A design that cannot say the policy counts as one that differs: it would otherwise pass for one that allows. */
function isRefusal({ designs, inexpressible, firstDivergence }: Replay): boolean {
  const denied = Object.values(designs).some(({ deny, kill }) => deny + kill > 0);
  return denied || firstDivergence !== null || Object.keys(inexpressible).length > 0;
}
