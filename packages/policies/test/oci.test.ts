// Profiles of the container world: what they mean, what of it a policy cannot say, and what is refused. The expected
// answers to rules that meet are those of libseccomp 2.5.4, asked by hand.

import { existsSync, readFileSync } from "node:fs";
import { linux618, linux2639, linux2639i386 } from "@gatehouse/catalog";
import type { Catalog } from "@gatehouse/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  CAPABILITIES,
  DOCKER_CAPABILITIES,
  LIMITS,
  type OciOptions,
  type OciPolicy,
  parseOci,
  parsePolicy,
  printPolicy,
} from "../src/index.js";
import { answer } from "./ask.js";
import { marked } from "./marked.js";

function read(text: string, options?: OciOptions, catalog: Catalog = linux618): OciPolicy {
  const parsed = parseOci(text, catalog, options);
  if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join("\n"));
  return parsed.value;
}

/** A profile that refuses with EPERM what `rules` do not open. */
const profile = (...rules: readonly object[]) =>
  JSON.stringify({ defaultAction: "SCMP_ACT_ERRNO", syscalls: rules });
const allow = (name: string, ...args: readonly object[]) => ({
  names: [name],
  action: "SCMP_ACT_ALLOW",
  args,
});
const refuse = (name: string, ...args: readonly object[]) => ({
  ...{ names: [name], action: "SCMP_ACT_ERRNO", errnoRet: 38 },
  args,
});
const arg = (index: number, op: string, value: number, valueTwo?: number) => ({
  ...{ index, op: `SCMP_CMP_${op}`, value },
  ...(valueTwo === undefined ? {} : { valueTwo }),
});
const ask = (text: string, event: string, options?: OciOptions) => answer(read(text, options).policy, event);

const docker = new URL("../../../../shared/data/policies/oci/moby-default.json", import.meta.url);

describe.skipIf(!existsSync(docker))("Docker's default profile (skipped where ../shared is absent)", () => {
  const text = existsSync(docker) ? readFileSync(docker, "utf8") : "";
  const admin = { capabilities: new Set([...DOCKER_CAPABILITIES, "CAP_SYS_ADMIN"]) };

  test.each([
    ["read()", "allow", "allow"],
    ["ptrace()", "allow", "allow"],
    ["arch_prctl()", "allow", "allow"],
    ["chroot()", "allow", "allow"],
    ["mount()", "deny EPERM", "allow"],
    ["bpf()", "deny EPERM", "allow"],
    ["reboot()", "deny EPERM", "deny EPERM"],
    ["perf_event_open()", "deny EPERM", "allow"],
    ["userfaultfd()", "deny EPERM", "deny EPERM"],
    ["syscall_470()", "deny EPERM", "deny EPERM"],
    ["clone3()", "deny ENOSYS", "allow"],
    ["clone(clone_flags=CLONE_VM|CLONE_FILES|17)", "allow", "allow"],
    ["clone(clone_flags=CLONE_NEWUSER|17)", "deny EPERM", "allow"],
    ["clone(clone_flags=CLONE_NEWNS)", "deny EPERM", "allow"],
    ["clone()", "unknown", "allow"],
    ["personality(0)", "allow", "allow"],
    ["personality(8)", "allow", "allow"],
    ["personality(0x20000)", "allow", "allow"],
    ["personality(0x20008)", "allow", "allow"],
    ["personality(0xffffffff)", "allow", "allow"],
    ["personality(-1)", "deny EPERM", "deny EPERM"],
    ["personality(0x40000)", "deny EPERM", "deny EPERM"],
    ["socket(family=AF_INET)", "allow", "allow"],
    ["socket(family=37)", "allow", "allow"],
    ["socket(family=38)", "deny EPERM", "deny EPERM"],
    ["socket(family=39)", "allow", "allow"],
    ["socket(family=40)", "deny EPERM", "deny EPERM"],
    ["socket(family=41)", "allow", "allow"],
    ["socket(family=-1)", "allow", "allow"],
    ["int80:read()", "kill", "kill"],
  ])("%s: %s, and %s with CAP_SYS_ADMIN", (event, plain, privileged) => {
    expect([ask(text, event), ask(text, event, admin)]).toEqual([plain, privileged]);
  });

  test("does not open ptrace before 4.8", () => {
    expect(ask(text, "ptrace()", { kernel: "4.7.10" })).toBe("deny EPERM");
    expect(ask(text, "ptrace()", { kernel: "4.8.0" })).toBe("allow");
    expect(ask(text, "ptrace()", { kernel: "10.0" })).toBe("allow");
  });

  test("names calls of other machines, and two entry paths that a policy refuses", () => {
    const { unknown, notes } = read(text);
    expect(unknown).toContain("chown32");
    expect(unknown).not.toContain("s390_pci_mmio_read");
    expect(notes.map(({ start, end }) => text.slice(start, end))).toEqual([
      '"SCMP_ARCH_X86"',
      '"SCMP_ARCH_X32"',
    ]);
  });

  test.each([linux618, linux2639, linux2639i386].map((catalog) => [catalog.title, catalog] as const))(
    "can be written as .gate for %s, and read again",
    (_, catalog) => {
      const { policy } = read(text, {}, catalog);
      const again = parsePolicy(printPolicy(policy, catalog), catalog);
      const bare = policy.clauses.map(({ at: _at, ...clause }) => clause);
      expect(again.ok && again.value.clauses.map(({ at: _at, ...clause }) => clause)).toEqual(bare);
    },
  );
});

