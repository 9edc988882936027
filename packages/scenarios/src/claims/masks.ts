// The claim that the filter engine can do what a bitmask can.

import { linux2639 } from "@gatehouse/catalog";
import { type Design, decide, kernelOf } from "@gatehouse/core";
import { type Claim, type Fact, fact, M46, observeEach, type Subject } from "../claim.js";
import { RunningKernel } from "../running-kernel.js";
import { policyOf } from "./policy-of.js";
import { randomFrom } from "./random.js";

const SUBJECT: Subject = {
  design: "filter-engine-2010@v2",
  scope: "for the calls that the kernel's table holds",
};

export const C07: Claim = {
  id: "C07",
  who: "Will Drewry",
  where: [M46],
  proposition: "what a bitmask of calls says, the filter engine can say with equal verdicts",
  subject: SUBJECT,
  experiment: (apparatus) => observeEach(SUBJECT, apparatus, saysMasks),
};

const MASKS = 12;

const CALLS = linux2639.formats.filter(({ kind }) => kind === "syscall").map(({ name }) => name);

function saysMasks(design: Design): Fact[] {
  const random = randomFrom(20110516);
  const masks = Array.from({ length: MASKS }, () => CALLS.filter(() => random(2) === 0));
  const reasons = masks.flatMap((mask) => whyNot(design, mask) ?? []);
  const said = `${design.id}: says ${MASKS - reasons.length} of ${MASKS} random masks`;
  const [reason] = reasons;
  return [
    reason === undefined
      ? fact(true, `${said}, and answers each of ${CALLS.length} calls as the mask does`)
      : fact(false, `${said}; of another: ${reason}`),
  ];
}

/** Why a design does not say what the mask says; null: it does. */
function whyNot(design: Design, mask: readonly string[]): string | null {
  const policy = policyOf(mask.map((call) => `allow ${call}\n`).join(""));
  const compiled = design.compile(policy, linux2639);
  if (compiled.kind !== "exact") return compiled.lost[0]?.reason ?? compiled.kind;
  const filter = design.load(compiled.program, linux2639);
  const running = new RunningKernel(design.task, kernelOf(linux2639));
  const wrong = CALLS.find((call) => {
    const event = running.event(1, `${call}()`);
    return filter.evaluate(event) !== decide(policy, event).verdict;
  });
  return wrong === undefined ? null : `\`${wrong}\` is answered otherwise`;
}
