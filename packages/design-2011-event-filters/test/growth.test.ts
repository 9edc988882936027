import { linux2639 } from "@gatehouse/catalog";
import { kernelOf, PR, type TaskCall } from "@gatehouse/core";
import { eventFiltersPoc, eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { grows, type History, neverGrows } from "@gatehouse/scenarios/growth";
import fc from "fast-check";
import { expect } from "vitest";

const fd = fc.integer({ min: 3, max: 6 });
const prctl = (option: number): TaskCall => ({ call: "prctl", option, args: [] });

function history(events: readonly string[], attr: fc.Arbitrary<object>, asked: readonly string[]): History {
  return {
    kernel: kernelOf(linux2639),
    calls: fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .tuple(fc.constantFrom(...events), attr)
          .map(([event, bits]): TaskCall => ({ call: "perf_event_open", event, attr: bits })),
      },
      {
        weight: 3,
        arbitrary: fc
          .tuple(fd, fc.constantFrom("fd == 0", "fd == 1 || fd == 2", "fd > 1"))
          .map(([at, filter]): TaskCall => ({ call: "ioctl", fd: at, request: "SET_FILTER", filter })),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fd, fc.constantFrom("ENABLE", "DISABLE"))
          .map(([at, request]): TaskCall => ({ call: "ioctl", fd: at, request })),
      },
      { weight: 1, arbitrary: fd.map((at): TaskCall => ({ call: "close", fd: at })) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(prctl(PR.TASK_PERF_EVENTS_DISABLE), prctl(PR.TASK_PERF_EVENTS_ENABLE)),
      },
    ),
    events: asked,
  };
}

const CALLS = ["syscalls:sys_enter_read", "syscalls:sys_enter_write"];
const ASKED = [0, 1, 2].flatMap((at) => [`read(fd=${at})`, `write(fd=${at})`]);

const bit = fc.boolean();
const sealing = fc.record({ disabled: bit, requireSecure: bit });
const inherited = fc.record({ inherit: fc.constant(true), requireSecure: bit });

neverGrows(
  eventFiltersVision,
  history([...CALLS, "object:file_open"], sealing, [...ASKED, "file_open()", "exit()"]),
);

grows(eventFiltersPoc, history(CALLS, inherited, ASKED), (moves) => {
  expect(moves.length).toBeLessThan(4);
});
