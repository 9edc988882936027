import { linux618 } from "@gatehouse/catalog";
import type { Design } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import { compare, selectTask } from "../src/index.js";
import {
  allowAll,
  answering,
  byName,
  denyAll,
  exempting,
  policy,
  speechless,
  task,
  traceOf,
} from "./stand-ins.js";

const cat = task(10, "cat");
const trace = () =>
  traceOf(
    [cat],
    [
      [0, "read", 0],
      [0, "sched_process_fork", 10, 11, 0],
      [0, "read", null],
    ],
    [
      [0, "socket", 1],
      [0, "write", 1],
    ],
  );

const ask = (...designs: Design[]) =>
  compare({
    policy,
    trace: trace(),
    catalog: linux618,
    designs,
    showClause: (clause) => ({ clause: clause?.event ?? "default", line: clause === null ? null : 4 }),
    codeSize: () => null,
  });

describe("compare", () => {
  const three = ask(allowAll, byName, denyAll);

  test("counts what a design allows and denies, and every event on which it is wrong", async () => {
    const { designs } = await three;
    const counts = designs.map(({ allow, deny, unknown, falseAllow, falseDeny }) => [
      ...[allow, deny, unknown, falseAllow, falseDeny],
    ]);
    expect(counts).toEqual([
      [4, 0, 0, 2, 0],
      [2, 1, 1, 0, 0],
      [0, 4, 0, 0, 1],
    ]);
  });

  test("shows the first event of each kind of mistake", async () => {
    const [open, , closed] = (await three).designs;
    expect(open?.firstFalseAllow).toMatchObject({ event: 2, task: { pid: 10 } });
    expect(open?.firstFalseAllow?.call).toMatch(/^socket\(family=1,/);
    expect(open?.firstFalseDeny).toBeNull();
    expect(closed?.firstFalseDeny?.call).toMatch(/^read\(fd=0,/);
  });

  test("says what the trace was and what the policy itself says", async () => {
    expect(await three).toMatchObject({
      schema: "gatehouse.compare/1",
      policy: "reader",
      trace: { events: 4, tasks: 1, unreadable: 2 },
      decide: { allow: 1, deny: 2, unknown: 1 },
      sample: { events: 4 },
    });
  });

  test("has neither counts nor cost of a design that cannot say the policy, but its losses", async () => {
    const [report] = (await ask(speechless)).designs;
    expect(report).toMatchObject({
      ...{ compilation: "inexpressible", fails: null, allow: null, deny: null, unknown: null },
      ...{ falseAllow: null, falseDeny: null, cost: null, actions: ["deny EPERM"], refusal: "kill" },
      lost: [
        { clause: "read", line: 4, reason: "it cannot look at arguments", fails: "open" },
        { clause: "default", line: null, reason: "it has no default", fails: "closed" },
      ],
    });
  });

  test("counts the events of a call that passes under every policy as lost, and no others", async () => {
    const [report] = (await ask(exempting)).designs;
    expect(report).toMatchObject({ lostEvents: 1, falseAllow: 1 });
  });

  test("averages what a filter read over the events of the sample", async () => {
    const [report] = (await three).designs;
    expect(report?.cost).toMatchObject({ predicatesPerEvent: 1, bytesPerEvent: 4 });
    expect(report?.cost?.nsPerEvent).toBeGreaterThan(0);
  });

  test("measures no cost where no event was judged", async () => {
    const nothing = { policy, trace: traceOf([cat]), catalog: linux618, designs: [allowAll] };
    const report = await compare({
      ...nothing,
      showClause: () => ({ clause: "", line: null }),
      codeSize: () => null,
    });
    expect(report.designs[0]).toMatchObject({ allow: 0, cost: null, codeSize: null });
    expect(report.sample).toEqual({ events: 0, floorNsPerEvent: null });
  });

  test("measures the cost on the first events that are judged, however late they come", async () => {
    const quiet = Array.from({ length: 65_536 }, () => [0, "read", 0] as const);
    const chunks = [...Array.from({ length: 5 }, () => quiet), [[1, "read", 0]] as const];
    const report = await compare({
      policy,
      trace: traceOf([cat, task(11, "late")], ...chunks),
      catalog: linux618,
      designs: [allowAll],
      selection: selectTask("late", linux618),
      showClause: () => ({ clause: "", line: null }),
      codeSize: () => null,
    });
    expect(report).toMatchObject({ trace: { events: 1 }, sample: { events: 1 } });
  });

  test("times nothing that answers the same events in two ways", async () => {
    let asked = 0;
    const moody = answering("moody@test", () => (asked++ < 4 ? "allow" : "deny"));
    await expect(ask(moody)).rejects.toThrow(/two ways/);
  });
});
