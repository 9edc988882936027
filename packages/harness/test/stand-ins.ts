// A small trace and ordinary designs to judge by it.

import { linux618 } from "@gatehouse/catalog";
import {
  ABI,
  ALLOW,
  ALWAYS,
  Chunk,
  type Condition,
  constant,
  type Design,
  Dictionary,
  type Filter,
  KILL,
  oneByOne,
  PASSES,
  type Policy,
  refused,
  type Task,
  type TaskSide,
  u64,
  type Verdict,
} from "@gatehouse/core";
import type { TraceSource } from "../src/index.js";

export const idOf = (name: string) => {
  const format = linux618.byName(name);
  if (format === undefined) throw new RangeError(name);
  return format.id;
};

export const task = (pid: number, comm: string, ...ancestors: string[]): Task => ({
  pid,
  parent: null,
  comm,
  lineage: new Set([comm, ...ancestors]),
});

/** Rows as [index of a task, event, values…]; `null` is a value that the trace does not show. */
export type Row = readonly [task: number, event: string, ...values: (number | null)[]];

export function traceOf(tasks: Task[], ...chunks: readonly (readonly Row[])[]): TraceSource {
  const dictionary = new Dictionary();
  return {
    stats: { tasks: tasks.length, lostEvents: 0, unreadable: { count: 2 } },
    async *[Symbol.asyncIterator]() {
      for (const rows of chunks) {
        const chunk = new Chunk(linux618, dictionary, { tasks, capacity: Math.max(rows.length, 1) });
        for (const [who, event, ...values] of rows) {
          const slots = values.map((value) => (value === null ? undefined : u64(value)));
          chunk.push(who, idOf(event), ABI.native, slots);
        }
        yield chunk;
      }
    },
  };
}

const fdIsZero: Condition = { kind: "equal", field: "fd", op: "==", value: constant(0) };

/** `default kill`, `allow read if fd == 0`, `deny EPERM socket`. */
export const policy: Policy = {
  name: "reader",
  default: KILL,
  labels: [],
  clauses: [
    { action: ALLOW, event: "read", condition: fdIsZero, task: null, at: null },
    {
      action: { kind: "deny", errno: "EPERM", code: 1 },
      event: "socket",
      condition: ALWAYS,
      task: null,
      at: null,
    },
  ],
};

type Answer = Filter["evaluate"];

/** The task side of a kernel that has no filters at all. */
const carriesNothing: TaskSide<null> = {
  boot: () => null,
  call: (state) => ({ state, answer: refused("ENOSYS") }),
  fork: (state) => state,
  exec: (state) => state,
  exit: (state) => state,
  check: (state) => ({ state, outcome: PASSES }),
  proc: () => null,
  install: () => [],
};

/** Lets `socket` pass whatever a policy says, and says so. */
export const exempting: Design<null> = {
  ...answering("exempting@test", (event) => (event.name === "socket" ? "allow" : "deny")),
  compile: () => ({
    kind: "approximate",
    program: null,
    fails: "closed",
    lost: [{ clause: null, reason: "`socket` passes", fails: "open", exempts: "socket" }],
    actions: [],
  }),
};

/** A design that answers as it is told, whatever the policy. */
export function answering(id: string, evaluate: Answer): Design<null> {
  return {
    id,
    title: "answers as it is told",
    mark: "as described",
    origin: { by: "nobody", date: "2026" },
    patch: { date: "2011-05-26", files: 1, added: 2, removed: 3 },
    package: "@gatehouse/core",
    refusal: KILL,
    compile: () => ({ kind: "exact", program: null, actions: [] }),
    parse: () => ({ ok: true, value: null }),
    print: () => "",
    load: () => ({
      program: null,
      evaluate,
      evaluateAll: oneByOne(evaluate),
      lower: () => ({ sections: [], programs: [] }),
      touched: (event) => ({ predicates: event.name === "read" ? 2 : 0, bytes: 4 }),
      steps: (event) => [{ text: event.name, value: evaluate(event) !== "deny" }],
    }),
    task: carriesNothing,
  };
}

export const allowAll = answering("allow-all@test", () => "allow");

/** Looks at the call alone: right about sockets, too kind to every read but one. */
export const byName = answering("by-name@test", (event): Verdict | "unknown" => {
  if (event.name === "write") return "unknown";
  return event.name === "read" && event.low(0) !== 9 ? "allow" : "deny";
});

/** Refuses even what the policy allows. */
export const denyAll = answering("deny-all@test", () => "deny");

export const speechless: Design<null> = {
  ...answering("speechless@test", () => "deny"),
  compile: (asked) => ({
    kind: "inexpressible",
    actions: ["deny EPERM"],
    lost: [
      { clause: asked.clauses[0] ?? null, reason: "it cannot look at arguments", fails: "open" },
      { clause: null, reason: "it has no default", fails: "closed" },
    ],
  }),
};
