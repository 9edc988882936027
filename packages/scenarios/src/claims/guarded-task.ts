// A task that has put itself under filters by its design's own calls, for experiments on what can be done about them. It may
// read, from 0 alone where its design has arguments; it may not write or open; and it keeps the calls by which filters are
// asked for.

import { linux2639 } from "@gatehouse/catalog";
import { type Design, kernelOf } from "@gatehouse/core";
import { SteppedTasks } from "../task-run.js";
import { parseStep } from "../task-step.js";

/**
 * By the name of the design, what stands before the `@`. Of perf's two filters on read the narrower one insists; where none
 * can (`vision`), the wider one counts as well.
 */
const INSTALL: Readonly<Record<string, readonly string[]>> = {
  "bitmask-2009": ["prctl SET_SECCOMP mask read prctl close ioctl execve perf_event_open"],
  "filter-engine-2010": [
    'prctl SET_SECCOMP_FILTER read "fd == 0"',
    'prctl SET_SECCOMP_FILTER prctl "1"',
    'prctl SET_SECCOMP_FILTER close "1"',
    'prctl SET_SECCOMP_FILTER ioctl "1"',
    'prctl SET_SECCOMP_FILTER execve "1"',
    'prctl SET_SECCOMP_FILTER perf_event_open "1"',
    "prctl SET_SECCOMP filter",
  ],
  "event-filters-2011": [
    "perf_event_open read inherit err_on_discard",
    'ioctl 3 SET_FILTER "fd == 0"',
    "perf_event_open read inherit",
    'ioctl 4 SET_FILTER "fd == 0 || fd == 1"',
    "perf_event_open prctl inherit",
    "perf_event_open close inherit",
    "perf_event_open ioctl inherit",
    "perf_event_open perf_event_open inherit",
    "perf_event_open exit inherit require_secure",
  ],
};

/** What the experiments ask of a task. */
export const ASKED = ["read(fd=0)", "read(fd=1)", "read(fd=2)", "write(fd=1)", "open()", "getpid()"];

/** Privileged, so that no variant refuses it execve. */
export function guardedTask(design: Design): SteppedTasks {
  const tasks = new SteppedTasks(design, kernelOf(linux2639), { privileged: true });
  for (const text of byDesign(INSTALL, design)) make(tasks, text);
  return tasks;
}

/** What is known of a design by its name, whatever the variant. */
export function byDesign<T>(table: Readonly<Record<string, T>>, { id }: Design): T {
  const entry = table[id.split("@")[0] ?? id];
  if (entry === undefined) throw new RangeError(`how a task asks \`${id}\` for filters is not known here`);
  return entry;
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
