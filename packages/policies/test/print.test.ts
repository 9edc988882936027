import { linux618 } from "@gatehouse/catalog";
import { ALLOW, ALWAYS, type Clause, constant, KILL, type Policy } from "@gatehouse/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { policies } from "../src/arbitrary.js";
import { parsePolicy, printClause, printPolicy } from "../src/index.js";

const withoutPlaces = (policy: Policy): Policy => ({
  ...policy,
  clauses: policy.clauses.map((clause) => ({ ...clause, at: null })),
});

test("what is printed is read again as the same policy", () => {
  fc.assert(
    fc.property(policies(linux618), (policy) => {
      const text = printPolicy(policy, linux618);
      const parsed = parsePolicy(text, linux618);
      if (!parsed.ok) throw new Error(`${text}\n${JSON.stringify(parsed.error)}`);
      expect(withoutPlaces(parsed.value)).toEqual(policy);
    }),
    { seed: 20110526, numRuns: 300 },
  );
});

test("a policy is printed in one form, however it was written", () => {
  const text = [
    "\ufeffpolicy  converter # of PDF",
    "task net-thread",
    "allow ioctl if cmd==TUNSETIFF",
    "task *",
    "allow\tread   if (fd  ==  0)",
    "task net-thread\r",
    "kill write",
  ].join("\n");
  const parsed = parsePolicy(text, linux618);
  expect(parsed.ok && printPolicy(parsed.value, linux618)).toBe(
    [
      "policy converter",
      "default kill",
      "allow read if fd == 0",
      "",
      "task net-thread",
      "allow ioctl if cmd == TUNSETIFF",
      "kill write",
      "",
    ].join("\n"),
  );
});

const clause: Clause = { action: ALLOW, event: "read", condition: ALWAYS, task: null, at: null };
const equal = { kind: "equal", field: "fd", op: "==", value: constant(1) } as const;

test.each<[string, Partial<Clause>]>([
  ["allow read", {}],
  ["kill read", { action: KILL, task: "nginx" }],
  ["deny EPERM read if fd == 1", { action: { kind: "deny", errno: "EPERM", code: 1 }, condition: equal }],
  ["allow write if fd == 1 || fd == 1", { event: "write", condition: { kind: "any", of: [equal, equal] } }],
  [
    'allow file_open if filename ^= "/tmp/é"',
    {
      event: "file_open",
      condition: { kind: "string", field: "filename", op: "^=", value: "/tmp/\xc3\xa9" },
    },
  ],
])("%s", (text, changes) => {
  expect(printClause({ ...clause, ...changes }, linux618)).toBe(text);
});

test.each<[string, Partial<Clause>]>([
  ["an event that the catalog has not", { event: "raed", condition: equal }],
  [
    "bytes that are no UTF-8",
    { event: "vfs_getname", condition: { kind: "string", field: "name", op: "==", value: "\xff" } },
  ],
  [
    "both quotes",
    { event: "vfs_getname", condition: { kind: "string", field: "name", op: "==", value: "'\"" } },
  ],
])("no text can say %s", (_, changes) => {
  expect(() => printClause({ ...clause, ...changes }, linux618)).toThrow(RangeError);
});

test("nor a label with a blank in its name", () => {
  const policy = { name: "", default: KILL, labels: ["tmp t"], clauses: [] };
  expect(() => printPolicy(policy, linux618)).toThrow(RangeError);
});
