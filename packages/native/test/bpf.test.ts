// Classic BPF in C++ is classic BPF in TypeScript: the same programs are refused, and the others return the same after
// as many instructions.

import { linux618, linux2639 } from "@gatehouse/catalog";
import {
  AUDIT_ARCH,
  archOf,
  compile,
  fillSeccompData,
  type Instruction,
  Interpreter,
  mostRestrictive,
  OP,
  opcodeOf,
  type Program,
  passes,
  RET,
  type Shape,
  toBytes,
  type VerifiedProgram,
  verify,
} from "@gatehouse/classic-bpf";
import { Bitset, type Catalog, type Chunk, newVerdicts } from "@gatehouse/core";
import { bitmaskAnd } from "@gatehouse/design-2009-bitmask";
import { filterEngineCorrected } from "@gatehouse/design-2010-filter-engine";
import { eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { policies } from "@gatehouse/policies/arbitrary";
import { backendConformance } from "@gatehouse/scenarios/back-ends";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nativeBpf, openAddon, seccompFilters } from "../src/index.js";
import { eventsOf, filterable, generator, oneOf, type Random } from "./faithful-programs.js";

const PROGRAMS = process.env.GATEHOUSE_NIGHTLY ? 1_000_000 : 20_000;
const POLICIES = process.env.GATEHOUSE_NIGHTLY ? 100_000 : 300;

const addon = openAddon();
if (!addon.ok) test.skip(`the native back-end is not there: ${addon.error}`);
const shapes: readonly Shape[] = ["linear", "tree"];

describe.runIf(addon.ok)("classic BPF in C++", () => {
  test(`takes what the verifier takes and nothing else, and runs it alike: ${PROGRAMS} programs`, () => {
    const random = generator(2012);
    const chunk = eventsOf(random, linux618, filterable(linux618), 64);
    let taken = 0;
    for (let run = 0; run < PROGRAMS; run++) {
      const program = anyProgram(random);
      const verified = verify(program);
      if (!verified.ok) {
        const { at, reason } = verified.error;
        expect(() => load(program), `${JSON.stringify(program)}: ${reason} at ${at}`).toThrow(TypeError);
        continue;
      }
      taken++;
      expect(differences([verified.value], chunk)).toEqual([]);
    }
    expect(taken).toBeGreaterThan(PROGRAMS / 10);
    expect(taken).toBeLessThan(PROGRAMS - PROGRAMS / 10);
  });

  test("runs all programs that a task carries, and acts on the most restrictive answer", () => {
    const random = generator(33);
    const chunk = eventsOf(random, linux618, filterable(linux618), 64);
    const returns = Object.values(RET).flatMap((action) => [action, action + 1]);
    for (let run = 0; run < 300; run++) {
      const programs = Array.from({ length: 1 + random(32) }, () =>
        verifiedOf([
          instruction(OP.LD_W_ABS, 16 + 8 * random(6)),
          instruction(OP.JGT_K, 2, random(2), 0),
          instruction(OP.RET_K, oneOf(random, returns)),
          instruction(OP.RET_K, oneOf(random, returns)),
        ]),
      );
      expect(differences(programs, chunk)).toEqual([]);
    }
  });

  test.each(shapes)("as %s executes as many instructions as the interpreter, on both kernels", (shape) => {
    for (const catalog of [linux618, linux2639]) {
      fc.assert(
        fc.property(policies(catalog), fc.nat(), (policy, seed) => {
          const design = filterEngineCorrected;
          const compiled = design.compile(policy, catalog);
          fc.pre(compiled.kind !== "inexpressible");
          const [rules] = design.load(compiled.program, catalog).lower().programs;
          if (rules === undefined) throw new Error("a policy has at least one program");
          const seccomp = compile(rules, { shape, arch: archOf(catalog) });
          fc.pre(seccomp.kind === "program");
          const named = policy.clauses.flatMap(({ event }) => catalog.byName(event) ?? []);
          const chunk = eventsOf(generator(seed), catalog, named, 300);
          expect(differences([seccomp.program], chunk, catalog)).toEqual([]);
        }),
        { seed: 2012, numRuns: POLICIES / 5, maxSkipsPerRun: 10 },
      );
    }
  });

  test("a program that the kernel refuses is a TypeError, and so is what is no program", () => {
    if (!addon.ok) throw new Error(addon.error);
    const { load: loadBytes } = addon.value.bpf;
    const allow = toBytes([instruction(OP.RET_K, RET.ALLOW)]);
    expect(() => loadBytes(allow, Uint32Array.of(1))).not.toThrow();
    for (const [bytes, lengths] of [
      [new Uint8Array(0), Uint32Array.of(0)],
      [allow, Uint32Array.of(2)],
      [allow, Uint32Array.of(0xffff_ffff)],
      [allow, Uint32Array.of(1, 0xffff_ffff)],
      [allow, Uint32Array.of(0, 1)],
      [allow, new Uint32Array(0)],
      [allow.subarray(0, 7), Uint32Array.of(1)],
      [new Uint8Array(8 * 4097).fill(6), Uint32Array.of(4097)],
    ] as const) {
      expect(() => loadBytes(bytes, lengths)).toThrow(TypeError);
    }
    // The most that a task may carry: 32,768 instructions, and four for each program but one.
    const carried = (count: number) => () =>
      loadBytes(
        new Uint8Array(8 * count).fill(0),
        Uint32Array.from({ length: count }, () => 1),
      );
    const rets = (count: number) => () => {
      const bytes = new Uint8Array(8 * count);
      for (let i = 0; i < count; i++) bytes.set(allow, 8 * i);
      return loadBytes(
        bytes,
        Uint32Array.from({ length: count }, () => 1),
      );
    };
    expect(rets(6554)).not.toThrow();
    expect(rets(6555)).toThrow(TypeError);
    expect(carried(3)).toThrow(TypeError);
  });
});