const EDGES = [
  ...[0n, 1n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, 1n << 32n, (1n << 32n) + 1n],
  ...[(1n << 53n) - 1n, (1n << 53n) + 1n, (1n << 63n) - 1n, 1n << 63n, (1n << 64n) - 2n, (1n << 64n) - 1n],
];
const OPERATORS: Readonly<Record<string, (arg: bigint, value: bigint, two: bigint) => boolean>> = {
  NE: (arg, value) => arg !== value,
  LT: (arg, value) => arg < value,
  LE: (arg, value) => arg <= value,
  EQ: (arg, value) => arg === value,
  GE: (arg, value) => arg >= value,
  GT: (arg, value) => arg > value,
  MASKED_EQ: (arg, value, two) => (arg & value) === (two & value),
};

test.each(Object.entries(OPERATORS))("%s is of 64 bits, unsigned and exact", (op, holds) => {
  for (const value of EDGES) {
    for (const two of op === "MASKED_EQ" ? EDGES : [0n]) {
      const rule = `"names": ["close"], "action": "SCMP_ACT_ALLOW"`;
      const arg = `{"index": 0, "op": "SCMP_CMP_${op}", "value": ${value}, "valueTwo": ${two}}`;
      const text = `{"defaultAction": "SCMP_ACT_KILL", "syscalls": [{${rule}, "args": [${arg}]}]}`;
      const { policy } = read(text);
      const allowed = EDGES.filter((edge) => answer(policy, `close(${edge})`) === "allow");
      expect([value, two, allowed]).toEqual([value, two, EDGES.filter((edge) => holds(edge, value, two))]);
    }
  }
});

