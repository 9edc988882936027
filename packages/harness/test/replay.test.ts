import { linux618 } from "@gatehouse/catalog";
import { describe, expect, test } from "vitest";
import { type Contestant, decideContestant, enter, replay, selectTask } from "../src/index.js";
import { allowAll, byName, policy, speechless, task, traceOf } from "./stand-ins.js";

const cat = task(10, "cat");
const events = [
  [0, "read", 0],
  [0, "sched_process_fork", 10, 11, 0],
  [0, "read", null],
  [0, "socket", 1],
  [0, "write", 1],
] as const;
const trace = () => traceOf([cat], events.slice(0, 3), events.slice(3));
const entries = (...designs: (typeof allowAll)[]) => [
  ...designs.map((design) => enter(design, policy, linux618)),
  decideContestant(policy),
];

describe("replay", () => {
  test("counts what each contestant says, in all and by event, and leaves task events out", async () => {
    const { schema, events, unreadable, designs } = await replay(trace(), linux618, entries(byName));
    expect({ schema, events, unreadable }).toEqual({
      schema: "gatehouse.replay/1",
      events: 4,
      unreadable: 2,
    });
    expect(designs["by-name@test"]).toEqual({
      ...{ allow: 2, deny: 0, kill: 1, unknown: 1 },
      byEvent: {
        read: { allow: 2, deny: 0, kill: 0, unknown: 0 },
        socket: { allow: 0, deny: 0, kill: 1, unknown: 0 },
        write: { allow: 0, deny: 0, kill: 0, unknown: 1 },
      },
    });
  });

  test("tells a denial of the policy from a kill", async () => {
    const { designs } = await replay(trace(), linux618, entries());
    expect(designs.decide).toMatchObject({ allow: 1, deny: 1, kill: 1, unknown: 1 });
  });

  test("points at the first event on which two contestants differ, with every verdict on it", async () => {
    const { firstDivergence } = await replay(trace(), linux618, entries(allowAll, byName));
    expect(firstDivergence).toEqual({
      event: 1,
      task: { pid: 10, comm: "cat" },
      call: "read(fd=?, buf=?, count=?)",
      verdicts: { "allow-all@test": "allow", "by-name@test": "allow", decide: "unknown" },
    });
  });

  test("numbers events through the whole trace, not through a chunk", async () => {
    const [allow, name] = entries(allowAll, byName);
    const found = await replay(
      trace(),
      linux618,
      [allow, name].filter((entry) => entry !== undefined),
    );
    expect(found.firstDivergence).toMatchObject({ event: 2, call: expect.stringMatching(/^socket/) });
  });

  test("finds no divergence of a contestant from itself", async () => {
    const { firstDivergence } = await replay(trace(), linux618, entries());
    expect(firstDivergence).toBeNull();
  });

  test("says why a design that cannot say the policy is missing", async () => {
    const { designs, inexpressible } = await replay(trace(), linux618, entries(speechless));
    expect(Object.keys(designs)).toEqual(["decide"]);
    expect(inexpressible).toEqual({
      "speechless@test": ["it cannot look at arguments", "it has no default"],
    });
  });

  test.each([0, 31, 32, 63, 69])("finds a divergence in row %i", async (odd) => {
    const rows = Array.from({ length: 70 }, (_, i) => [0, "read", i === odd ? 9 : 0] as const);
    const { firstDivergence } = await replay(traceOf([cat], rows), linux618, entries(allowAll));
    expect(firstDivergence?.event).toBe(odd);
  });
});

describe("a selection", () => {
  const [shell, worker, stranger] = [task(1, "sh"), task(2, "nginx", "sh"), task(3, "cron")];
  const whole = () =>
    traceOf(
      [shell, worker, stranger],
      [
        [1, "write", 1], // pid 2 before it is anybody's child
        [0, "sched_process_fork", 1, 2, 0],
        [1, "read", 0],
      ],
      [
        [2, "read", 0],
        [1, "sched_process_exit", 2],
        [1, "socket", 2], // pid 2 again, another task's
      ],
    );
  const names = async (wanted: string) => {
    const none: Contestant[] = [decideContestant(policy)];
    const { designs } = await replay(whole(), linux618, none, {
      selection: selectTask(wanted, linux618),
    });
    return Object.keys(designs.decide?.byEvent ?? {}).sort();
  };

  test.each([
    ["1", "a pid's descendants from their fork to their exit", ["read"]],
    ["2", "a pid until it exits", ["read", "write"]],
    ["99", "nothing where no task has the pid", []],
    ["sh", "a name's task and all that descend from it", ["read", "socket", "write"]],
    ["cron", "one name", ["read"]],
    ["sh2", "no name by its beginning", []],
  ])("of `%s` is %s", async (wanted, _, expected) => {
    expect(await names(wanted)).toEqual(expected);
  });
});
