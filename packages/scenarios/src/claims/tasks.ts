// Claims about children: whether they have their parent's filters, and whether they can be rid of them.

import type { Design } from "@gatehouse/core";
import { asComparison, type Claim, type Fact, fact, M76, observeEach, SEED, type Subject } from "../claim.js";
import { allowed, freeTask, guardedTask, INJECTED, make } from "./guarded-task.js";

/** What a child may try. A call that a variant has not answers with an errno, and changes nothing. */
const ATTEMPTS = [
  "close 3",
  "ioctl 3 DISABLE",
  "prctl TASK_PERF_EVENTS_DISABLE",
  "prctl TASK_PERF_EVENTS_ENABLE",
  "prctl CLEAR_SECCOMP_FILTER read",
  'prctl SET_SECCOMP_FILTER read "1"',
  'prctl SET_SECCOMP_FILTER read "fd == 1 || fd == 2"',
  INJECTED,
  "prctl SET_SECCOMP filter",
  "prctl SET_SECCOMP strict",
  "prctl SET_SECCOMP mask read write open prctl",
  "perf_event_open write",
  "exec",
  "clone other",
];

const SUBJECT: Subject = { design: "event-filters-2011@poc", scope: null };

export const C23: Claim = {
  id: "C23",
  who: "Ingo Molnar",
  where: [SEED],
  proposition: "children cannot remove their parent's filters",
  subject: SUBJECT,
  experiment: (apparatus) => observeEach(SUBJECT, apparatus, attemptsOn),
};

function attemptsOn(design: Design): Fact[] {
  const removing = ATTEMPTS.flatMap((attempt) => gainedBy(design, attempt));
  if (removing.length > 0) return removing.map((gain) => fact(false, `${design.id}: ${gain}`));
  return [fact(true, `${design.id}: none of ${ATTEMPTS.length} attempts of a child lets anybody do more`)];
}

/** Who may do more after a child's attempt than before it. */
function gainedBy(design: Design, attempt: string): string[] {
  const tasks = guardedTask(design);
  make(tasks, "fork child");
  const before = { parent: allowed(tasks), child: allowed(tasks, "child") };
  make(tasks, `child: ${attempt}`);
  const other = attempt.startsWith("clone") ? allowed(tasks, "other") : [];
  const gains = {
    parent: more(allowed(tasks), before.parent),
    child: more([...allowed(tasks, "child"), ...other], before.child),
  };
  return Object.entries(gains).flatMap(([who, events]) =>
    events.length === 0 ? [] : [`after a child's \`${attempt}\` the ${who} may do ${events.join(", ")}`],
  );
}

function more(now: readonly string[], before: readonly string[]): string[] {
  return [...new Set(now)].filter((event) => !before.includes(event));
}

/** What a child may ask of its filters. */
const QUESTIONS = ["proc", "prctl GET_SECCOMP", "prctl GET_SECCOMP_FILTER read", "ioctl 3 ENABLE", "close 3"];

export const C24: Claim = {
  id: "C24",
  who: "Ingo Molnar",
  where: [SEED, M76],
  proposition: "children cannot see their parent's filters",
  subject: {
    ...SUBJECT,
    scope:
      "by what a child is told when it asks; that a call is refused, and how long an answer takes, tells of any filter",
  },
  experiment: (apparatus) => observeEach(SUBJECT, apparatus, whatShows),
};

/** A question that children of a guarded and of a free task are answered alike shows nothing of filters. */
function whatShows(design: Design): Fact[] {
  const answers = QUESTIONS.map((question) => {
    const [guarded, free] = [guardedTask(design), freeTask(design)].map((tasks) => {
      make(tasks, "fork child");
      return make(tasks, `child: ${question}`);
    });
    return { question: `\`${question}\``, shows: guarded !== free };
  });
  const those = (shows: boolean) =>
    answers
      .filter((answer) => answer.shows === shows)
      .map(({ question }) => question)
      .join(", ");
  const facts = [
    { holds: true, text: "a child is told the same with and without filters", questions: those(false) },
    { holds: false, text: "a child is told otherwise where there are filters", questions: those(true) },
  ];
  return facts
    .filter(({ questions }) => questions !== "")
    .map(({ holds, text, questions }) => fact(holds, `${design.id}: ${text}: ${questions}`));
}

const WAYS = ["fork", "clone"] as const;

export const C25: Claim = {
  id: "C25",
  who: "Ingo Molnar",
  where: [M76],
  proposition: "filters inherit into child tasks automatically",
  subject: SUBJECT,
  experiment(apparatus) {
    const { evidence, comparison } = observeEach(SUBJECT, apparatus, (design) =>
      WAYS.map((way) => inChild(design, way)),
    );
    const overExec = apparatus.designs.map((design) => asComparison(design, afterExec(design)));
    return { evidence, comparison: [...comparison, ...overExec] };
  },
};

/** Whether a child may do what its parent may, and no more. */
function inChild(design: Design, way: (typeof WAYS)[number]): Fact {
  const tasks = guardedTask(design);
  const before = allowed(tasks);
  make(tasks, `${way} child`);
  return compared(`${design.id}, ${way}`, before, allowed(tasks, "child"));
}

/** An exec makes no child: what becomes of filters there is beside the claim. */
function afterExec(design: Design): Fact {
  const name = `${design.id}, exec, which makes no child`;
  const tasks = guardedTask(design);
  const before = allowed(tasks);
  if (make(tasks, "exec") === "killed")
    return { text: `${name}: execve itself is refused`, speaks: "neither" };
  return compared(name, before, allowed(tasks));
}

function compared(name: string, before: readonly string[], after: readonly string[]): Fact {
  const gained = more(after, before);
  const lost = more(before, after);
  if (gained.length > 0) return fact(false, `${name}: may now do ${gained.join(", ")}`);
  if (lost.length > 0) return fact(false, `${name}: may no longer do ${lost.join(", ")}`);
  return fact(true, `${name}: all as before`);
}
