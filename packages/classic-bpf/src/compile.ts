// What a bitmask or a filter engine's program comes down to, as a seccomp program: first the entry path, then the
// number, then the arguments.
//
//   linear   one number after the other                 the cost grows with the list
//   tree     a search over the borders between numbers  the cost grows with its logarithm
//            that fare differently; neighbours that fare alike need none
//
// Seccomp sees system calls and their registers, nothing else. What a program cannot say is listed, never left out
// silently.

import {
  type EventId,
  type Fails,
  FIRST_OTHER_EVENT,
  NO_SUCH_CALL,
  type Rule,
  type Rules,
  type Verdict,
} from "@gatehouse/core";
import { type Block, Blocks, type Test, WHOLE } from "./blocks.js";
import { layOut } from "./layout.js";
import { narrow } from "./narrow.js";
import { AUDIT_ARCH, DATA, MAX_INSTRUCTIONS, type Program, RET, X32_BIT } from "./program.js";
import { type VerifiedProgram, verify } from "./verifier.js";
import { wideTest } from "./wide-test.js";

export type Shape = "linear" | "tree";

export type CompileOptions = {
  readonly shape: Shape;
  /** AUDIT_ARCH_* of the native entry path. */
  readonly arch?: number;
  /** What a denial returns: SECCOMP_RET_KILL_PROCESS unless another is asked for. */
  readonly denial?: number;
};

/** Something that a seccomp program cannot say. */
export type Unsaid = {
  /** Null: every event that the rules do not name. */
  readonly event: EventId | null;
  readonly reason: string;
  readonly fails: Fails;
};

export type Compiled =
  | { readonly kind: "program"; readonly program: VerifiedProgram; readonly unsaid: readonly Unsaid[] }
  /** It would have more than 4096 instructions. */
  | { readonly kind: "tooLong"; readonly reason: string };

/** No program could hold more tests than it has instructions, and most of these share none. */
const MAX_BRANCHES = 8192;

export function compile(rules: Rules, options: CompileOptions): Compiled {
  const { shape, arch = AUDIT_ARCH.X86_64, denial = RET.KILL_PROCESS } = options;
  const branches = [...rules.rules.values()].reduce((sum, rule) => sum + branchesOf(rule), 0);
  if (branches > MAX_BRANCHES) return tooLong(`${branches} tests are more than ${MAX_BRANCHES}`);
  const blocks = new Blocks();
  const returns = (verdict: Verdict) => blocks.returns(verdict === "allow" ? RET.ALLOW : denial);
  const unsaid = unsaidOf(rules);
  const calls = callsOf(rules, unsaid, (rule) => ruleBlock(rule, blocks, returns));
  const numbers = {
    calls,
    others: returns(rules.otherCalls),
    x32: rules.otherEntry === null ? null : returns(rules.otherEntry),
  };
  const byNumber = shape === "linear" ? linear(numbers, blocks) : tree(numbers, blocks);
  const entry =
    rules.otherEntry === null
      ? byNumber
      : blocks.test(whole(DATA.arch, "equal", arch), byNumber, returns(rules.otherEntry));
  return checked(shorter(layOut(narrow(blocks, entry)), layOut(entry)), unsaid);
}

function branchesOf(rule: Rule): number {
  return typeof rule === "string" ? 0 : rule.length;
}

/** A program narrowed has fewer tests on every way, but what was shared may have come apart. */
function shorter(narrowed: Program | null, plain: Program | null): Program | null {
  return (narrowed?.length ?? Infinity) <= (plain?.length ?? Infinity) ? narrowed : plain;
}

function checked(program: Program | null, unsaid: readonly Unsaid[]): Compiled {
  if (program === null || program.length > MAX_INSTRUCTIONS) {
    const count = program === null ? `more than ${MAX_INSTRUCTIONS}` : program.length;
    return tooLong(`the program has ${count} instructions; the kernel takes ${MAX_INSTRUCTIONS}`);
  }
  const verified = verify(program);
  if (!verified.ok) throw new Error(`our own program is refused: ${verified.error.reason}`);
  return { kind: "program", program: verified.value, unsaid };
}

function tooLong(reason: string): Compiled {
  return { kind: "tooLong", reason };
}

/** The numbers that a program tells apart, and where each leads. */
type Numbers = {
  /** In ascending order; NO_SUCH_CALL stands for itself and every number above. */
  readonly calls: readonly (readonly [nr: number, block: Block])[];
  readonly others: Block;
  /** Where numbers with the x32 bit lead; null: the bit is not looked at. */
  readonly x32: Block | null;
};

