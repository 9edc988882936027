import {
  type Action,
  ALLOW,
  ALWAYS,
  type Clause,
  type Condition,
  constant,
  decide,
  KILL,
  type Order,
  type Policy,
  u64,
} from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import { dictionary, event, task } from "./small.js";

const EPERM: Action = { kind: "deny", errno: "EPERM", code: 1 };
const EACCES: Action = { kind: "deny", errno: "EACCES", code: 13 };

const clause = (
  action: Action,
  name: string,
  condition: Condition = ALWAYS,
  who: string | null = null,
): Clause => ({
  action,
  event: name,
  condition,
  task: who,
  at: null,
});

const policy = (byDefault: Action, ...clauses: Clause[]): Policy => ({
  name: "p",
  default: byDefault,
  labels: ["tmp_t", "home_t"],
  clauses,
});

const is = (field: string, value: bigint | number): Condition => ({
  kind: "equal",
  field,
  op: "==",
  value: constant(value),
});
const order = (field: string, op: Order, value: bigint | number): Condition => ({
  kind: "order",
  field,
  op,
  value: constant(value),
});

describe("which clause decides", () => {
  test.each<[string, Policy, string]>([
    ["none: the default", policy(KILL, clause(ALLOW, "write")), "kill"],
    ["none: a default that denies", policy(EPERM), "deny"],
    ["one", policy(KILL, clause(ALLOW, "read", is("fd", 0))), "allow"],
    ["of two, the more restrictive", policy(ALLOW, clause(ALLOW, "read"), clause(EPERM, "read")), "deny"],
    ["of two, whatever their order", policy(ALLOW, clause(KILL, "read"), clause(ALLOW, "read")), "kill"],
    ["kill over deny", policy(ALLOW, clause(EPERM, "read"), clause(KILL, "read")), "kill"],
    ["a call has one meaning under all its names", policy(KILL, clause(ALLOW, "newuname")), "kill"],
  ])("%s", (_name, given, expected) => {
    expect(decide(given, event("read", [0, 0, 0])).action).toMatchObject({ kind: expected });
  });

  test("of two errnos the smaller", () => {
    const both = policy(KILL, clause(EACCES, "read"), clause(EPERM, "read"));
    expect(decide(both, event("read", [0, 0, 0])).action).toEqual(EPERM);
  });

  test("an alias names the same call", () => {
    const aliased = policy(KILL, clause(ALLOW, "newuname"));
    expect(decide(aliased, event("uname", [0])).verdict).toBe("allow");
  });
});

describe("registers are unsigned and 64 bits wide", () => {
  test.each<[Condition, bigint, boolean]>([
    [is("fd", 1), 0x1_0000_0001n, false],
    [is("fd", 2n ** 32n), 2n ** 32n, true],
    [is("fd", 2n ** 53n), 2n ** 53n + 1n, false],
    [is("fd", 2n ** 53n + 1n), 2n ** 53n + 1n, true],
    [order("fd", ">", 0), -1n, true],
    [order("fd", ">=", 2n ** 63n), 2n ** 63n, true],
    [order("fd", "<", 2n ** 63n), 2n ** 63n, false],
    [order("fd", "<=", 2n ** 64n - 1n), -1n, true],
    [order("fd", "<", 2n ** 32n), 2n ** 32n - 1n, true],
    [{ kind: "anyBit", field: "fd", mask: constant(2n ** 40n + 1n) }, 2n ** 40n, true],
    [{ kind: "anyBit", field: "fd", mask: constant(2n ** 40n + 1n) }, 2n ** 41n + 2n, false],
    [{ kind: "masked", field: "fd", mask: constant(0x3), op: "==", value: constant(1) }, 0xffff_fff1n, true],
    [
      { kind: "masked", field: "fd", mask: constant(2n ** 63n), op: "!=", value: constant(0) },
      2n ** 63n,
      true,
    ],
    [{ kind: "in", field: "fd", values: [constant(3), constant(2n ** 64n - 1n)] }, -1n, true],
    [
      {
        kind: "equal",
        field: "fd",
        op: "!=",
        value: { text: "AT_FDCWD", values: [u64(0xffff_ff9c), u64(-100)] },
      },
      -100n,
      false,
    ],
  ])("%j of %d is %s", (condition, register, matches) => {
    const only = policy(KILL, clause(ALLOW, "read", condition));
    expect(decide(only, event("read", [register, 0, 0])).verdict).toBe(matches ? "allow" : "deny");
  });

  test("a signed field of another event is compared as signed", () => {
    const negative = policy(KILL, clause(ALLOW, "file_open", order("delta", "<", 0)));
    expect(decide(negative, event("file_open", [0, 0, 0, -5])).verdict).toBe("allow");
    expect(decide(negative, event("file_open", [0, 0, 0, 5])).verdict).toBe("deny");
  });
});

