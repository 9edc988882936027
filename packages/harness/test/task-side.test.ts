// How a trace drives a task side: who installs, what moves the state, which of its prctl calls are applied.

import { linux618 } from "@gatehouse/catalog";
import { type Design, done, judged, kernelOf, PR, type TaskSide } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import {
  compare,
  enter,
  replay,
  type Start,
  selectTask,
  type TaskSideRun,
  type TraceSource,
} from "../src/index.js";
import { allowAll, policy, type Row, task, traceOf } from "./stand-ins.js";

/** A task's mode: what PR_SET_SECCOMP last set. 1 refuses socket, 2 and everything beyond refuses write. */
type Modes = ReadonlyMap<number, number>;

/** `inherits`: whether a child has its parent's mode. */
function moded(id: string, inherits: boolean): Design<null> {
  const side: TaskSide<null, Modes> = {
    boot: (_, { pid }) => new Map([[pid, 0]]),
    call: (modes, pid, call) => {
      const mode = call.call === "prctl" && call.option === PR.SET_SECCOMP ? Number(call.args[0]) : 0;
      return { state: new Map(modes).set(pid, mode), answer: done() };
    },
    fork: (modes, parent, child) => new Map(modes).set(child, inherits ? (modes.get(parent) ?? 0) : 0),
    exec: (modes, pid) => new Map(modes).set(pid, 1),
    exit: (modes, pid) => new Map([...modes].filter(([other]) => other !== pid)),
    check: (modes, { task: { pid }, name }) => {
      const mode = modes.get(pid);
      if (mode === undefined) throw new RangeError(`there is no task ${pid}`);
      const isRefused = name === (mode === 1 ? "socket" : mode === 0 ? null : "write");
      return { state: modes, outcome: judged(isRefused ? "deny" : "allow") };
    },
    proc: () => null,
    install: () => [{ call: "prctl", option: PR.SET_SECCOMP, args: [2] }],
  };
  return { ...allowAll, id, task: side };
}

const [shell, worker, stranger] = [task(1, "sh"), task(2, "nginx", "sh"), task(3, "cron")];
const kernel = kernelOf(linux618);
const tasks = [shell, worker, stranger];

/** Where each of two designs refuses, counted by event. */
async function refusals(rows: readonly Row[], start: Start = "roots", wanted = ""): Promise<string[]> {
  const entries = [moded("keeps@test", true), moded("loses@test", false)].map((design) =>
    enter(design, policy, linux618, "closed", { kernel, start }),
  );
  const selection = start === "selected" ? selectTask(wanted, linux618) : null;
  const { designs } = await replay(traceOf(tasks, rows), linux618, entries, { selection });
  return Object.values(designs).map(({ byEvent }) =>
    Object.entries(byEvent)
      .flatMap(([name, { kill }]) => (kill > 0 ? [`${name} ${kill}`] : []))
      .join(", "),
  );
}

const FORK: Row = [0, "sched_process_fork", 1, 2, 0];
const WRITES: readonly Row[] = [
  [0, "write", 1],
  [1, "write", 1],
];

describe("the task side over a trace", () => {
  test("a root installs at its first row, and a child has what the design lets it inherit", async () => {
    expect(await refusals([FORK, ...WRITES])).toEqual(["write 2", "write 1"]);
  });

  test("a task whose parent the trace does not show is a root", async () => {
    expect(await refusals(WRITES)).toEqual(["write 2", "write 2"]);
  });

  test("a child that is seen before its fork begins anew there", async () => {
    expect(await refusals([...WRITES, FORK, ...WRITES])).toEqual(["write 4", "write 3"]);
  });

  test("a pid that has exited is another task's: a root again", async () => {
    const exit: Row = [1, "sched_process_exit", 2];
    expect(await refusals([FORK, [1, "write", 1], exit, [1, "write", 1]])).toEqual(["write 2", "write 1"]);
  });

  test("a task that the trace says to be its own child is itself", async () => {
    expect(
      await refusals([
        [0, "sched_process_fork", 1, 1, 0],
        [0, "write", 1],
      ]),
    ).toEqual(["write 1", "write 1"]);
  });

  test("exec moves the state too", async () => {
    const exec: Row = [0, "sched_process_exec", 0, 1];
    expect(await refusals([exec, [0, "write", 1], [0, "socket", 1]])).toEqual(["socket 1", "socket 1"]);
  });

  test("a task that was killed goes on, and so does what it is refused", async () => {
    const rows = Array.from({ length: 3 }, (): Row => [0, "write", 1]);
    expect(await refusals(rows)).toEqual(["write 3", "write 3"]);
  });
});

