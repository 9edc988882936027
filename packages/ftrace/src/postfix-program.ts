// What 2.6.38 holds: an array of pointers to predicates in postfix order, all 32 allocated however few are used.
// Connectives are predicates too. Every step is taken for every record, with a stack of values: nothing is lazy.
//
//   a == 1 && b == 2 || c == 3          a  b  &&  c  ||
//   a false, b true, c true             0  01  0  01  1       (the stack after each step)

import type { KernelFilter, PostfixStep, Walk } from "./kernel-filter.js";
import { patterns2011 } from "./pattern.js";
import type { EventRecord } from "./record.js";
import { type RecordTest, recordTest } from "./record-test.js";

export const MAX_OPERATORS = 32;
const POINTER_BYTES = 8;
/** Of which 256 are for a pattern, in a number's too. */
const PREDICATE_BYTES = 312;

export function holdPostfix(entries: readonly PostfixStep[]): KernelFilter {
  const steps = entries.map((entry) =>
    entry.kind === "comparison" ? recordTest(entry.comparison, patterns2011) : entry.kind,
  );
  return {
    dialect: "2.6.38",
    program: { kind: "postfix", entries },
    bytes: MAX_OPERATORS * (POINTER_BYTES + PREDICATE_BYTES),
    matches: (record) => run(steps, record, ignore),
    walk: (record) => walk(steps, record),
  };
}

type Step = RecordTest | "&&" | "||";

function ignore(): void {}

function walk(steps: readonly Step[], record: EventRecord): Walk {
  const taken: { entry: number; value: boolean }[] = [];
  const match = run(steps, record, (value) => taken.push({ entry: taken.length, value }));
  return { match, steps: taken };
}

/** The stack is the bits of a number, its top the lowest: it is never deeper than there are operators. */
function run(steps: readonly Step[], record: EventRecord, see: (value: boolean) => void): boolean {
  let stack = 0;
  let depth = 0;
  for (const step of steps) {
    let value: boolean;
    if (typeof step === "function") {
      value = step(record);
      stack <<= 1;
      depth++;
    } else {
      // Two expressions side by side pass the checks, also where a connective then lacks an operand.
      if (depth < 2) return false;
      value = step === "&&" ? (stack & 3) === 3 : (stack & 3) !== 0;
      stack = (stack >>> 2) << 1;
      depth--;
    }
    if (value) stack |= 1;
    see(value);
  }
  return (stack & 1) === 1;
}
