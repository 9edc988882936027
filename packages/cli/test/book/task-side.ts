// Who may do what to a filter, variant by variant: each cell of the table is what an experiment found.

import { linux2639, linux2639i386 } from "@gatehouse/catalog";
import { ABI, type Answer, type Kernel, kernelOf, PR } from "@gatehouse/core";
import { RunningKernel } from "@gatehouse/scenarios";
import { type Filters, taskSideVariants, type Variant } from "./task-side-calls.js";

export type Question = {
  readonly question: string;
  /** What the variant's own answer is. */
  ask(variant: Variant): string;
};

/** Where a design has nothing that could be asked about. */
const NONE = "–";

export const questions: readonly Question[] = [
  { question: "Who can add a call, once enforced?", ask: adding },
  { question: "Can a task narrow a call further?", ask: narrowing },
  { question: "`fd == 0`, narrowed by `fd == 1` or `fd == 2`", ask: narrowingByOr },
  { question: "`fd == 0`, narrowed by the text `fd == 0) \\|\\| (fd == 1`", ask: breakingOut },
  { question: "A filter for every argument, narrowed", ask: narrowingWildcard },
  { question: "Can it undo what it narrowed?", ask: undoing },
  { question: "Taking the filter of a call away", ask: removing },
  { question: "What can the task read of its filters?", ask: (variant) => reading(variant, false) },
  { question: "What can its child read of them?", ask: (variant) => reading(variant, true) },
  { question: "PR_GET_SECCOMP says", ask: shownMode },
  { question: "fork: what is enforced", ask: forking },
  { question: "fork: what is not enforced yet", ask: forkingUnenforced },
  { question: "exec", ask: execing },
  { question: "Who can let a task exec?", ask: allowingExecve },
  { question: "CONFIG_COMPAT: a native call that is allowed", ask: nativeUnderCompat },
  { question: "CONFIG_COMPAT: of all calls by `int 0x80`", ask: compatCalls },
  { question: "What can be said of a call without metadata?", ask: missingMetadata },
  { question: "A filter on a call of six arguments", ask: sixArguments },
  { question: "`fd != 2` and the register 0x100000002", ask: width },
  { question: "A refused call", ask: denial },
];

/** A task that may read from 0 and do nothing else; of a mask, read. */
function held(variant: Variant, differs: Partial<Kernel> = {}): RunningKernel {
  return put(variant, { read: "fd == 0" }, differs).running;
}

function put(
  { design, calls }: Variant,
  filters: Filters,
  differs: Partial<Kernel> = {},
  privileged = false,
): { running: RunningKernel; answer: Answer } {
  const running = new RunningKernel(design.task, kernelOf(linux2639, differs), privileged);
  const answer = calls.prepare(running, 1, filters);
  const enforced = calls.enforce(running, 1, filters);
  return { running, answer: answer.ok ? enforced : answer };
}

function no(answer: Answer): string {
  return answer.ok ? "accepted, without effect" : `no: \`${answer.errno}\``;
}

function adding(variant: Variant): string {
  const running = held(variant);
  const answer = variant.calls.add(running, 1, "write");
  return running.verdict(1, "write(fd=1)") === "allow" ? "the task itself" : no(answer);
}

function narrowing(variant: Variant): string {
  const running = held(variant);
  const answer = variant.calls.narrow(running, 1, "read", "count == 1");
  if (running.verdict(1, "read(fd=0, count=2)") === "allow") return no(answer);
  return running.verdict(1, "read(fd=0, count=1)") === "allow" ? "yes" : "yes, to nothing";
}

function narrowingByOr(variant: Variant): string {
  if (!variant.calls.looks) return NONE;
  const running = held(variant);
  variant.calls.narrow(running, 1, "read", "fd == 1 || fd == 2");
  return running.verdict(1, "read(fd=2)") === "allow" ? "widens: `fd == 2` passes" : "nothing passes";
}

/** The text closes the parentheses that are put around it. */
function breakingOut(variant: Variant): string {
  if (!variant.calls.looks) return NONE;
  const running = held(variant);
  const answer = variant.calls.narrow(running, 1, "read", "fd == 0) || (fd == 1");
  return running.verdict(1, "read(fd=1)") === "allow" ? "widens: `fd == 1` passes" : no(answer);
}

function narrowingWildcard(variant: Variant): string {
  if (!variant.calls.looks) return NONE;
  const { running } = put(variant, { read: "1" });
  const answer = variant.calls.narrow(running, 1, "read", "fd == 0");
  return running.verdict(1, "read(fd=1)") === "allow" ? no(answer) : "yes";
}

function undoing(variant: Variant): string {
  const running = held(variant);
  variant.calls.narrow(running, 1, "read", "count == 1");
  const answer = variant.calls.widen(running, 1);
  return running.verdict(1, "read(fd=0, count=2)") === "allow" ? "yes" : no(answer);
}

