import { linux618 } from "@gatehouse/catalog";
import {
  type Catalog,
  Chunk,
  Dictionary,
  decide,
  type Policy,
  SLOTS,
  type Task,
  type TraceEvent,
} from "@gatehouse/core";
import { parseEvent, parsePolicy, printClause, printPolicy } from "@gatehouse/policies";
import { policyAndEvents } from "@gatehouse/policies/arbitrary";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Explanation, explain, findEvent, type PolicyEdit, selectTask } from "../src/index.js";
import { allowAll, denyAll, exempting, speechless, task, traceOf } from "./stand-ins.js";

const sh = task(1, "sh");

function policyOf(text: string, catalog: Catalog = linux618): Policy {
  const parsed = parsePolicy(text, catalog);
  if (!parsed.ok) throw new Error(`${parsed.error[0]?.message}: ${text}`);
  return parsed.value;
}

function eventOf(text: string, who: Task = sh): TraceEvent {
  const dictionary = new Dictionary();
  const parsed = parseEvent(text, linux618, dictionary);
  if (!parsed.ok) throw new Error(`${parsed.error[0]?.message}: ${text}`);
  const chunk = new Chunk(linux618, dictionary, { capacity: 1, slots: SLOTS, tasks: [who] });
  return chunk.at(chunk.push(0, parsed.value.event, parsed.value.abi, parsed.value.values));
}

function ask(text: string, event: TraceEvent, designs = [allowAll]): Explanation {
  const policy = policyOf(text);
  return explain({
    policy,
    catalog: linux618,
    event,
    number: null,
    designs,
    showClause: (clause) => ({
      clause: clause === null ? "default" : printClause(clause, linux618),
      line: clause === null || clause.at === null ? null : text.slice(0, clause.at.start).split("\n").length,
    }),
    showPredicate: (predicate) => `${predicate.field} ${predicate.kind}`,
    writeClause: (clause) => {
      try {
        return printClause(clause, linux618);
      } catch {
        return null;
      }
    },
  });
}

const POLICY = `labels tmp_t etc_t
default deny EPERM
allow read if fd == 0
deny EACCES read if count > 4096
allow write if fd == 1 || fd == 2
allow openat if dfd == AT_FDCWD && flags & O_ACCMODE == O_RDONLY
allow file_open if label & (tmp_t | etc_t) && filename ^= "/tmp/"
kill ptrace
task nginx
allow socket if family == AF_UNIX
`;

/** `fd=1 count=0`, one text for each flip. */
const eventChanges = ({ eventFlips }: Explanation) =>
  eventFlips.map(({ changes }) => changes.map(({ field, to }) => `${field}=${to}`).join(" "));
const policyChanges = ({ policyFlips }: Explanation) =>
  policyFlips.map(({ edits }) => edits.map(showEdit).join(", "));

function showEdit(edit: PolicyEdit): string {
  if (edit.kind === "add") return `+ ${edit.clause}`;
  if (edit.kind === "default") return `default ${edit.action}`;
  return edit.kind === "remove" ? `- ${edit.line}` : `${edit.line}: ${edit.by}`;
}

