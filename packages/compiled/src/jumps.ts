// A program for one event, all of whose slots are known: branches as jumps, so only what decides is read.
//
//   block $deny block $allow block $2 block $1
//     branch 0
//   end $1 branch 1
//   end $2 branch 2
//   end $allow return 1
//   end $deny 0

import { isZero, type Target, type U64, unreachable } from "@gatehouse/core";
import type { CompiledBranch } from "./bulk.js";
import { type Code, closeBlock, give, i32, leave, leaveIf, openBlocks } from "./instructions.js";
import type { Test } from "./lanes.js";
import type { Func } from "./module.js";
import { answersAt, columnAt } from "./staging.js";

/** Judges the first staged row: 1 for allow, 0 for deny. */
export function jumpFunction(name: string, branches: readonly CompiledBranch[]): Func {
  const body: number[] = [...openBlocks(branches.length + 1)];
  for (const [i, { test, whenTrue, whenFalse }] of branches.entries()) {
    // The blocks around branch i are those of the branches after it, then allow, then deny.
    const later = branches.length - 1 - i;
    const blockOf = (target: Target) => {
      if (target === "allow") return later;
      const ends = target === "deny" || !(target > i && target < branches.length);
      return ends ? later + 1 : target - (i + 1);
    };
    const isNext = (target: Target) => target === i + 1 && later > 0;
    const code = isNext(whenTrue)
      ? leaveIf(blockOf(whenFalse), i32.eqz(holds(test)))
      : [...leaveIf(blockOf(whenTrue), holds(test)), ...(isNext(whenFalse) ? [] : leave(blockOf(whenFalse)))];
    for (const byte of [...code, ...closeBlock]) body.push(byte);
  }
  body.push(...give(i32.const(1)), ...closeBlock, ...i32.const(0));
  return { name, parameters: [], results: ["i32"], locals: [], body };
}

// In halves, since JavaScript writes them so: a 64-bit read of two fresh 32-bit writes would wait for both.
function holds(test: Test): Code {
  const start = i32.const(0);
  if (test.kind === "lookup") return i32.load8_u(start, answersAt(test.lookup));
  const low = i32.load(start, columnAt(test.slot));
  const high = i32.load(start, columnAt(test.slot) + 4);
  switch (test.kind) {
    case "equal":
      return i32.eqz(
        i32.or(i32.xor(low, i32.const(test.value.low)), i32.xor(high, i32.const(test.value.high))),
      );
    case "masked":
      return maskedHolds(low, high, test.mask, test.value);
    case "below": {
      const { value, signed } = test;
      const lowBelow = i32.lt_u(low, i32.const(value.low));
      const tied = i32.and(i32.eq(high, i32.const(value.high)), lowBelow);
      if (!signed && value.high === 0) return tied;
      return i32.or((signed ? i32.lt_s : i32.lt_u)(high, i32.const(value.high)), tied);
    }
    default:
      return unreachable(test);
  }
}

function maskedHolds(low: Code, high: Code, mask: U64, value: U64): Code {
  const differs = (half: Code, of: number, is: number) =>
    i32.xor(i32.and(half, i32.const(of)), i32.const(is));
  const lowDiffers = differs(low, mask.low, value.low);
  const isLowOnly = isZero({ high: mask.high, low: value.high });
  return i32.eqz(isLowOnly ? lowDiffers : i32.or(lowDiffers, differs(high, mask.high, value.high)));
}
