// The events that build the task tree, under the names that perf prints. They are never judged, so they hold only
// what the tree is built from.

import type { NewEvent } from "@gatehouse/core";

export const TASK_EVENTS: readonly NewEvent[] = [
  {
    name: "sched_process_fork",
    system: "sched",
    kind: "task",
    traced: true,
    fields: [
      { name: "parent_pid", type: "s32", kind: "number" },
      { name: "child_pid", type: "s32", kind: "number" },
      { name: "child_comm", type: "__data_loc char[]", kind: "string" },
    ],
  },
  {
    name: "sched_process_exec",
    system: "sched",
    kind: "task",
    traced: true,
    fields: [
      { name: "filename", type: "__data_loc char[]", kind: "string" },
      { name: "pid", type: "s32", kind: "number" },
    ],
  },
  {
    name: "sched_process_exit",
    system: "sched",
    kind: "task",
    traced: true,
    fields: [{ name: "pid", type: "s32", kind: "number" }],
  },
];
