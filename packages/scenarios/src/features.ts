// What a variant's task side can do beside judging calls: each found by an experiment on it. Patches that differ in these
// cannot be compared by their lines alone.

import { linux2639, linux2639i386 } from "@gatehouse/catalog";
import { type Design, kernelOf, type TaskCall } from "@gatehouse/core";
import { allowed, freeTask, guardedTask, make } from "./claims/guarded-task.js";
import { policyOf } from "./claims/policy-of.js";
import { RunningKernel } from "./running-kernel.js";
import { SteppedTasks } from "./task-run.js";

/** Null: there is no such call or file, so it cannot be asked. */
export type Has = boolean | null;

export type Feature = {
  /** `narrowing` */
  readonly name: string;
  /** In one line: what the experiment sees where the answer is yes. */
  readonly means: string;
  readonly has: (design: Design) => Has;
};

export const features: readonly Feature[] = [
  {
    name: "GET",
    means: "a call gives a task the text of its own filter",
    has: (design) => answered(make(guardedTask(design), "prctl GET_SECCOMP_FILTER read")),
  },
  {
    name: "CLEAR",
    means: "a call takes a filter back, before filters are enforced",
    has(design) {
      const tasks = freeTask(design);
      make(tasks, 'prctl SET_SECCOMP_FILTER read "fd == 0"');
      return answered(make(tasks, "prctl CLEAR_SECCOMP_FILTER read"));
    },
  },
  {
    name: "narrowing",
    means: "a task under a policy installs a narrower one, and may do less",
    has: (design) => NARROWER.some(([first, second]) => narrows(design, first, second)),
  },
  {
    name: "/proc",
    means: "a file shows a task's filters",
    has: (design) => (make(guardedTask(design), "proc") === NOTHING ? null : true),
  },
  {
    name: "log",
    means: "a line is printed for a call that is refused",
    has: (design) => make(guardedTask(design), "log open()") !== NOTHING,
  },
  {
    name: "compat",
    means: "filters that a 32-bit caller asks for hold for its calls, and let one pass",
    has: (design) => guardsCompat(design),
  },
  {
    name: "ON_EXEC",
    means: "filters that are installed take hold at the next exec",
    has: (design) => waitsForExec(design),
  },
  {
    name: "fork",
    means: "a child may do what its parent may, and nothing more",
    has(design) {
      const tasks = guardedTask(design);
      make(tasks, "fork child");
      return allowed(tasks).join() === allowed(tasks, "child").join();
    },
  },
  {
    name: "other events",
    means: "an event that is no system call can be refused",
    has: (design) => refusesAlone(design, "kill file_open", "file_open()", "read(fd=0)"),
  },
  {
    name: "labels",
    means: "an event is refused for the label of its object",
    has: (design) =>
      refusesAlone(
        design,
        "labels tmp_t etc_t\nkill file_open if label & tmp_t",
        "file_open(label={tmp_t})",
        "file_open(label={etc_t})",
      ),
  },
];

/** What a step without anything to show comes to. */
const NOTHING = "nothing";

/** Of a call: the errnos of numbers that a kernel has not are told from a refusal. */
function answered(answer: string): Has {
  return answer === "EINVAL" || answer === "ENOSYS" ? null : answer.startsWith("ok");
}

const CALLS = "allow prctl\nallow perf_event_open\nallow ioctl\nallow close\n";

/** By calls, and by what is asked of one. */
const NARROWER = [
  ["allow read\nallow write\n", "allow write\n"],
  ["allow read if fd in {0, 1}\n", "allow read if fd == 0\n"],
] as const;

/** By the calls that the design's own library would make. */
function narrows(design: Design, first: string, second: string): boolean {
  const running = new RunningKernel(design.task, kernelOf(linux2639), true);
  const may = () =>
    ["read(fd=0)", "read(fd=1)", "write(fd=1)"].filter((each) => running.verdict(1, each) !== "deny");
  install(design, running, CALLS + first);
  const before = may();
  install(design, running, CALLS + second);
  const after = may();
  return after.length < before.length && after.every((each) => before.includes(each));
}

/** False: the design cannot say the policy. */
function install(design: Design, running: RunningKernel, text: string): boolean {
  const compiled = design.compile(policyOf(text), running.kernel.catalog);
  if (compiled.kind === "inexpressible") return false;
  const task = { pid: 1, parent: null, comm: "sh", lineage: new Set(["sh"]) };
  const calls: readonly TaskCall[] = design.task.install(compiled.program, task);
  running.calls(1, calls);
  return true;
}

/** The calls of all designs alike: one that a variant has not is answered with an errno. */
function guardsCompat(design: Design): boolean {
  const tasks = new SteppedTasks(design, kernelOf(linux2639, { compat: linux2639i386 }), {
    privileged: true,
  });
  for (const text of [
    "perf_event_open read inherit",
    "perf_event_open exit inherit require_secure",
    'prctl SET_SECCOMP_FILTER read "1"',
    "prctl SET_SECCOMP filter",
    "prctl SET_SECCOMP mask read",
  ]) {
    make(tasks, `int80:${text}`);
  }
  return (
    make(tasks, "check int80:read(fd=0)") === "allow" && make(tasks, "check int80:write(fd=0)") === "deny"
  );
}

function waitsForExec(design: Design): boolean {
  const tasks = freeTask(design);
  for (const text of [
    "perf_event_open read disabled enable_on_exec inherit",
    "perf_event_open execve inherit",
    "perf_event_open exit disabled enable_on_exec inherit require_secure",
    'prctl SET_SECCOMP_FILTER read "1"',
    "prctl SET_SECCOMP filter on_exec",
  ]) {
    make(tasks, text);
  }
  const isFree = make(tasks, "check open()") === "allow";
  make(tasks, "exec");
  return isFree && make(tasks, "check open()") === "deny" && make(tasks, "check read(fd=0)") === "allow";
}

/** Whether the one event is refused under the policy, and the other not. */
function refusesAlone(design: Design, clause: string, refused: string, other: string): boolean {
  const running = new RunningKernel(design.task, kernelOf(linux2639), true);
  if (!install(design, running, `default allow\n${clause}\n`)) return false;
  return running.verdict(1, refused) === "deny" && running.verdict(1, other) === "allow";
}