function removing(variant: Variant): string {
  const running = held(variant);
  const answer = variant.calls.remove(running, 1);
  return running.verdict(1, "read(fd=0)") === "deny" ? "refuses the call from then on" : no(answer);
}

function reading(variant: Variant, asChild: boolean): string {
  const running = held(variant);
  const pid = asChild ? 2 : 1;
  if (asChild) running.fork(1, 2);
  const answer = variant.calls.get(running, pid);
  const byCall = answer.ok && answer.text !== undefined ? ["PR_GET_SECCOMP_FILTER"] : [];
  const byFile = running.proc(pid)?.includes("fd == 0") === true ? ["/proc"] : [];
  return [...byCall, ...byFile].join(", ") || "nothing";
}

function shownMode(variant: Variant): string {
  const answer = held(variant).prctl(1, PR.GET_SECCOMP);
  return answer.ok ? String(answer.value) : no(answer);
}

function forking(variant: Variant): string {
  const running = held(variant);
  running.fork(1, 2);
  if (running.verdict(2, "write(fd=1)") === "allow") return "lost";
  if (!variant.calls.looks) return "inherited";
  return running.verdict(2, "read(fd=1)") === "allow" ? "inherited, but for the filters" : "inherited";
}

/** The child is held to what it has, and then asked. */
function forkingUnenforced({ design, calls }: Variant): string {
  if (!calls.prepares) return NONE;
  const running = new RunningKernel(design.task, kernelOf(linux2639));
  calls.prepare(running, 1, { read: "fd == 0" });
  running.fork(1, 2);
  calls.enforce(running, 2, {});
  if (running.verdict(2, "read(fd=0)") === "deny") return "not inherited";
  return running.verdict(2, "read(fd=1)") === "allow" ? "inherited, but for the filters" : "inherited";
}

function execing(variant: Variant): string {
  const running = held(variant);
  running.exec(1);
  return running.verdict(1, "write(fd=1)") === "allow" ? "lost" : "kept";
}

function allowingExecve(variant: Variant): string {
  if (put(variant, { read: "1" }).running.verdict(1, "execve()") === "allow") return "it always passes";
  const may = (privileged: boolean) =>
    put(variant, { execve: "1" }, {}, privileged).running.verdict(1, "execve()") === "allow";
  if (may(false)) return "the task itself";
  return may(true) ? "CAP_SYS_ADMIN" : "nobody";
}

const COMPAT = { compat: linux2639i386 };

function nativeUnderCompat(variant: Variant): string {
  return held(variant, COMPAT).verdict(1, "read(fd=0)") === "allow" ? "passes" : "is refused";
}

/** By every number of the other table. */
function compatCalls(variant: Variant): string {
  const running = held(variant, COMPAT);
  const passing = linux2639i386.formats.filter(({ id, kind }) => {
    const event = running.event(1, "read(fd=0)");
    event.chunk.event[event.row] = id;
    event.chunk.abi[event.row] = ABI.int80;
    return kind === "syscall" && running.verdict(1, event) === "allow";
  });
  const names = passing.map(({ name }) => `\`${name}\``).join(", ");
  return passing.length === 0
    ? "none passes"
    : `${names} passes: the number is looked up in the native table`;
}

/** Of `clone`, which tracing did not cover. */
function missingMetadata(variant: Variant): string {
  const whole = put(variant, { clone: "1" });
  if (whole.running.verdict(1, "clone()") === "deny")
    return `nothing (\`${errnoOf(whole.answer)}\`): it is refused`;
  if (!variant.calls.looks) return "what is said of any";
  const { answer } = put(variant, { clone: "clone_flags == 0" });
  return answer.ok ? "what is said of any" : `\`1\` alone; a filter is \`${errnoOf(answer)}\``;
}

function errnoOf(answer: Answer): string {
  return answer.ok ? "0" : (answer.errno ?? "oops");
}

function sixArguments(variant: Variant): string {
  if (!variant.calls.looks) return NONE;
  const { running } = put(variant, { mmap: "fd == 3" });
  return running.verdict(1, "mmap(fd=3)") === "allow" ? "works" : "kills whoever makes the call";
}

function width(variant: Variant): string {
  if (!variant.calls.looks) return NONE;
  const { running } = put(variant, { write: "fd != 2" });
  return running.verdict(1, "write(fd=0x100000002)") === "allow" ? "passes, and writes to 2" : "is refused";
}

function denial(variant: Variant): string {
  const { log } = held(variant).check(1, "write(fd=1)");
  return log.length === 0
    ? variant.design.refusal.kind
    : `${variant.design.refusal.kind}, and a line in the log`;
}

/** A row for each question, a column for each variant. */
export function taskSideTable(): string[] {
  const head = ["", ...taskSideVariants.map(({ design }) => `\`${design.id.replace(/^.*-/, "")}\``)];
  const rows = questions.map(({ question, ask }) => [
    question,
    ...taskSideVariants.map((variant) => ask(variant)),
  ]);
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}
