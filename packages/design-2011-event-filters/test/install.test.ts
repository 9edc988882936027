// What `install` leaves behind: prctl 32 switches on all that a task opened, and none of that may allow more.

import { linux2639 } from "@gatehouse/catalog";
import {
  Chunk,
  type Design,
  Dictionary,
  kernelOf,
  PR,
  type TaskCall,
  type TraceEvent,
} from "@gatehouse/core";
import { eventFiltersPoc, eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { policyAndEvents, tasksOf } from "@gatehouse/policies/arbitrary";
import fc from "fast-check";
import { expect, test } from "vitest";

const ENABLE: TaskCall = { call: "prctl", option: PR.TASK_PERF_EVENTS_ENABLE, args: [] };

test.each<Design>([eventFiltersPoc, eventFiltersVision])(
  "$id: prctl 32 adds nothing to what was installed",
  ({ compile, task: side }) => {
    fc.assert(
      fc.property(
        policyAndEvents(linux2639),
        fc.constantFrom("open", "closed"),
        ({ policy, chunk }, fails) => {
          const compiled = compile(policy, linux2639, fails);
          if (compiled.kind === "inexpressible") return;
          for (const task of tasksOf(policy)) {
            const booted = side.boot(kernelOf(linux2639), { pid: task.pid, privileged: false });
            const installed = side
              .install(compiled.program, task)
              .reduce((state, call) => side.call(state, task.pid, call).state, booted);
            const enabled = side.call(installed, task.pid, ENABLE).state;
            const own = Array.from({ length: chunk.length }, (_, row) => chunk.at(row)).filter(
              (event) => event.task.pid === task.pid,
            );
            const gained = [...own, ...everyCall(task)].filter(
              (event) =>
                side.check(installed, event).outcome.verdict === "deny" &&
                side.check(enabled, event).outcome.verdict !== "deny",
            );
            expect(gained.map(String)).toEqual([]);
          }
        },
      ),
      { seed: 20110526, numRuns: 60 },
    );
  },
);

/** Each call that the kernel has, with all arguments 0. */
function everyCall(task: TraceEvent["task"]): TraceEvent[] {
  const calls = linux2639.formats.filter(({ kind }) => kind === "syscall");
  const chunk = new Chunk(linux2639, new Dictionary(), { capacity: calls.length, tasks: [task] });
  const zero = { high: 0, low: 0 };
  return calls.map(({ id, fields }) =>
    chunk.at(
      chunk.push(
        0,
        id,
        0,
        fields.map(() => zero),
      ),
    ),
  );
}
