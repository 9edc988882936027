// The running kernel as the judge: generated policies installed as filters and asked about calls, and programs that it
// takes or refuses.
//
// Only calls that do nothing are made, with any arguments: the child has no descriptors, so what takes one gives EBADF,
// and the others only read a number. A denial gives an errno that the kernel itself never gives.

import { linux618 } from "@gatehouse/catalog";
import {
  ABI,
  Catalog,
  type Chunk,
  decide,
  NO_SUCH_CALL,
  type Policy,
  type TraceEvent,
  toBigInt,
} from "@gatehouse/core";
import { policyAndEvents } from "@gatehouse/policies/arbitrary";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import {
  AUDIT_ARCH,
  compile,
  fillSeccompData,
  Interpreter,
  type Program,
  retErrno,
  type Shape,
  type VerifiedProgram,
  verify,
  X32_BIT,
} from "../src/index.js";
import { tamePrograms, wildPrograms } from "./arbitrary-programs.js";
import { exactRules } from "./exact-rules.js";
import { openAsker, type RawCall } from "./live-child.js";
import { lseeks, onOneRegister } from "./lseek-policies.js";

const SEED = 20120417;
const POLICIES = 500;
const PROGRAMS = 200;
const EINVAL = 22;
/** Within what a filter may give (4095), and beyond what the kernel does. */
const DENIED = 4001;

const WITH_DESCRIPTOR = [
  ..."lseek dup close fsync fdatasync ftruncate fallocate fadvise64 readahead".split(" "),
  ..."sync_file_range copy_file_range".split(" "),
];
const READING_A_NUMBER = [
  ..."getpid gettid getppid getuid geteuid getgid getegid getpgrp sched_yield getpgid getsid".split(" "),
  ..."getpriority ioprio_get sched_get_priority_max sched_get_priority_min".split(" "),
];
const HARMLESS = new Set([...WITH_DESCRIPTOR, ...READING_A_NUMBER]);
const catalog = new Catalog(
  linux618.release,
  linux618.arch,
  linux618.formats.filter(({ kind, name }) => kind === "syscall" && HARMLESS.has(name)),
);

const asker = openAsker();
afterAll(() => {
  if (asker.kind === "ready") asker.remove();
});
const suite = asker.kind === "ready" ? "the running kernel" : `the running kernel (skipped: ${asker.reason})`;

describe.skipIf(asker.kind === "missing")(suite, () => {
  const ask = asker.kind === "ready" ? asker.ask : () => [];

  test(`${POLICIES} generated policies: its verdicts are decide()'s and the interpreter's`, () => {
    const cases = [...whole(POLICIES / 2), ...oneRegister(POLICIES / 2)].map((made, i) => caseOf(made, i));
    const answers = ask(cases);
    const found = cases.flatMap(({ events, ours, expected }, i) => {
      const { installed, errors = [] } = answers[i] ?? { installed: -1 };
      if (installed !== 0) return [`policy ${i}: installing gave ${installed}`];
      return events.flatMap((event, at) => {
        const kernel = errors[at] === DENIED ? "deny" : "allow";
        return kernel === expected[at] && kernel === ours[at]
          ? []
          : [
              `policy ${i}, ${event}: ${expected[at]}, interpreter ${ours[at]}, kernel ${kernel} (${errors[at]})`,
            ];
      });
    });
    expect(found).toEqual([]);
    // Both verdicts, and often.
    const verdicts = cases.flatMap(({ expected }) => expected);
    expect(verdicts.filter((verdict) => verdict === "allow").length).toBeGreaterThan(1000);
    expect(verdicts.filter((verdict) => verdict === "deny").length).toBeGreaterThan(1000);
  });

  test(`${3 * PROGRAMS} programs, wild, tame and each with one field changed: it takes what the verifier takes`, () => {
    const programs = [...sample(wildPrograms), ...sample(tamePrograms), ...sample(mutated)];
    const answers = ask(programs.map((program) => ({ program, calls: [] })));
    const found = programs.flatMap((program, i) => {
      const verified = verify(program);
      const expected = verified.ok ? 0 : EINVAL;
      const installed = answers[i]?.installed;
      return installed === expected ? [] : [{ installed, verified, program }];
    });
    expect(found).toEqual([]);
    const taken = answers.filter(({ installed }) => installed === 0).length;
    expect(taken).toBeGreaterThan(PROGRAMS);
    expect(answers.length - taken).toBeGreaterThan(PROGRAMS);
  });

  test("4096 instructions are taken, 4097 are not, and none is none", () => {
    const long = (length: number): Program =>
      Array.from({ length }, () => ({ code: 0x06, jt: 0, jf: 0, k: 0x7fff_0000 }));
    const answers = ask([0, 1, 4096, 4097].map((length) => ({ program: long(length), calls: [] })));
    expect(answers.map(({ installed }) => installed)).toEqual([EINVAL, 0, 0, EINVAL]);
  });
});