describe("rules of one call", () => {
  test.each([
    [
      "any of several may hold",
      [allow("lseek", arg(0, "EQ", 1)), allow("lseek", arg(0, "EQ", 2))],
      "+ + . .",
    ],
    ["all conditions of one must hold", [allow("lseek", arg(0, "LE", 2), arg(1, "EQ", 5))], "+ . . ."],
    [
      "conditions on one argument are rules apart",
      [allow("lseek", arg(0, "EQ", 1), arg(0, "EQ", 2), arg(1, "EQ", 7))],
      "+ + . +",
    ],
    ["one without conditions goes before", [refuse("lseek", arg(0, "EQ", 1)), allow("lseek")], "+ + + +"],
    [
      "one without conditions goes before, refusing",
      [allow("lseek", arg(0, "EQ", 1)), refuse("lseek")],
      "n n n n",
    ],
    ["the first of two without conditions decides", [refuse("lseek"), allow("lseek")], "n n n n"],
    ["the first of two without conditions decides", [allow("lseek"), refuse("lseek")], "+ + + +"],
    ["a mask of 0 is no condition", [allow("lseek", arg(0, "MASKED_EQ", 0, 5))], "+ + + +"],
    [
      "a mask of 0 leaves the other conditions",
      [allow("lseek", arg(0, "MASKED_EQ", 0, 5), arg(1, "EQ", 6))],
      ". + . .",
    ],
    ["bits outside the mask are not asked for", [allow("lseek", arg(0, "MASKED_EQ", 1, 3))], "+ . + ."],
    [
      "one whose action is the default is left out",
      [{ names: ["lseek"], action: "SCMP_ACT_ERRNO", errnoRet: 1 }, allow("lseek", arg(0, "EQ", 3))],
      ". . + .",
    ],
    [
      "where rules apart in their actions cannot meet, each has its own",
      [refuse("lseek", arg(0, "EQ", 2)), allow("lseek", arg(0, "GT", 2))],
      ". n + +",
    ],
  ])("%s", (_, rules, expected) => {
    const signs: Readonly<Record<string, string>> = { allow: "+", "deny EPERM": ".", "deny ENOSYS": "n" };
    const events = ["lseek(1, 5)", "lseek(2, 6)", "lseek(3, 5)", "lseek(4, 7)"];
    expect(events.map((event) => signs[ask(profile(...rules), event)]).join(" ")).toBe(expected);
  });
});

describe("what a policy does not say is noted", () => {
  const notesOf = (text: string) => read(text).notes.map(({ message }) => message);

  test.each([
    ["SCMP_ACT_LOG", "allow"],
    ["SCMP_ACT_TRAP", "kill"],
    ["SCMP_ACT_TRACE", "deny ENOSYS"],
    ["SCMP_ACT_NOTIFY", "deny ENOSYS"],
  ])("%s is read as `%s`", (action, expected) => {
    const text = profile({ names: ["read"], action });
    expect(ask(text, "read()")).toBe(expected);
    expect(notesOf(text)).toEqual([expect.stringContaining(`${action} is read as \`${expected}\``)]);
  });

  test.each(["SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_KILL_PROCESS"])("%s is `kill`", (action) => {
    const text = profile({ names: ["read"], action });
    expect([ask(text, "read()"), notesOf(text)]).toEqual(["kill", []]);
  });

  test("an errno without a name", () => {
    const text = profile({ names: ["read"], action: "SCMP_ACT_ERRNO", errnoRet: 0 });
    expect(ask(text, "read()")).toBe("deny EPERM");
    expect(notesOf(text)).toEqual(["SCMP_ACT_ERRNO is read as `deny EPERM`: errno 0 has no name"]);
  });

  test.each<[string, readonly object[]]>([
    ["has no effect", [allow("read", arg(0, "EQ", 1)), refuse("read")]],
    ["has no effect", [allow("read"), refuse("read")]],
    ["may hold at once", [allow("read", arg(0, "EQ", 1)), refuse("read", arg(1, "EQ", 1))]],
    ["may hold at once", [allow("read", arg(0, "GE", 1)), refuse("read", arg(0, "LE", 1))]],
    [
      "may hold at once",
      [allow("read", arg(0, "MASKED_EQ", 1, 1)), refuse("read", arg(0, "MASKED_EQ", 2, 2))],
    ],
    ["may hold at once", [allow("read", arg(0, "NE", 1)), refuse("read", arg(0, "NE", 2))]],
    ["may hold at once", [allow("read", arg(0, "EQ", 1), arg(0, "EQ", 9)), refuse("read", arg(0, "GT", 5))]],
  ])("a rule that %s", (message, rules) => {
    expect(notesOf(profile(...rules))).toEqual([expect.stringContaining(message)]);
  });

  test.each<[readonly object[]]>([
    [[allow("read", arg(0, "EQ", 1)), refuse("read", arg(0, "EQ", 2))]],
    [[allow("read", arg(0, "NE", 1)), refuse("read", arg(0, "EQ", 1))]],
    [[allow("read", arg(0, "LT", 5)), refuse("read", arg(0, "GE", 5))]],
    [[allow("read", arg(0, "LE", 4)), refuse("read", arg(0, "GT", 4))]],
    [[allow("read", arg(0, "MASKED_EQ", 3, 1)), refuse("read", arg(0, "MASKED_EQ", 6, 2))]],
    [[allow("read", arg(0, "MASKED_EQ", 3, 1)), refuse("read", arg(0, "EQ", 2))]],
    [[allow("read", arg(0, "EQ", 1)), allow("read", arg(1, "EQ", 1))]],
  ])("nothing of rules that cannot meet, or agree: %j", (rules) => {
    expect(notesOf(profile(...rules))).toEqual([]);
  });

  test("a member that means nothing, with what it may have been", () => {
    const { text, spans } = marked(
      '{"defaultAction": "SCMP_ACT_KILL", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", «"exclude"»: {}}]}',
    );
    expect(read(text).notes).toEqual([
      { ...spans[0], message: "`exclude` means nothing here", hint: "did you mean `excludes`?" },
    ]);
  });
});