describe("an explanation", () => {
  test.each([
    ["read(fd=3, count=1)", "deny EPERM", "default", ["default"]],
    ["read(fd=0, count=1)", "allow", "clauses", ["allow read if fd == 0"]],
    ["read(fd=0, count=5000)", "deny EACCES", "clauses", ["deny EACCES read if count > 4096"]],
    ["read(fd=3)", "unknown", "default", ["default"]],
    ["read(fd=0)", "unknown", "clauses", []],
    ["ptrace()", "kill", "clauses", ["kill ptrace"]],
    ["int80:read(fd=0, count=1)", "kill", "entry", []],
    ["vfs_getname()", "allow", "ungoverned", []],
    ["getpid()", "deny EPERM", "default", ["default"]],
  ])("of %s says what decides", (event, action, because, decidedBy) => {
    const explanation = ask(POLICY, eventOf(event));
    expect(explanation).toMatchObject({ action, because });
    expect(explanation.decidedBy.map(({ clause }) => clause)).toEqual(decidedBy);
  });

  test("shows each predicate with its value, and which were not looked at", () => {
    const { clauses } = ask(POLICY, eventOf("write(fd=1)"));
    expect(clauses).toEqual([
      {
        clause: "allow write if fd == 1 || fd == 2",
        line: 5,
        action: "allow",
        task: null,
        matches: true,
        decides: true,
        predicates: [
          { predicate: "fd equal", field: "fd", has: "1", value: true },
          { predicate: "fd equal", field: "fd", has: "1", value: null },
        ],
      },
    ]);
  });

  test.each([
    ["read(count=1)", "unknown", ["fd"]],
    ["read(fd=0)", "unknown", ["count"]],
    ["read()", "deny", []],
    ["openat(flags=O_RDONLY)", "unknown", ["dfd"]],
    ["openat(flags=O_WRONLY)", "deny", []],
  ])("of %s, which is %s, names the fields on which that hangs", (event, verdict, fields) => {
    const policy = event === "read()" ? "deny EPERM read\nallow read if fd == 0\n" : POLICY;
    expect(ask(policy, eventOf(event))).toMatchObject({ verdict, unknownFields: fields });
  });

  test("names also the fields of a refusal that only repeats the default, since it may overrule", () => {
    const policy = "default deny EPERM\nallow read if fd == 0\ndeny EPERM read if count > 5\n";
    expect(ask(policy, eventOf("read()")).unknownFields).toEqual(["fd", "count"]);
  });

  test("asks a section's clause only for a task of that name", () => {
    const event = "socket(family=AF_UNIX)";
    expect(ask(POLICY, eventOf(event)).clauses).toMatchObject([{ task: "nginx", matches: null }]);
    const child = task(2, "sh", "nginx");
    expect(ask(POLICY, eventOf(event, child))).toMatchObject({
      verdict: "allow",
      clauses: [{ decides: true }],
    });
  });

  test("says of a design that cannot say the policy what stood in its way, whatever the event", () => {
    const [design] = ask(POLICY, eventOf("getpid()"), [speechless]).designs;
    expect(design?.lost.map(({ reason }) => reason)).toEqual(["it cannot look at arguments"]);
  });

  test("has the designs beside each other, also one that cannot say the policy", () => {
    const { designs } = ask(POLICY, eventOf("read(fd=0, count=1)"), [allowAll, denyAll, speechless]);
    expect(designs).toMatchObject([
      { design: "allow-all@test", verdict: "allow", touched: { predicates: 2, bytes: 4 } },
      { design: "deny-all@test", verdict: "deny", steps: [{ text: "read", value: false }] },
      { design: "speechless@test", compilation: "inexpressible", verdict: null, steps: [], touched: null },
    ]);
  });
});

describe("the smallest change of the event", () => {
  test.each([
    ["write(fd=3)", ["fd=1"]],
    ["write(fd=1)", ["fd=0"]],
    ["read(fd=0, count=1)", ["fd=1", "count=4097"]],
    ["read(fd=0, count=5000)", ["count=4096"]],
    ["read(fd=3, count=5000)", ["fd=0 count=4096"]],
    ["openat(dfd=AT_FDCWD, flags=O_WRONLY|O_CREAT)", ["flags=0x40"]],
    ["openat(dfd=3, flags=O_RDONLY)", ["dfd=AT_FDCWD"]],
    ['file_open(label={}, filename="/tmp/x")', ["label={tmp_t}"]],
    ['file_open(label={tmp_t}, filename="/etc")', ['filename="/tmp/"']],
    ["int80:read(fd=0, count=1)", ["entry=native"]],
    ["int80:read(fd=4, count=1)", ["entry=native fd=0"]],
    ["openat(flags=O_RDONLY)", ["dfd=AT_FDCWD", "dfd=0"]],
    ["read(fd=0)", ["count=4096", "count=4097"]],
    ["ptrace()", []],
  ])("of %s is %j", (event, expected) => {
    expect(eventChanges(ask(POLICY, eventOf(event)))).toEqual(expected);
  });

  test("turns over as few bits as can be", () => {
    const policy = "default allow\nkill openat if flags & 0x241 == 0x241\n";
    expect(eventChanges(ask(policy, eventOf("openat(flags=0x8241)")))).toEqual(["flags=0x8041"]);
  });

  test("is found in bounded time also where a policy names very many values", () => {
    const many = Array.from({ length: 500 }, (_, i) => 2 * i).join(", ");
    const policy = `allow mmap if addr in {${many}} && len in {${many}} && prot in {${many}} && flags == 7777\n`;
    const explanation = ask(policy, eventOf("mmap(addr=9999, len=9999, prot=9999, flags=9999)"));
    expect(eventChanges(explanation)).toEqual(["addr=0 len=0 prot=0 flags=7777"]);
  });
});

describe("the smallest change of the policy", () => {
  test.each([
    ["write(fd=3)", ["+ allow write if fd == 3", "default allow"]],
    ["write(fd=1)", ["5: allow write if fd == 2", "- 5", "+ deny EPERM write if fd == 1"]],
    ["read(fd=3, count=5000)", ["4: allow read if count > 4096"]],
    ["openat(dfd=AT_FDCWD, flags=2)", ["+ allow openat if dfd == AT_FDCWD && flags == 2", "default allow"]],
    ["getpid()", ["+ allow getpid", "default allow"]],
    ["socket(family=AF_UNIX, type=1)", ["+ allow socket if family == 1 && type == 1", "default allow"]],
    ["ptrace()", ["8: allow ptrace"]],
    ["vfs_getname()", ["+ deny EPERM vfs_getname"]],
    ["syscall_4000()", ["default allow"]],
    ["int80:read(fd=0, count=1)", []],
    ["openat(flags=O_RDONLY)", []],
  ])("for %s is %j", (event, expected) => {
    expect(policyChanges(ask(POLICY, eventOf(event)))).toEqual(expected);
  });

  test("is two changes where one is not enough", () => {
    const policy = "default deny EPERM\nkill read\nkill read if fd == 3\nallow write\n";
    expect(policyChanges(ask(policy, eventOf("read(fd=3, count=1)")))).toEqual([
      "2: allow read, 3: allow read if fd == 3",
    ]);
  });
});