function sample(programs: fc.Arbitrary<Program>): readonly Program[] {
  return fc.sample(programs, { seed: SEED, numRuns: PROGRAMS });
}

const mutated: fc.Arbitrary<Program> = fc
  .tuple(tamePrograms, fc.nat(), fc.constantFrom("code", "jt", "jf", "k"), fc.nat({ max: 0xff }))
  .map(([program, at, field, value]) =>
    program.map((instruction, i) =>
      i === at % program.length ? { ...instruction, [field]: value } : instruction,
    ),
  );

type Made = { readonly policy: Policy; readonly chunk: Chunk };

function whole(count: number): readonly Made[] {
  return fc.sample(policyAndEvents(catalog), { seed: SEED, numRuns: count }).map(({ policy, chunk }) => ({
    policy: { ...policy, clauses: policy.clauses.filter(({ task }) => task === null) },
    chunk,
  }));
}

function oneRegister(count: number): readonly Made[] {
  return fc
    .sample(onOneRegister(), { seed: SEED, numRuns: count })
    .map(({ policy, calls }) => ({ policy, chunk: lseeks(calls) }));
}

/** A policy as a filter, linear and tree in turn, the calls to make under it, and what must come of them. */
function caseOf({ policy, chunk }: Made, i: number) {
  const program = programOf(policy, i % 2 === 0 ? "linear" : "tree");
  const interpreter = new Interpreter(program);
  const data = new Int32Array(16);
  const events = Array.from({ length: chunk.length }, (_, row) => chunk.at(row)).filter(mayBeMade);
  return {
    program,
    events,
    calls: events.map(rawCall),
    expected: events.map((event) => decide(policy, event).verdict),
    ours: events.map((event) => {
      fillSeccompData(data, event, AUDIT_ARCH.X86_64);
      return interpreter.run(data) === retErrno(DENIED) ? "deny" : "allow";
    }),
  };
}

function programOf(policy: Policy, shape: Shape): VerifiedProgram {
  const compiled = compile(exactRules(policy, catalog), { shape, denial: retErrno(DENIED) });
  if (compiled.kind !== "program") throw new Error(compiled.reason);
  return compiled.program;
}

/** `int 0x80` is another instruction, and another table of calls. */
function mayBeMade(event: TraceEvent): boolean {
  const isHarmless = HARMLESS.has(event.name) || event.id === NO_SUCH_CALL;
  const isKnown = (event.format?.fields ?? []).every(({ slot }) => event.isKnown(slot));
  return isHarmless && isKnown && event.abi !== ABI.int80;
}

function rawCall(event: TraceEvent): RawCall {
  const nr = event.abi === ABI.x32 ? event.id | X32_BIT : event.id;
  return { nr, args: [0, 1, 2, 3, 4, 5].map((slot) => toBigInt(event.value(slot))) };
}
