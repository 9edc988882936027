// The claim that ioctl need not be allowed as a whole.

import { linux2639 } from "@gatehouse/catalog";
import { type Design, isExactButForExempted, kernelOf } from "@gatehouse/core";
import { type Claim, type Fact, fact, M35, M36, observeEach, type Subject } from "../claim.js";
import { RunningKernel } from "../running-kernel.js";
import { policyOf } from "./policy-of.js";

const SUBJECT: Subject = { design: "filter-engine-2010@v2", scope: null };

export const C09: Claim = {
  id: "C09",
  who: "Will Drewry",
  where: [M35, M36],
  proposition: "ioctl can be limited to chosen commands, FIOASYNC and FIONREAD",
  subject: SUBJECT,
  experiment: (apparatus) => observeEach(SUBJECT, apparatus, limitsCommands),
};

const POLICY = policyOf("allow ioctl if cmd == FIOASYNC || cmd == FIONREAD\nallow exit\n");

/** FIOASYNC, FIONREAD, and two that are not among the chosen ones: TIOCSTI and 0. */
const COMMANDS = [
  { cmd: "FIOASYNC", wanted: "allow" },
  { cmd: "FIONREAD", wanted: "allow" },
  { cmd: "TIOCSTI", wanted: "deny" },
  { cmd: "0", wanted: "deny" },
] as const;

function limitsCommands(design: Design): Fact[] {
  const compiled = design.compile(POLICY, linux2639);
  if (!isExactButForExempted(compiled)) {
    return [fact(false, `${design.id}: ${compiled.lost[0]?.reason ?? compiled.kind}`)];
  }
  const filter = design.load(compiled.program, linux2639);
  const running = new RunningKernel(design.task, kernelOf(linux2639));
  const answers = COMMANDS.map(({ cmd, wanted }) => {
    const verdict = filter.evaluate(running.event(1, `ioctl(cmd=${cmd})`));
    return { asWanted: verdict === wanted, text: `${verdict} for ${cmd}` };
  });
  const text = answers.map((answer) => answer.text).join(", ");
  return [
    fact(
      answers.every(({ asWanted }) => asWanted),
      `${design.id} answers ioctl with ${text}`,
    ),
  ];
}
