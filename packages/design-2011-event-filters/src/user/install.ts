// How a task puts itself under a program: it opens the events, filters them, and shuts the door.

import type { TaskCall } from "@gatehouse/core";
import type { EventFilters } from "../kernel/program.js";

/**
 * What the event that shuts the door hangs on. The door shuts at once, so the event can no longer be given a filter: the
 * ioctl would have to pass the policy first. An event without a filter on a system call would allow that call as soon as a
 * task switches the event on (prctl 32). On a tracepoint that is no system call it allows nothing, on or off (derived).
 */
const DOOR = "sched:sched_process_exit";

export function install({ events }: EventFilters): TaskCall[] {
  return [
    ...events.flatMap(({ event, filter }): TaskCall[] => {
      const opened: TaskCall = { call: "perf_event_open", event, attr: { inherit: true } };
      if (filter === null) return [opened];
      return [opened, { call: "ioctl", fd: "last", request: "SET_FILTER", filter }];
    }),
    { call: "perf_event_open", event: DOOR, attr: { requireSecure: true } },
  ];
}
