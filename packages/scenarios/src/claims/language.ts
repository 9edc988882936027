// Claims about what filters say: of labels, and of calls that there were none of when they were written.

import { linux2639 } from "@gatehouse/catalog";
import { Catalog, type Design, decide, kernelOf, type Policy } from "@gatehouse/core";
import { parsePolicy } from "@gatehouse/policies";
import { type Claim, type Fact, fact, M11, SEED } from "../claim.js";
import { RunningKernel } from "../running-kernel.js";
import { variantOf } from "../task-run.js";

const LABELS = "(label & tmp_t) || (label & user_home_t)";

export const C12: Claim = {
  id: "C12",
  who: "Ingo Molnar",
  where: [SEED],
  proposition: `a filter can be a simple test of labels, \`${LABELS}\``,
  experiment: ({ refusal }) =>
    (["2.6.39", "6.18", "extended"] as const).map((dialect) => {
      const message = refusal(LABELS, "file_open", dialect);
      const answer = message === null ? "takes it as it is written" : `refuses it: ${message}`;
      return fact(message === null, `the filter language of ${dialect} ${answer}`);
    }),
};

/** A call that the next kernel had and this one has not. */
const NEW_CALL = "sendmmsg";
const NEW_EVENT = `sys_enter_${NEW_CALL}`;

const NEXT = new Catalog("3.0", "x86_64", [
  ...linux2639.formats,
  {
    id: linux2639.calls,
    kind: "syscall",
    name: NEW_CALL,
    names: [NEW_CALL, NEW_EVENT],
    event: NEW_EVENT,
    system: "syscalls",
    fields: [],
  },
]);

const WHITELIST = policyOf("allow read if fd == 0\nallow exit\n");
/** Of the mail of 26 May 2011. */
const DENY_RULES = policyOf("default allow\nkill listen if backlog > 16\nkill close if fd < 3\n");

export const C47: Claim = {
  id: "C47",
  who: "Ingo Molnar",
  where: [M11, { mail: "M57", id: "<20110517183459.GB16689@elte.hu>" }],
  proposition: "new system calls stay denied by default",
  experiment: ({ designs }) => [
    ...byAnswer("a list of what is allowed", designs, WHITELIST, linux2639),
    ...byAnswer("a list of what is allowed, compiled again for the new kernel", designs, WHITELIST, NEXT),
    ...byAnswer("rules that say what to deny", designs, DENY_RULES, linux2639),
    ...byAnswer("rules that say what to deny, compiled again for the new kernel", designs, DENY_RULES, NEXT),
    asMeant("rules that say what to deny, as they mean it", designs, DENY_RULES),
  ],
};

/** What variants answer to the new call, compiled for `catalog` and run on the next kernel: a fact for each answer. */
function byAnswer(what: string, designs: readonly Design[], policy: Policy, catalog: Catalog): Fact[] {
  const answers = designs.map((design) => ({ design, answer: answerOf(design, policy, catalog) }));
  return [...new Set(answers.map(({ answer }) => answer))].map((answer): Fact => {
    const who = answers.filter((each) => each.answer === answer).map(({ design }) => variantOf(design));
    const text = `${what}: \`${NEW_CALL}\` is ${WORDS[answer]} by ${who.join(", ")}`;
    return { text, speaks: answer === "deny" ? "for" : answer === "allow" ? "against" : "neither" };
  });
}

const WORDS = {
  allow: "allowed",
  deny: "refused",
  unknown: "left open",
  inexpressible: "not asked about",
} as const;

function answerOf(design: Design, policy: Policy, catalog: Catalog): keyof typeof WORDS {
  const compiled = design.compile(policy, catalog);
  if (compiled.kind === "inexpressible") return compiled.kind;
  const running = new RunningKernel(design.task, kernelOf(NEXT), true);
  const task = { pid: 1, parent: null, comm: "sh", lineage: new Set(["sh"]) };
  running.calls(1, design.task.install(compiled.program, task));
  return running.verdict(1, `${NEW_CALL}()`);
}

function asMeant(what: string, [any]: readonly Design[], policy: Policy): Fact {
  if (any === undefined) return { text: `${what}: there is no design`, speaks: "neither" };
  const event = new RunningKernel(any.task, kernelOf(NEXT)).event(1, `${NEW_CALL}()`);
  const { verdict } = decide(policy, event);
  return fact(verdict === "deny", `${what}: \`${NEW_CALL}\` is ${WORDS[verdict]}`);
}

function policyOf(text: string): Policy {
  const policy = parsePolicy(text, linux2639);
  if (!policy.ok) throw new SyntaxError(policy.error[0]?.message);
  return policy.value;
}