test.each<[string, OciOptions, object, string]>([
  ["all of `includes.caps`", {}, { includes: { caps: ["CAP_KILL", "CAP_CHOWN"] } }, "allow"],
  ["all of `includes.caps`", {}, { includes: { caps: ["CAP_KILL", "CAP_BPF"] } }, "deny EPERM"],
  ["any of `excludes.caps`", {}, { excludes: { caps: ["CAP_KILL", "CAP_BPF"] } }, "deny EPERM"],
  ["any of `excludes.caps`", { capabilities: new Set() }, { excludes: { caps: ["CAP_KILL"] } }, "allow"],
  ["one of `includes.arches`", {}, { includes: { arches: ["arm64", "amd64"] } }, "allow"],
  ["one of `includes.arches`", { arch: "s390x" }, { includes: { arches: ["arm64", "amd64"] } }, "deny EPERM"],
  ["none of `excludes.arches`", {}, { excludes: { arches: ["amd64"] } }, "deny EPERM"],
  ["a kernel from `includes.minKernel`", {}, { includes: { minKernel: "6.18" } }, "allow"],
  ["a kernel from `includes.minKernel`", {}, { includes: { minKernel: "6.19" } }, "deny EPERM"],
  ["a kernel from `includes.minKernel`", { kernel: "7.0" }, { includes: { minKernel: "6.19" } }, "allow"],
  ["a kernel before `excludes.minKernel`", {}, { excludes: { minKernel: "4.8" } }, "deny EPERM"],
  ["a kernel before `excludes.minKernel`", { kernel: "3.10" }, { excludes: { minKernel: "4.8" } }, "allow"],
])("a rule counts with %s: %j, %j", (_, options, when, expected) => {
  expect(ask(profile({ ...allow("read"), ...when }), "read()", options)).toBe(expected);
});

test("a call is known by its own name alone, and what is unknown is listed once", () => {
  const text = profile({ names: ["umount", "newuname", "file_open", "umount"], action: "SCMP_ACT_ALLOW" });
  const { policy, unknown } = read(text);
  expect([policy.clauses, unknown]).toEqual([[], ["umount", "newuname", "file_open"]]);
});

test("what is left out or null, as Go reads it", () => {
  const bare = '{"defaultAction": "SCMP_ACT_ALLOW", "archMap": null, "syscalls": null}';
  expect(read(bare).policy).toMatchObject({ default: { kind: "allow" }, clauses: [] });
  const older =
    '\ufeff{"defaultAction":"SCMP_ACT_KILL","syscalls":[{"name":"read","action":"SCMP_ACT_ALLOW","args":null}]}\n';
  expect(ask(older, "read()")).toBe("allow");
});