describe("prctl calls of the trace", () => {
  const after = (...call: Row): Promise<string[]> => refusals([call, [0, "write", 1], [0, "socket", 1]]);

  test("one that is let through is applied", async () => {
    expect(await after(0, "prctl", PR.SET_SECCOMP, 1)).toEqual(["socket 1", "socket 1"]);
  });

  test.each<[string, Row]>([
    ["whose option the trace does not show", [0, "prctl", null, 1]],
    ["that is none", [0, "read", PR.SET_SECCOMP, 1]],
  ])("one %s is not", async (_, call) => {
    expect(await after(...call)).toEqual(["write 1", "write 1"]);
  });

  test("one that is refused is not", async () => {
    const { task: side, ...rest } = moded("", true);
    const check: typeof side.check = (state, event) => {
      if (event.name !== "prctl") return side.check(state, event);
      return { state, outcome: judged("deny") };
    };
    const shut = { ...rest, id: "shut@test", task: { ...side, check } };
    const rows: readonly Row[] = [
      [0, "prctl", PR.SET_SECCOMP, 0],
      [0, "write", 1],
    ];
    const entries = [enter(shut, policy, linux618, "closed", { kernel, start: "roots" })];
    const { designs } = await replay(traceOf(tasks, rows), linux618, entries);
    expect(designs["shut@test"]).toMatchObject({ allow: 0, kill: 2 });
  });
});

describe("with a selection", () => {
  const rows: readonly Row[] = [[0, "write", 1], FORK, [1, "write", 1], [2, "write", 1]];

  test("a selected task installs at its first event, and its parents carry nothing", async () => {
    expect(await refusals(rows, "selected", "nginx")).toEqual(["write 1", "write 1"]);
    expect(await refusals(rows, "selected", "2")).toEqual(["write 1", "write 1"]);
  });

  test("its descendants only inherit", async () => {
    expect(await refusals(rows, "selected", "sh")).toEqual(["write 2", "write 1"]);
  });
});

describe("a report", () => {
  const trace = (): TraceSource => traceOf(tasks, [FORK, ...WRITES]);
  const ask = (taskSide: boolean) =>
    compare({
      policy,
      trace: trace(),
      catalog: linux618,
      designs: [moded("loses@test", false)],
      taskSide: taskSide ? { kernel, start: "roots" } : null,
      showClause: () => ({ clause: "", line: null }),
      codeSize: () => null,
    });

  test("of a comparison has verdicts with the task side, and the cost of a decision as without", async () => {
    const { taskSide, designs } = await ask(true);
    expect({ taskSide, ...designs[0] }).toMatchObject({ taskSide: true, allow: 1, deny: 1, falseAllow: 1 });
    expect(designs[0]?.cost?.nsPerEvent).toBeGreaterThan(0);
    expect(await ask(false)).toMatchObject({ taskSide: false, designs: [{ allow: 2, deny: 0 }] });
  });

  test("of a replay says which it was", async () => {
    const said = async (run: TaskSideRun | null) => {
      const entries = [enter(moded("keeps@test", true), policy, linux618, "closed", run)];
      return (await replay(trace(), linux618, entries)).taskSide;
    };
    expect([await said({ kernel, start: "roots" }), await said(null)]).toEqual([true, false]);
  });
});
