// `--task-side` with the designs as they are: where what tasks inherit makes another verdict than the filter alone.

import { fileURLToPath } from "node:url";
import { linux618, linux2639i386 } from "@gatehouse/catalog";
import {
  ABI,
  Chunk,
  type Design,
  Dictionary,
  type Kernel,
  kernelOf,
  PR,
  type Task,
  u64,
} from "@gatehouse/core";
import { enter, type Replay, replay, type Start, selectTask, type TraceSource } from "@gatehouse/harness";
import { nginxTrace } from "@gatehouse/scenarios";
import { openTrace } from "@gatehouse/traces";
import { describe, expect, test } from "vitest";
import { findDesign, variants } from "../src/known-designs.js";
import { run } from "../src/main.js";
import { policyOf } from "./book/policy.js";
import { capture } from "./capture.js";

const parent = taskOf(10, "sh");
const child = taskOf(11, "sh");

function taskOf(pid: number, comm: string): Task {
  return { pid, parent: null, comm, lineage: new Set([comm]) };
}

type Row = readonly [task: number, event: string, ...values: number[]];

/** The parent is task 0 and forks task 1. */
function traceOf(rows: readonly Row[]): TraceSource {
  return {
    stats: { tasks: 2, lostEvents: 0, unreadable: { count: 0 } },
    async *[Symbol.asyncIterator]() {
      const chunk = new Chunk(linux618, new Dictionary(), { tasks: [parent, child] });
      for (const [who, event, ...values] of rows) {
        chunk.push(who, linux618.byName(event)?.id ?? 0, ABI.native, values.map(u64));
      }
      yield chunk;
    },
  };
}

async function kills(
  design: Design,
  policy: string,
  trace: TraceSource,
  start: Start | null,
  task: string | null = null,
  differs: Partial<Kernel> = {},
): Promise<string> {
  const run = start === null ? null : { kernel: kernelOf(linux618, differs), start };
  const entry = enter(design, policyOf(policy), linux618, "closed", run);
  const selection = task === null ? null : selectTask(task, linux618);
  const { designs } = await replay(trace, linux618, [entry], { selection });
  return Object.entries(designs[design.id]?.byEvent ?? {})
    .flatMap(([name, { kill }]) => (kill > 0 ? [`${name} ${kill}`] : []))
    .sort()
    .join(", ");
}

