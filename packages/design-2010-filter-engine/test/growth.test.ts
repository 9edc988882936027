import { linux2639 } from "@gatehouse/catalog";
import { kernelOf, PR, type PrctlArgument, type TaskCall } from "@gatehouse/core";
import {
  filterEngineArray,
  filterEngineCorrected,
  filterEngineShipped,
  filterEngineV2,
} from "@gatehouse/design-2010-filter-engine";
import { grows, type History, neverGrows } from "@gatehouse/scenarios/growth";
import fc from "fast-check";
import { expect } from "vitest";

const READ = 0;
const WRITE = 1;
const EXECVE = 59;
const PRCTL = 157;

const comparison = fc.constantFrom("fd == 0", "fd == 1", "fd != 2", "fd > 0", "count < 4");
const whole = fc.oneof(
  fc.constant("1"),
  comparison.chain((one) => fc.constantFrom(one, `${one} || fd == 2`, `${one} && count == 1`)),
);
/** Also texts that only a merged one makes a filter of: `fd == 0) || (fd == 3`. */
const any = fc.oneof(
  { weight: 3, arbitrary: whole },
  { weight: 1, arbitrary: comparison.map((one) => `${one}) || (fd == 3`) },
);
const call = fc.constantFrom(READ, WRITE, EXECVE);

function history(
  before: readonly number[],
  enforce: readonly (readonly number[])[],
  filter: fc.Arbitrary<string>,
): History {
  const prctl = (option: number, ...args: readonly PrctlArgument[]): TaskCall => ({
    call: "prctl",
    option,
    args: option === PR.SET_SECCOMP ? args : [...before, ...args],
  });
  return {
    kernel: kernelOf(linux2639),
    first: [prctl(PR.SET_SECCOMP_FILTER, PRCTL, "1")],
    door: "prctl()",
    calls: fc.oneof(
      { weight: 6, arbitrary: fc.tuple(call, filter).map((args) => prctl(PR.SET_SECCOMP_FILTER, ...args)) },
      { weight: 1, arbitrary: call.map((nr) => prctl(PR.CLEAR_SECCOMP_FILTER, nr)) },
      { weight: 2, arbitrary: fc.constantFrom(...enforce).map((args) => prctl(PR.SET_SECCOMP, ...args)) },
      { weight: 1, arbitrary: fc.constant<TaskCall>({ call: "setuid" }) },
    ),
    events: [0, 1, 2, 3]
      .flatMap((fd) => [`read(fd=${fd}, count=1)`, `write(fd=${fd}, count=9)`])
      .concat("execve()"),
  };
}

const V2 = [[2, 0], [2, 2], [1]];
const LATER = [[13], [13], [1]];

neverGrows(filterEngineCorrected, history([], V2, any));

// Enforced, then narrowed by an `||` that no parentheses hold: three calls are the least.
grows(filterEngineV2, history([], V2, whole), (moves) => {
  expect(moves.map(({ move }) => move)).toEqual(["call", "call", "call"]);
  expect(JSON.stringify(moves.at(-1))).toContain("||");
});

// The two later forms hold a whole filter in its parentheses, and let a text break out of them.
for (const later of [filterEngineArray, filterEngineShipped]) {
  neverGrows(later, history([0], LATER, whole));
  grows(later, history([0], LATER, any), (moves) => {
    expect(moves.map(({ move }) => move)).toEqual(["call", "call", "call"]);
    expect(JSON.stringify(moves.at(-1))).toContain(") || (");
  });
}