test("a call that passes under every policy is a loss where it is asked about", () => {
  const lostOn = (event: string) => ask(POLICY, eventOf(event), [exempting]).designs[0]?.lost;
  expect(lostOn("socket()")).toMatchObject([{ reason: "`socket` passes" }]);
  expect(lostOn("getpid()")).toEqual([]);
});

test("what is explained of generated policies and events is true", () => {
  const seen = { eventFlips: 0, policyFlips: 0, single: 0 };
  fc.assert(
    fc.property(policyAndEvents(linux618), ({ policy, chunk }) => {
      const text = printPolicy(policy, linux618);
      for (let row = 0; row < chunk.length; row++) {
        const event = chunk.at(row);
        const explanation = ask(text, event);
        expect(explanation.verdict).toBe(decide(policy, event).verdict);
        seen.eventFlips += checkEventFlips(explanation, text, event);
        seen.policyFlips += checkPolicyFlips(explanation, text, event);
        seen.single += checkSingleClause(explanation, text, event);
      }
    }),
    { seed: 20110526, numRuns: 60 },
  );
  // So that the properties are not true of nothing.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
});

/** Typed, each changed event has the other verdict. */
function checkEventFlips({ verdict, eventFlips }: Explanation, text: string, event: TraceEvent): number {
  for (const { call, verdict: other } of eventFlips) {
    expect(other).not.toBe(verdict);
    expect([call, decide(policyOf(text), eventOf(call, event.task)).verdict]).toEqual([call, other]);
  }
  return eventFlips.length;
}

/** Made in the policy's text, each change gives the event the other verdict. */
function checkPolicyFlips({ verdict, policyFlips }: Explanation, text: string, event: TraceEvent): number {
  for (const { edits, verdict: other } of policyFlips) {
    const changed = edits.reduce(applyEdit, text);
    expect(other).not.toBe(verdict);
    expect([changed, decide(policyOf(changed), event).verdict]).toEqual([changed, other]);
  }
  return policyFlips.length;
}

/** Without the one clause that decides, it is decided otherwise, or less restrictive clauses or the default decide. */
function checkSingleClause({ action, decidedBy }: Explanation, text: string, event: TraceEvent): number {
  const [only, another] = decidedBy;
  if (only === undefined || another !== undefined || only.line === null || action === "unknown") return 0;
  const then = ask(applyEdit(text, { kind: "remove", ...only }), event);
  expect(then.action !== action || then.because !== "clauses").toBe(true);
  expect(then.decidedBy).not.toContainEqual(only);
  return 1;
}

/** As a person would make it. Lines keep their numbers: what is dropped leaves an empty one, what is added is last. */
function applyEdit(text: string, edit: PolicyEdit): string {
  const lines = text.split("\n");
  switch (edit.kind) {
    case "add":
      return `${text}task *\n${edit.clause}\n`;
    case "default":
      return lines.map((line) => (line.startsWith("default ") ? `default ${edit.action}` : line)).join("\n");
    default: {
      const by = edit.kind === "replace" ? edit.by : "";
      return lines.map((line, i) => (i + 1 === edit.line ? by : line)).join("\n");
    }
  }
}

describe("an event of a trace", () => {
  const [cat, other] = [task(10, "cat"), task(11, "other")];
  const trace = () =>
    traceOf(
      [cat, other],
      [
        [0, "read", 0],
        [0, "sched_process_fork", 10, 11, 0],
        [1, "read", 1],
      ],
      [],
      [[0, "read", 2]],
    );

  test.each([
    [null, 0, "read(fd=0, buf=?, count=?)"],
    [null, 1, "read(fd=1, buf=?, count=?)"],
    [null, 2, "read(fd=2, buf=?, count=?)"],
    ["cat", 1, "read(fd=2, buf=?, count=?)"],
  ])("of %s is found by the number %i that reports print", async (wanted, number, call) => {
    const selection = wanted === null ? null : selectTask(wanted, linux618);
    const found = await findEvent(trace(), selection, number);
    expect(found.ok && found.value.toString()).toBe(call);
  });

  test("beyond the last is none, and how many there are is known", async () => {
    expect(await findEvent(trace(), null, 3)).toEqual({ ok: false, error: 3 });
  });
});
