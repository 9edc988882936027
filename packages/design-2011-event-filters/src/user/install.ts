// How a task puts itself under a program: it opens the events, filters them, and shuts the door.

import type { TaskCall } from "@gatehouse/core";
import type { EventFilters } from "../kernel/program.js";

/** What the last event would match makes no difference: it is off, and shuts the door once all filters are set. */
const DOOR = "syscalls:sys_enter_read";

export function install({ events }: EventFilters): TaskCall[] {
  return [
    ...events.flatMap(({ event, filter }): TaskCall[] => {
      const opened: TaskCall = { call: "perf_event_open", event, attr: { inherit: true } };
      if (filter === null) return [opened];
      return [opened, { call: "ioctl", fd: "last", request: "SET_FILTER", filter }];
    }),
    { call: "perf_event_open", event: DOOR, attr: { disabled: true, requireSecure: true } },
  ];
}