test("a clause stands where its call is named", () => {
  const text = profile({ names: ["read", "write"], action: "SCMP_ACT_ALLOW" });
  const stand = read(text).policy.clauses.map(({ at }) => text.slice(at?.start, at?.end));
  expect(stand).toEqual(['"read"', '"write"']);
});

const rule = (members: string) => `{"defaultAction": "SCMP_ACT_KILL", "syscalls": [${members}]}`;
const argument = (members: string, name = "read") =>
  rule(`{"names": ["${name}"], "action": "SCMP_ACT_ALLOW", "args": [${members}]}`);

test.each([
  ["«»", "a value is missing"],
  ["«}»", "a value is missing"],
  ["«nul»", "`nul` is no JSON"],
  ["{«a»: 1}", "a name in quotes should stand here"],
  ['{"a" «1»}', "`:` should stand here"],
  ['{"a": 1«»', "`,` or `}` should stand here"],
  ['{"a": 0«1»}', "`,` or `}` should stand here"],
  ["[1«»", "`,` or `]` should stand here"],
  ["[1,«]»", "a value is missing"],
  ['{"a": «"»b}', "this string is not closed"],
  ['[«"»a\n"]', "this string is not closed"],
  ['{"a": 1, «"a"»: 2}', "`a` is given twice"],
  ['{"defaultAction": "SCMP_ACT_KILL"}«x»', "the file should end here"],
  ["«[]»", "an object should stand here"],
  ["«{}»", "`defaultAction` is missing"],
  ['{"defaultAction": «"SCMP_ACT_KIL"»}', "`SCMP_ACT_KIL` is not known"],
  ['{"defaultAction": «7»}', "a string should stand here"],
  ['{"defaultAction": "SCMP_ACT_KILL", "defaultErrnoRet": «1»}', "SCMP_ACT_KILL hands back no errno"],
  ['{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": «4096»}', "`4096` is above 4095"],
  ['{"defaultAction": "SCMP_ACT_KILL", "syscalls": «{}»}', "an array should stand here"],
  [rule("«[]»"), "an object should stand here"],
  [rule('«{"action": "SCMP_ACT_ALLOW"}»'), "a rule names the calls that it is for"],
  [rule('«{"names": ["read"]}»'), "`action` is missing"],
  [rule('{"names": ["read", «7»], "action": "SCMP_ACT_ALLOW"}'), "a string should stand here"],
  [rule('{"name": «"read"», "names": ["read"], "action": "SCMP_ACT_ALLOW"}'), "`name` or `names`, not both"],
  [
    '{"defaultAction": "SCMP_ACT_KILL", "architectures": ["a"], "archMap": «[{"architecture": "a"}]»}',
    "`architectures` or `archMap`, not both",
  ],
  [
    rule('{"names": ["read"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": «"new"»}}'),
    "no kernel's version",
  ],
  [argument('«{"index": 0}»'), "`op` is missing"],
  [argument('{"index": «6», "op": "SCMP_CMP_EQ"}'), "`6` is above 5"],
  [argument('«{"index": 3, "op": "SCMP_CMP_EQ"}»'), "`read` has 3 arguments, and none of index 3"],
  [
    argument('«{"index": 0, "op": "SCMP_CMP_EQ"}»', "getpid"),
    "`getpid` has 0 arguments, and none of index 0",
  ],
  [argument('{"index": 0, "op": «"=="»}'), "`==` is not known"],
  [argument('{"index": 0, "op": "SCMP_CMP_EQ", "value": «-1»}'), "`-1` is no whole number from 0"],
  [argument('{"index": 0, "op": "SCMP_CMP_EQ", "value": «1e3»}'), "`1e3` is no whole number from 0"],
  [argument('{"index": 0, "op": "SCMP_CMP_EQ", "value": «1.0»}'), "`1.0` is no whole number from 0"],
  [argument('{"index": 0, "op": "SCMP_CMP_EQ", "value": «"1"»}'), "a number should stand here"],
  [
    argument('{"index": 0, "op": "SCMP_CMP_EQ", "value": «18446744073709551616»}'),
    "`18446744073709551616` is above 18446744073709551615",
  ],
])("refused, with its place: %s", (source, message) => {
  const { text, spans } = marked(source);
  const parsed = parseOci(text, linux618);
  const places = parsed.ok ? [] : parsed.error.map(({ start, end }) => ({ start, end }));
  expect([parsed.ok ? "" : parsed.error[0]?.message, places]).toEqual([
    expect.stringContaining(message),
    source.startsWith("«»") ? [{ start: 0, end: 0 }] : spans,
  ]);
});

