// What both variants' perf calls share: which events there are, which file is free, and how a program is installed.

import type { Kernel, TaskCall } from "@gatehouse/core";
import { type EventFilters, eventFormat } from "./program.js";

/** What every process has open. */
const STANDARD_STREAMS = 3;

export function isTraced(event: string, { catalog, ftrace }: Kernel): boolean {
  const format = eventFormat(event, catalog);
  return format !== undefined && (ftrace || format.kind !== "syscall");
}

export function lowestFree(table: ReadonlyMap<number, unknown>): number {
  let fd = STANDARD_STREAMS;
  while (table.has(fd)) fd++;
  return fd;
}

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
