// A test of a 64-bit register by its 32-bit halves. The low half is asked first where order does not matter: that is
// where small numbers differ.
//
//   arg == V                        arg < V, unsigned
//
//   low == V.low ─no──→ false       high >= V.high ─no──→ true
//    │yes                            │yes
//   high == V.high ─no→ false       high == V.high ─no──→ false   (it is above)
//    │yes                            │yes
//   true                            low >= V.low ──no───→ true
//                                    │yes
//                                   false
//
// Signed, the numbers from 2^63 on are the negative ones: below all others, and among themselves in unsigned order.

import { type SlotTest, type U64, unreachable } from "@gatehouse/core";
import { type Block, type Blocks, type Test, WHOLE } from "./blocks.js";
import { pastTest } from "./narrow.js";
import { argumentOffset } from "./program.js";

const SIGN = 0x8000_0000;

export function wideTest(blocks: Blocks, test: SlotTest, whenTrue: Block, whenFalse: Block): Block {
  const low = argumentOffset(test.slot);
  const high = low + 4;
  switch (test.kind) {
    case "equal":
      return bits({ high: WHOLE, low: WHOLE }, test.value);
    case "masked":
      return bits(test.mask, test.value);
    case "below": {
      if (!test.signed) return below(test.value);
      const isNegative = test.value.high >= SIGN;
      return isNegative
        ? atLeast(high, SIGN, below(test.value), whenFalse)
        : atLeast(high, SIGN, whenTrue, below(test.value));
    }
    case "string":
    case "labels":
      throw new RangeError("a register is neither a string nor a label set");
    default:
      return unreachable(test);
  }

  function bits(mask: U64, value: U64): Block {
    const lower: Test = { word: low, mask: mask.low, kind: "equal", value: value.low };
    // Of several values in a row, each asks the same of the high half, and where that fails none of the others is left.
    const upper = equal(high, mask.high, value.high, whenTrue, pastTest(whenFalse, lower));
    return blocks.test(lower, upper, whenFalse);
  }

  function below(value: U64): Block {
    const lower = atLeast(low, value.low, whenFalse, whenTrue);
    return atLeast(high, value.high, equal(high, WHOLE, value.high, lower, whenFalse), whenTrue);
  }

  function equal(word: number, mask: number, value: number, yes: Block, no: Block): Block {
    return blocks.test({ word, mask, kind: "equal", value }, yes, no);
  }

  function atLeast(word: number, value: number, yes: Block, no: Block): Block {
    return blocks.test({ word, mask: WHOLE, kind: "atLeast", value }, yes, no);
  }
}