/** Calls whose arguments do not matter come first: they are the cheaper ones, and most. */
function linear(numbers: Numbers, blocks: Blocks): Block {
  const { others, x32 } = numbers;
  const isPlain = ([, block]: readonly [number, Block]) => block.kind === "return";
  const calls = [...numbers.calls.filter(isPlain), ...numbers.calls.filter((call) => !isPlain(call))];
  let rest = x32 === null ? others : blocks.test(number(numbers, "atLeast", X32_BIT), x32, others);
  for (const [nr, block] of calls.toReversed()) {
    if (block === others) continue;
    if (nr < NO_SUCH_CALL) rest = blocks.test(number(numbers, "equal", nr), block, rest);
    else {
      const above = x32 === null ? block : blocks.test(number(numbers, "atLeast", X32_BIT), x32, block);
      rest = blocks.test(number(numbers, "atLeast", nr), above, rest);
    }
  }
  return rest;
}

/** From `from` up to the next range, all numbers fare alike. */
type Range = { readonly from: number; readonly block: Block };

function tree(numbers: Numbers, blocks: Blocks): Block {
  const ranges = rangesOf(numbers);
  return search(0, ranges.length - 1);

  function search(first: number, last: number): Block {
    const [low, middle, high] = ranges.slice(first, last + 1);
    if (low === undefined) throw new RangeError("a search needs a range");
    if (middle === undefined) return low.block;
    // One number among others that fare alike is found by one test, not by two.
    if (last === first + 2 && low.block === high?.block && high.from === middle.from + 1) {
      return blocks.test(number(numbers, "equal", middle.from), middle.block, low.block);
    }
    const half = (first + last + 1) >>> 1;
    const from = ranges[half]?.from ?? 0;
    return blocks.test(number(numbers, "atLeast", from), search(half, last), search(first, half - 1));
  }
}

function rangesOf({ calls, others, x32 }: Numbers): readonly Range[] {
  const ranges: Range[] = [];
  const add = (from: number, block: Block) => {
    if (ranges.at(-1)?.from === from) ranges.pop();
    if (ranges.at(-1)?.block !== block) ranges.push({ from, block });
  };
  add(0, others);
  for (const [nr, block] of calls) {
    add(nr, block);
    if (nr < NO_SUCH_CALL) add(nr + 1, others);
  }
  if (x32 !== null) add(X32_BIT, x32);
  return ranges;
}

function number({ x32 }: Numbers, kind: Test["kind"], value: number): Test {
  return { word: DATA.nr, mask: x32 === null ? ~X32_BIT >>> 0 : WHOLE, kind, value };
}

function whole(word: number, kind: Test["kind"], value: number): Test {
  return { word, mask: WHOLE, kind, value };
}

function callsOf(
  { rules }: Rules,
  unsaid: readonly Unsaid[],
  blockOf: (rule: Rule) => Block,
): readonly (readonly [number, Block])[] {
  const refused = new Set(unsaid.map(({ event }) => event));
  return [...rules]
    .filter(([id]) => id < FIRST_OTHER_EVENT)
    .sort(([a], [b]) => a - b)
    .map(([id, rule]) => [id, blockOf(refused.has(id) ? "deny" : rule)]);
}

/** Branches lead forward, so from the last to the first all targets are there. */
function ruleBlock(rule: Rule, blocks: Blocks, returns: (verdict: Verdict) => Block): Block {
  if (typeof rule === "string") return returns(rule);
  const made: Block[] = [];
  const blockAt = (target: number | Verdict) => {
    const block = typeof target === "number" ? made[target] : returns(target);
    if (block === undefined) throw new RangeError(`a branch leads to ${target}, which does not follow it`);
    return block;
  };
  for (const [i, { test, whenTrue, whenFalse }] of [...rule.entries()].reverse()) {
    made[i] = wideTest(blocks, test, blockAt(whenTrue), blockAt(whenFalse));
  }
  return blockAt(0);
}

/** A call with a test that seccomp has not is refused whole; an event that is no call can never be refused. */
function unsaidOf({ rules, otherEvents }: Rules): readonly Unsaid[] {
  const unsaid: Unsaid[] = [];
  for (const [event, rule] of rules) {
    if (event >= FIRST_OTHER_EVENT) {
      if (rule !== "allow")
        unsaid.push({ event, reason: "it is no system call: it is never seen", fails: "open" });
    } else if (typeof rule !== "string") {
      const foreign = rule.find(
        ({ test }) => test.kind === "string" || test.kind === "labels" || test.slot >= 6,
      );
      if (foreign === undefined) continue;
      const { kind, slot } = foreign.test;
      const reason =
        slot >= 6 ? `a call has six registers, and this asks for slot ${slot}` : `a register is no ${kind}`;
      unsaid.push({ event, reason, fails: "closed" });
    }
  }
  if (otherEvents === "deny") {
    unsaid.push({ event: null, reason: "events that are no system calls are never seen", fails: "open" });
  }
  return unsaid;
}