test("a value of more bits than a register of i386 has is refused", () => {
  const text = argument('{"index": 0, "op": "SCMP_CMP_EQ", "value": 4294967296}');
  const parsed = parseOci(text, linux2639i386);
  expect(parsed.ok ? null : parsed.error[0]?.message).toBe("this does not fit the 32 bits of `fd`");
});

test("all mistakes of a shape are reported at once, up to a number of them", () => {
  const parsed = parseOci(rule(Array(100).fill("7").join(",")), linux618);
  expect(parsed.ok ? 0 : parsed.error.length).toBe(LIMITS.errors);
});

describe("hostile profiles are refused, and quickly", () => {
  const names = (count: number) => Array(count).fill('"read"').join(",");
  const args = (count: number) =>
    Array.from({ length: count }, (_, i) => `{"index":0,"op":"SCMP_CMP_EQ","value":${i}}`).join(",");

  test.each([
    ["deeper than the stack", "[".repeat(1_000_000), "objects and arrays in each other"],
    ["larger than a policy may be", " ".repeat(LIMITS.policyBytes + 1), "at most"],
    [
      "of too many rules",
      rule(`{"names":[${names(LIMITS.clauses + 1)}],"action":"SCMP_ACT_ALLOW"}`),
      "at most",
    ],
    [
      "of calls times conditions",
      rule(`{"names":[${names(50_000)}],"action":"SCMP_ACT_ALLOW","args":[${args(20_000)}]}`),
      "at most",
    ],
    [
      "of a number without end",
      argument(`{"index":0,"op":"SCMP_CMP_EQ","value":${"9".repeat(1_000_000)}}`),
      "is above",
    ],
    ["of a string without end", `{"${"a".repeat(1_000_000)}": 1}`, "this string is not closed, is too long"],
  ])("%s", (_, text, message) => {
    const parsed = parseOci(text, linux618);
    expect(parsed.ok ? "" : parsed.error[0]?.message).toContain(message);
  });

  test("of rules that might all meet", { timeout: 20_000 }, () => {
    const half = (action: string) => `{"names":["read"],"action":"${action}","args":[${args(40_000)}]}`;
    expect(read(rule(`${half("SCMP_ACT_ALLOW")},${half("SCMP_ACT_ERRNO")}`)).notes).toHaveLength(1);
    const many = Array(40_000).fill(
      '{"names":["read"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"op":"SCMP_CMP_EQ"}]}',
    );
    expect(read(rule(many.join(","))).notes).toEqual([]);
  });

  test("of any text at all", () => {
    const json = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((value) => rule(JSON.stringify(value))),
    );
    fc.assert(
      fc.property(json, (text) => {
        const parsed = parseOci(text, linux618);
        expect(parsed.ok || parsed.error.length > 0).toBe(true);
      }),
      { seed: 20110526, numRuns: 500 },
    );
  });
});

test("Docker's capabilities are capabilities", () => {
  expect([...DOCKER_CAPABILITIES].filter((name) => !CAPABILITIES.includes(name))).toEqual([]);
  expect(new Set(CAPABILITIES).size).toBe(41);
});