const designs = [bitmaskAnd, filterEngineCorrected, eventFiltersVision];
for (const shape of shapes) {
  const native = nativeBpf(shape);
  if (native.ok) backendConformance(native.value, designs, linux618, POLICIES);
  else test.skip(`the native back-end is not there: ${native.error}`);
}

/** The rows on which the addon returns another value, or after another number of instructions, than the interpreters. */
function differences(
  programs: readonly VerifiedProgram[],
  chunk: Chunk,
  catalog: Catalog = linux618,
): string[] {
  const arch = archOf(catalog);
  const filters = seccompFilters(programs, arch);
  if (!filters.ok) throw new Error(filters.error);
  const verdicts = newVerdicts(chunk.length);
  const { left, returned } = filters.value.count(chunk, Bitset.ones(chunk.length), verdicts);
  const data = new Int32Array(16);
  const wrong: string[] = [];
  const interpreters = programs.map((program) => new Interpreter(program));
  for (let row = 0; row < chunk.length; row++) {
    const event = chunk.at(row);
    const isCall = event.id < 4096;
    if (left.get(row) === isCall) wrong.push(`row ${row}: ${isCall ? "left" : "answered"}`);
    if (!isCall) continue;
    fillSeccompData(data, event, arch);
    const before = interpreters.reduce((sum, { executed }) => sum + executed, 0);
    const value = interpreters
      .map((interpreter) => interpreter.run(data))
      .reduceRight((newer, older) => mostRestrictive(newer, older));
    const executed = interpreters.reduce((sum, { executed }) => sum + executed, 0) - before;
    const found = [
      returned[2 * row],
      returned[2 * row + 1],
      verdicts.allow.get(row),
      verdicts.known.get(row),
    ];
    const wanted = [value, executed, passes(value), true];
    if (String(found) !== String(wanted)) wrong.push(`row ${row}, ${event}: ${found}, not ${wanted}`);
  }
  return wrong;
}

function load(program: Program) {
  if (!addon.ok) throw new Error(addon.error);
  return addon.value.bpf.load(toBytes(program), Uint32Array.of(program.length));
}

function verifiedOf(program: Program): VerifiedProgram {
  const verified = verify(program);
  if (!verified.ok) throw new Error(verified.error.reason);
  return verified.value;
}

function instruction(code: number, k: number, jt = 0, jf = 0): Instruction {
  return { code, jt, jf, k: k >>> 0 };
}

const CODES = Object.values(OP);
const WORDS = [0, 1, 2, 31, 32, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, AUDIT_ARCH.X86_64];

/** Mostly what a program may have, so that a good part of the programs is taken. */
function anyProgram(random: Random): Program {
  const length = 1 + random(10);
  const program = Array.from({ length }, (_, at): Instruction => {
    if (at === length - 1 && random(20) > 0)
      return instruction(random(2) === 0 ? OP.RET_A : OP.RET_K, oneOf(random, WORDS));
    if (random(400) === 0) return instruction(random(256), random(4));
    const code = oneOf(random, CODES);
    const rest = length - at - 1;
    switch (opcodeOf(code)?.operand) {
      case "packet":
        return instruction(code, 4 * random(random(30) === 0 ? 20 : 16) + (random(60) === 0 ? 1 : 0));
      case "memory":
        return instruction(code, random(random(30) === 0 ? 18 : 2));
      case "target":
        return instruction(code, random(rest + (random(20) === 0 ? 2 : 0) || 1));
      default: {
        const jump = () => random(rest + (random(20) === 0 ? 2 : 0) || 1);
        const shift = code === OP.LSH_K || code === OP.RSH_K;
        return instruction(code, shift && random(10) > 0 ? random(32) : oneOf(random, WORDS), jump(), jump());
      }
    }
  });
  // Words of the scratch memory that are written first are then often read.
  return random(2) === 0 ? program : [instruction(OP.ST, 0), instruction(OP.STX, 1), ...program];
}
