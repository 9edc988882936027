// A program for one event, all of whose slots are known: branches as jumps, so that little is asked but what decides.
// Few tests cost less than a jump that the processor did not foresee, so neighbours are asked together.
//
//   block $deny block $allow block $2 block $1
//     branch 0
//   end $1 branch 1
//   end $2 branch 2
//   end $allow return 1
//   end $deny 0

import { type Target, type U64, unreachable } from "@gatehouse/core";
import { type Code, end, get, giveBack, i32, leave, leaveIf, openBlock } from "./instructions.js";
import type { Test } from "./lanes.js";
import type { Func } from "./module.js";
import { type CompiledBranch, type Compound, reduce } from "./reduce.js";

/** What a function of jumps takes at most: so many slots, each as two words. */
export const MAX_SLOTS = 4;

/** Tests that are asked together. */
const TOGETHER = 8;

/** 1 for allow, 0 for deny. `slots`: whose words it takes. */
export function jumpFunction(
  name: string,
  branches: readonly CompiledBranch<Test>[],
  slots: readonly number[],
): Func {
  const reduced = reduce(branches, TOGETHER);
  const parts = reduced.map(({ test, whenTrue, whenFalse }, i) => {
    // The blocks around branch i are those of the branches after it, then allow, then deny.
    const later = reduced.length - 1 - i;
    const blockOf = (target: Target) => {
      if (target === "allow") return later;
      const leadsOn = target !== "deny" && target > i && target < reduced.length;
      return leadsOn ? target - (i + 1) : later + 1;
    };
    const isNext = (target: Target) => target === i + 1 && later > 0;
    const code = isNext(whenTrue)
      ? leaveIf(blockOf(whenFalse), i32.eqz(holds(test, slots)))
      : leaveIf(blockOf(whenTrue), holds(test, slots)) + (isNext(whenFalse) ? "" : leave(blockOf(whenFalse)));
    return code + end;
  });
  const body =
    openBlock.repeat(reduced.length + 1) + parts.join("") + giveBack(i32.const(1)) + end + i32.const(0);
  const parameters = new Array<"i32">(2 * slots.length).fill("i32");
  return { name, parameters, results: ["i32"], locals: [], body };
}

function holds(test: Compound, slots: readonly number[]): Code {
  switch (test.kind) {
    case "any":
      return test.of.map((each) => holds(each, slots)).reduce((a, b) => i32.or(a, b));
    case "all":
      return test.of.map((each) => holds(each, slots)).reduce((a, b) => i32.and(a, b));
    case "not":
      return i32.eqz(holds(test.of, slots));
    default: {
      const low = 2 * slots.indexOf(test.slot);
      return testHolds(test, get(low), get(low + 1));
    }
  }
}

// In halves, as JavaScript has them.
function testHolds(test: Test, low: Code, high: Code): Code {
  switch (test.kind) {
    case "lookup":
      throw new RangeError("a look-up is not one for jumps");
    case "equal":
      return i32.and(is(low, test.value.low), is(high, test.value.high));
    case "masked":
      return maskedHolds(low, high, test.mask, test.value);
    case "below": {
      const { value, signed } = test;
      const tied = i32.and(is(high, value.high), i32.lt_u(low, i32.const(value.low)));
      return i32.or((signed ? i32.lt_s : i32.lt_u)(high, i32.const(value.high)), tied);
    }
    default:
      return unreachable(test);
  }
}

function maskedHolds(low: Code, high: Code, mask: U64, value: U64): Code {
  const lowHolds = is(i32.and(low, i32.const(mask.low)), value.low);
  const isOfLowAlone = mask.high === 0 && value.high === 0;
  return isOfLowAlone ? lowHolds : i32.and(lowHolds, is(i32.and(high, i32.const(mask.high)), value.high));
}

function is(word: Code, value: number): Code {
  return value === 0 ? i32.eqz(word) : i32.eq(word, i32.const(value));
}
