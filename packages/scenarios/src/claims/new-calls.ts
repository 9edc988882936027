// The claim that calls which there were none of when a policy was written stay denied.

import { linux618, linux2639 } from "@gatehouse/catalog";
import { Catalog, type Design, decide, kernelOf, type Policy } from "@gatehouse/core";
import { type Apparatus, type Claim, type Fact, fact, M11, M57, type Subject } from "../claim.js";
import { RunningKernel } from "../running-kernel.js";
import { policyOf } from "./policy-of.js";

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

const LIST = "a list of what is allowed";
const RULES = "rules that say what to deny";

const SUBJECT: Subject = {
  design: "event-filters-2011@poc",
  scope: "under the mail's own condition, that a policy is a list of what is allowed",
};

export const C47: Claim = {
  id: "C47",
  who: "Ingo Molnar",
  where: [M11, M57],
  proposition: "new system calls stay denied by default",
  subject: SUBJECT,
  experiment(apparatus) {
    const { designs } = apparatus;
    const subject = designs.filter(({ id }) => id === SUBJECT.design);
    const others = designs.filter(({ id }) => id !== SUBJECT.design);
    return {
      evidence: onBothKernels(LIST, subject, WHITELIST),
      comparison: [
        ...onBothKernels(LIST, others, WHITELIST),
        ...onBothKernels(RULES, designs, DENY_RULES),
        ...asMeant(apparatus),
        ...unasked(),
      ],
    };
  },
};

/** As compiled for the old kernel, and as compiled again for the new one. */
function onBothKernels(what: string, designs: readonly Design[], policy: Policy): Fact[] {
  return [
    ...byAnswer(what, designs, policy, linux2639),
    ...byAnswer(`${what}, compiled again for the new kernel`, designs, policy, NEXT),
  ];
}

/** What variants answer to the new call, compiled for `catalog` and run on the next kernel: a fact for each answer. */
function byAnswer(what: string, designs: readonly Design[], policy: Policy, catalog: Catalog): Fact[] {
  const answers = designs.map((design) => ({ design, answer: answerOf(design, policy, catalog) }));
  return [...new Set(answers.map(({ answer }) => answer))].map((answer): Fact => {
    const who = answers.filter((each) => each.answer === answer).map(({ design }) => design.id);
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

/** The new calls of today's kernel about which the filters that were merged are not asked. */
function unasked(): Fact[] {
  return linux618.passSeccomp.map(({ name, id }) =>
    fact(
      false,
      `${LIST}, as a seccomp program on ${linux618.release}: \`${name}\` (${id}) passes by the native entry path`,
    ),
  );
}

/** What the rules mean, with no design in it: any design's kernel makes the event. */
function asMeant({ designs }: Apparatus): Fact[] {
  return designs.slice(0, 1).map((any) => {
    const event = new RunningKernel(any.task, kernelOf(NEXT)).event(1, `${NEW_CALL}()`);
    const { verdict } = decide(DENY_RULES, event);
    return fact(verdict === "deny", `${RULES}, as they mean it: \`${NEW_CALL}\` is ${WORDS[verdict]}`);
  });
}