describe("what the trace does not show is unknown, never guessed", () => {
  const unknown = () => event("read", [undefined, 0, 7]);
  test.each<[string, Policy, string]>([
    ["a predicate over it", policy(KILL, clause(ALLOW, "read", is("fd", 0))), "unknown"],
    [
      "decided by the other half of an ||",
      policy(KILL, clause(ALLOW, "read", { kind: "any", of: [is("fd", 0), is("count", 7)] })),
      "allow",
    ],
    [
      "decided by the other half of an &&",
      policy(KILL, clause(ALLOW, "read", { kind: "all", of: [is("fd", 0), is("count", 8)] })),
      "deny",
    ],
    ["negated", policy(KILL, clause(ALLOW, "read", { kind: "not", of: is("fd", 0) })), "unknown"],
    ["both outcomes refuse", policy(KILL, clause(EPERM, "read", is("fd", 0))), "deny"],
    [
      "a certain kill over a possible deny",
      policy(ALLOW, clause(KILL, "read"), clause(EPERM, "read", is("fd", 0))),
      "deny",
    ],
    [
      "a possible kill over a certain allow",
      policy(KILL, clause(ALLOW, "read"), clause(KILL, "read", is("fd", 0))),
      "unknown",
    ],
  ])("%s", (_name, given, verdict) => {
    expect(decide(given, unknown()).verdict).toBe(verdict);
  });

  test("the verdict can be certain where the action is not", () => {
    const either = policy(KILL, clause(EPERM, "read", is("fd", 0)));
    expect(decide(either, unknown())).toEqual({ verdict: "deny", action: "unknown" });
  });
});

describe("who", () => {
  const sectioned = policy(KILL, clause(ALLOW, "read"), clause(ALLOW, "write", ALWAYS, "worker"));
  test.each([
    [task("worker"), "allow"],
    [task("worker", "child"), "allow"],
    [task("sh"), "deny"],
  ])("a section holds for its task and descendants: %j", (who, verdict) => {
    expect(decide(sectioned, event("write", [1, 0, 0], who)).verdict).toBe(verdict);
    expect(decide(sectioned, event("read", [1, 0, 0], who)).verdict).toBe("allow");
  });

  test("a call by another entry path is refused, whatever the default", () => {
    expect(decide(policy(ALLOW), event("read", [0, 0, 0], task("sh"), 1))).toEqual({
      verdict: "deny",
      action: KILL,
    });
    expect(decide(policy(ALLOW), event("read", [0, 0, 0], task("sh"), 2))).toEqual({
      verdict: "deny",
      action: KILL,
    });
  });
});

describe("events that are no system calls", () => {
  const tmp = { high: 0, low: dictionary.labels(["tmp_t", "etc_t"]) };
  const etc = { high: 0, low: dictionary.labels(["etc_t"]) };
  const path = { high: 0, low: dictionary.string("/usr/lib/libc.so.6") };
  const meets: Condition = { kind: "labels", field: "label", labels: ["tmp_t", "home_t"] };
  const string = (op: "==" | "!=" | "~" | "^=", value: string): Condition => ({
    kind: "string",
    field: "filename",
    op,
    value,
  });

  test("are governed by the default only where a clause names them", () => {
    expect(decide(policy(KILL), event("file_open", [etc, 0, path, 0])).verdict).toBe("allow");
    expect(
      decide(policy(KILL, clause(ALLOW, "file_open", meets)), event("file_open", [etc, 0, path, 0])).verdict,
    ).toBe("deny");
  });

  test("a clause in another task's section does not make them governed", () => {
    const elsewhere = policy(KILL, clause(ALLOW, "file_open", meets, "worker"));
    expect(decide(elsewhere, event("file_open", [etc, 0, path, 0], task("sh"))).verdict).toBe("allow");
    expect(decide(elsewhere, event("file_open", [etc, 0, path, 0], task("worker"))).verdict).toBe("deny");
  });

  test.each<[Condition, boolean]>([
    [meets, true],
    [{ kind: "labels", field: "label", labels: ["home_t"] }, false],
    [string("==", "/usr/lib/libc.so.6"), true],
    [string("!=", "/usr/lib/libc.so.6"), false],
    [string("~", "*.so.?"), true],
    [string("^=", "/usr/"), true],
    [string("^=", "/etc/"), false],
    [{ kind: "stringIn", field: "filename", values: ["/etc/passwd", "/usr/lib/libc.so.6"] }, true],
  ])("%j is %s", (condition, matches) => {
    const only = policy(KILL, clause(ALLOW, "file_open", condition));
    expect(decide(only, event("file_open", [tmp, 0, path, 0])).verdict).toBe(matches ? "allow" : "deny");
  });
});
