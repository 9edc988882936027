// Docker's default profile beside what libseccomp makes of it (data/README.md): what each program says, how long it is,
// and how much of it runs over a recorded trace.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { linux618 } from "@gatehouse/catalog";
import { decide, type Policy } from "@gatehouse/core";
import { parseOci } from "@gatehouse/policies";
import { openTrace } from "@gatehouse/traces";
import { describe, expect, test } from "vitest";
import {
  AUDIT_ARCH,
  compile,
  decompile,
  fillSeccompData,
  fromBytes,
  Interpreter,
  passes,
  printMeaning,
  retErrno,
  type Shape,
  type VerifiedProgram,
  verify,
} from "../src/index.js";
import { exactRules } from "./exact-rules.js";

const SHAPES: readonly Shape[] = ["linear", "tree"];
const shared = new URL("../../../../shared/data/", import.meta.url);
const profile = new URL("policies/oci/moby-default.json", shared);
const trace = new URL("traces/nginx.perf.txt.gz", shared);

/** The calls that libseccomp 2.5.4 does not know yet. */
const NEWER = "setxattrat getxattrat listxattrat removexattrat listmount statmount mseal uretprobe".split(
  " ",
);

describe("libseccomp's programs", () => {
  test.each(["x86_64", "x86_64-i386"])("%s: linear and tree read alike", (arches) => {
    const [linear, tree] = SHAPES.map((shape) => meaningOf(libseccomp(arches, shape)));
    expect(tree).toBe(linear);
  });

  test("what they say, for people", () => {
    const text = meaningOf(libseccomp("x86_64", "tree"));
    // The lines of the calls that are allowed and of those that are not are long.
    const lines = text.split("\n").filter((line) => line.length < 200);
    expect(lines.join("\n")).toBe(`arch x86_64:
  socket: allow if arg0 != 38 && arg0 != 40; else errno 1
  clone: allow if arg0 & 0x7e020000 == 0; else errno 1
  personality: allow if arg0 == 0 || arg0 == 8 || arg0 == 0x20000 || arg0 == 0x20008 || arg0 == 0xffffffff; else errno 1
  clone3: errno 38
  0x40000000-0xfffffffe: kill_thread
  every other call: errno 1
every other arch: kill_thread
`);
    expect(text).toContain("  read write open close ");
  });

  test.each([
    ["x86_64", 337, 415],
    ["x86_64-i386", 704, 872],
  ])("%s: of the lengths that are compared with", (arches, linear, tree) => {
    expect(SHAPES.map((shape) => libseccomp(arches, shape).length)).toEqual([linear, tree]);
  });
});

describe.skipIf(!existsSync(profile))("Docker's default profile (skipped where ../shared is absent)", () => {
  test.each(SHAPES)("our program, %s, is no longer than libseccomp's for our architecture alone", (shape) => {
    expect(ours(shape).length).toBeLessThanOrEqual(libseccomp("x86_64", shape).length);
  });

  test("it says the same of every call that libseccomp knows", () => {
    const differing = (ours: VerifiedProgram, theirs: VerifiedProgram) => {
      const [a, b] = [allowedCalls(ours), allowedCalls(theirs)];
      return [...new Set([...a.keys(), ...b.keys()])].filter((call) => a.get(call) !== b.get(call)).sort();
    };
    for (const shape of SHAPES) {
      expect(differing(ours(shape), libseccomp("x86_64", shape))).toEqual([...NEWER].sort());
    }
  });

  test("over the nginx trace it answers as decide() and libseccomp do, and runs no more instructions", async () => {
    const policy = docker();
    const programs = SHAPES.flatMap((shape) => [
      ours(shape),
      libseccomp("x86_64", shape),
      libseccomp("x86_64-i386", shape),
    ]);
    const running = programs.map((program) => new Interpreter(program));
    const data = new Int32Array(16);
    let events = 0;
    for await (const chunk of openTrace(fileURLToPath(trace), { catalog: linux618 })) {
      for (let row = 0; row < chunk.length; row++) {
        const event = chunk.at(row);
        if (event.format?.kind !== "syscall") continue;
        events++;
        fillSeccompData(data, event, AUDIT_ARCH.X86_64);
        const expected = decide(policy, event).verdict === "allow";
        for (const interpreter of running) {
          if (passes(interpreter.run(data)) !== expected) throw new Error(`another verdict on ${event}`);
        }
      }
    }
    expect(events).toBeGreaterThan(300_000);
    const [ourLinear, linear, linearI386, ourTree, tree, treeI386] = running.map(({ executed }) => executed);
    expect(ourLinear).toBeLessThanOrEqual(Math.min(linear ?? 0, linearI386 ?? 0));
    expect(ourTree).toBeLessThanOrEqual(Math.min(tree ?? 0, treeI386 ?? 0));
  });
});

function docker(): Policy {
  const parsed = parseOci(readFileSync(profile, "utf8"), linux618);
  if (!parsed.ok) throw new Error(parsed.error[0]?.message);
  return parsed.value.policy;
}

function ours(shape: Shape): VerifiedProgram {
  const compiled = compile(exactRules(docker(), linux618), { shape, denial: retErrno(1) });
  if (compiled.kind !== "program") throw new Error(compiled.reason);
  return compiled.program;
}

function libseccomp(arches: string, shape: Shape): VerifiedProgram {
  const file = new URL(`data/libseccomp-${arches}-${shape}.bpf`, import.meta.url);
  const read = fromBytes(readFileSync(file));
  if (!read.ok) throw new Error(read.error);
  const verified = verify(read.value);
  if (!verified.ok) throw new Error(verified.error.reason);
  return verified.value;
}

function meaningOf(program: VerifiedProgram): string {
  const meaning = decompile(program);
  if (!meaning.ok) throw new Error(meaning.error);
  return printMeaning(meaning.value, linux618);
}

/** By name, the calls of our own architecture that may pass, and when. */
function allowedCalls(program: VerifiedProgram): ReadonlyMap<string, string> {
  const meaning = decompile(program);
  if (!meaning.ok) throw new Error(meaning.error);
  const calls = new Map<string, string>();
  for (const { numbers, outcomes } of meaning.value[0]?.calls ?? []) {
    const allowed = outcomes.find(({ value }) => passes(value));
    if (allowed === undefined) continue;
    for (const { from, to } of numbers) {
      for (let nr = from; nr <= to; nr++) calls.set(linux618.nameOf(nr), allowed.when ?? "always");
    }
  }
  return calls;
}