describe("a parent and its child, both of which read from 0 and 3", () => {
  const reads: readonly Row[] = [
    [0, "read", 0],
    [0, "read", 3],
    [0, "sched_process_fork", 10, 11, 0],
    [1, "read", 0],
    [1, "read", 3],
    [1, "write", 1],
  ];
  const kept = "allow read if fd == 0\nallow prctl\n";
  const refusedBy = (id: string, start: Start | null) => kills(findDesign(id), kept, traceOf(reads), start);

  test("event-filters-2011@poc: the child's filters are lost, and what they held back passes", async () => {
    expect(await refusedBy("event-filters-2011@poc", null)).toBe("read 2, write 1");
    expect(await refusedBy("event-filters-2011@poc", "roots")).toBe("read 1, write 1");
  });

  test.each(variants.map(({ id }) => id).filter((id) => id !== "event-filters-2011@poc"))(
    "%s: a child inherits, and the verdicts are those of the filter alone",
    async (id) => {
      expect(await refusedBy(id, "roots")).toBe(await refusedBy(id, null));
    },
  );

  test("what a task does by prctl counts from there on: poc's events are switched off by 31", async () => {
    const rows: readonly Row[] = [
      [0, "read", 0],
      [0, "prctl", PR.TASK_PERF_EVENTS_DISABLE, 0, 0, 0, 0],
      [0, "read", 0],
    ];
    const after = (id: string, start: Start | null) => kills(findDesign(id), kept, traceOf(rows), start);
    expect(await after("event-filters-2011@poc", null)).toBe("");
    expect(await after("event-filters-2011@poc", "roots")).toBe("read 1");
    expect(await after("event-filters-2011@vision", "roots")).toBe("");
  });

  test("filter-engine-2010@v2 with CONFIG_COMPAT: every call is refused, `int 0x80` or not", async () => {
    const compat = { compat: linux2639i386 };
    const all = (id: string) => kills(findDesign(id), kept, traceOf(reads), "roots", null, compat);
    expect(await all("filter-engine-2010@v2")).toBe("read 4, write 1");
    expect(await all("filter-engine-2010@corrected")).toBe("read 2, write 1");
  });

  test.each(["bitmask-2009@and", "bitmask-2009@subset", "event-filters-2011@vision"])(
    "%s: mode 1 is there to be entered beside the filters",
    async (id) => {
      const rows: readonly Row[] = [
        [0, "close", 0],
        [0, "prctl", PR.SET_SECCOMP, 1, 0, 0, 0],
        [0, "close", 0],
        [0, "read", 0],
      ];
      const closing = "allow read\nallow close\nallow prctl\n";
      expect(await kills(findDesign(id), closing, traceOf(rows), "roots")).toBe("close 1");
      expect(await kills(findDesign(id), closing, traceOf(rows), null)).toBe("");
    },
  );

  test("filter-engine-2010@shipped: execve is a privileged task's to allow, and no trace shows privilege", async () => {
    const rows: readonly Row[] = [[0, "execve", 0]];
    const shipped = findDesign("filter-engine-2010@shipped");
    expect(await kills(shipped, "allow execve\n", traceOf(rows), null)).toBe("");
    expect(await kills(shipped, "allow execve\n", traceOf(rows), "roots")).toBe("execve 1");
  });
});

describe("the embedded trace of nginx", () => {
  const trace = () => openTrace(fileURLToPath(nginxTrace), { catalog: linux618 });
  const logging = "default allow\nkill writev if fd > 2\n";
  const policy = "allow writev if fd == 2\nallow clone\n";

  test("event-filters-2011@poc: a trace that begins with the shell shows nginx without filters", async () => {
    const poc = findDesign("event-filters-2011@poc");
    expect(await kills(poc, policy, trace(), null)).toMatch(/writev 1499/);
    expect(await kills(poc, policy, trace(), "roots")).not.toMatch(/writev/);
  });

  test("event-filters-2011@poc: installed by nginx itself, the worker is without them", async () => {
    const poc = findDesign("event-filters-2011@poc");
    expect(await kills(poc, policy, trace(), "selected", "nginx")).not.toMatch(/writev/);
  });

  test("event-filters-2011@vision: no verdict differs", async () => {
    const vision = findDesign("event-filters-2011@vision");
    const alone = await kills(vision, logging, trace(), null);
    expect(alone).toBe("writev 1499");
    expect(await kills(vision, logging, trace(), "roots")).toBe(alone);
    expect(await kills(vision, logging, trace(), "selected", "nginx")).toBe(alone);
  });
});

describe("the options", () => {
  const asked = async (...options: readonly string[]) => {
    const designs = "filter-engine-2010@v2,event-filters-2011@poc";
    const { out } = await capture(() =>
      run(["node", "gatehouse", "replay", "--designs", designs, "--json", ...options]),
    );
    const { taskSide, designs: found }: Replay = JSON.parse(out);
    return { taskSide, allowed: Object.values(found).map(({ allow }) => allow > 0) };
  };

  test("--task-side is said in the data", async () => {
    expect(await asked()).toEqual({ taskSide: false, allowed: [true, true] });
    expect(await asked("--task-side")).toEqual({ taskSide: true, allowed: [true, true] });
  });

  test("--compat is the same on a kernel with `int 0x80`, on which v2 refuses everything", async () => {
    expect(await asked("--compat")).toEqual({ taskSide: true, allowed: [false, true] });
  });
});
