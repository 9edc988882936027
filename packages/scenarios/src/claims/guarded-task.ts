// A task that has put itself under filters, for experiments on what can be done about them. The task may read, from 0 alone
// where its design has arguments; it may not write or open; and it keeps the calls by which filters are asked for.

import { linux2639 } from "@gatehouse/catalog";
import { type Design, kernelOf } from "@gatehouse/core";
import { SteppedTasks } from "../task-run.js";
import { parseStep } from "../task-step.js";

/**
 * The calls of all designs alike: one that a variant has not is answered with an errno. Of perf's two filters on read the
 * narrower one insists; where none can (`vision`), the wider one counts as well.
 */
const INSTALL = [
  "perf_event_open read inherit err_on_discard",
  'ioctl 3 SET_FILTER "fd == 0"',
  "perf_event_open read inherit",
  'ioctl 4 SET_FILTER "fd == 0 || fd == 1"',
  "perf_event_open prctl inherit",
  "perf_event_open close inherit",
  "perf_event_open ioctl inherit",
  "perf_event_open perf_event_open inherit",
  "perf_event_open exit inherit require_secure",
  'prctl SET_SECCOMP_FILTER read "fd == 0"',
  ...["prctl", "close", "ioctl", "execve", "perf_event_open"].map(
    (call) => `prctl SET_SECCOMP_FILTER ${call} "1"`,
  ),
  "prctl SET_SECCOMP filter",
  "prctl SET_SECCOMP mask read prctl close ioctl execve perf_event_open",
];

/** Put behind `(fd == 0) && (`, as text, it closes a parenthesis that it did not open. */
export const INJECTED = 'prctl SET_SECCOMP_FILTER read "fd == 0) || (fd == 1"';

/** What the experiments ask of a task. */
export const ASKED = ["read(fd=0)", "read(fd=1)", "read(fd=2)", "write(fd=1)", "open()", "getpid()"];

/** Privileged, so that no variant refuses it execve. */
export function guardedTask(design: Design): SteppedTasks {
  const tasks = freeTask(design);
  for (const text of INSTALL) make(tasks, text);
  const may = allowed(tasks);
  if (!may.includes("read(fd=0)") || may.includes("open()")) {
    throw new Error(`\`${design.id}\`: the task is not under its filters; it may do ${may.join(", ")}`);
  }
  return tasks;
}

/** The same task before it asks for anything. */
export function freeTask(design: Design): SteppedTasks {
  return new SteppedTasks(design, kernelOf(linux2639), { privileged: true });
}

/** Makes a step of our own. */
export function make(tasks: SteppedTasks, text: string): string {
  const step = parseStep(text);
  if (!step.ok) throw new SyntaxError(step.error);
  return tasks.run(step.value);
}

/** Those of the events that a task may do. What is not known it may. */
export function allowed(tasks: SteppedTasks, task: string | null = null): string[] {
  return ASKED.filter((event) => make(tasks, `${task === null ? "" : `${task}: `}check ${event}`) !== "deny");
}
