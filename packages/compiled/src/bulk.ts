// A program over a block of rows. Branches only go forward, so one pass in their order is enough: each has a word of
// bits, the rows that reach it, and hands them on to where the test sends them. No row ever jumps.
//
//   toTrue  = reached & (holds | unknown)
//   toFalse = reached & (~holds | unknown)
//
// A row whose slot is not known goes both ways, and has an answer if all its ways end alike.

import type { Target } from "@gatehouse/core";
import { type Code, get, i32, loop, set } from "./instructions.js";
import type { Lanes, Test } from "./lanes.js";
import { AT } from "./layout.js";
import { Locals } from "./locals.js";
import type { Func } from "./module.js";
import { type CompiledBranch, type Compound, reduce } from "./reduce.js";

/** Tests that become one expression. */
const TOGETHER = 64;

/** Judges `rows` staged rows, all of whose slots are known: a bit for each in `AT.allow`. */
export function knownFunction(
  name: string,
  branches: readonly CompiledBranch<Test>[],
  lanesOf: (locals: Locals) => Lanes,
): Func {
  return rowsFunction(name, lanesOf, (lanes, locals, row) => {
    const { code, allow } = flow(reduce(branches, TOGETHER), lanes, locals, row, () => null);
    return code + lanes.store(AT.allow, allow, row);
  });
}

/** The same for rows of which anything may be unknown; `AT.second` says whose answers are known. */
export function unsureFunction(
  name: string,
  branches: readonly CompiledBranch<Test>[],
  lanesOf: (locals: Locals) => Lanes,
): Func {
  return rowsFunction(name, lanesOf, (lanes, locals, row) => {
    const slots = [...new Set(branches.map(({ test }) => test.slot))];
    const unknown = new Map(slots.map((slot) => [slot, locals.keep("i32")]));
    const { code, allow, deny } = flow(branches, lanes, locals, row, ({ slot }) => unknown.get(slot) ?? null);
    return [
      ...[...unknown].map(([slot, local]) => set(local, lanes.unknown(slot, row))),
      code,
      lanes.store(AT.allow, i32.and(allow, not(deny)), row),
      lanes.store(AT.second, not(i32.and(allow, deny)), row),
    ].join("");
  });
}

/** A loop over `rows`, a multiple of eight, so that no byte of answers is left half written. */
function rowsFunction(
  name: string,
  lanesOf: (locals: Locals) => Lanes,
  stepOf: (lanes: Lanes, locals: Locals, row: number) => Code,
): Func {
  const rows = 0;
  const locals = new Locals(1);
  const row = locals.keep("i32");
  const lanes = lanesOf(locals);
  const step = stepOf(lanes, locals, row);
  const next = lanes.next() + set(row, i32.add(get(row), i32.const(lanes.rows)));
  const body = locals.prelude + loop(step + next, i32.lt_u(get(row), get(rows)));
  return { name, parameters: ["i32"], results: [], locals: locals.types, body };
}

/** The branches in turn, and the words of the rows that ended in either verdict. */
function flow<T extends Compound>(
  branches: readonly CompiledBranch<T>[],
  lanes: Lanes,
  locals: Locals,
  row: number,
  /** The local that says for which rows the test's slot is unknown. */
  unknownOf: (test: T) => number | null,
): { readonly code: Code; readonly allow: Code; readonly deny: Code } {
  let code: Code = "";
  /** By branch or verdict: the local that holds the rows which have come there so far. */
  const arrived = new Map<Target, number>();
  const yes = locals.keep("i32");

  function send(target: Target, from: number, rows: Code): void {
    // A jump backwards, or out of the program, ends nowhere: that is what the plain reading makes of it.
    if (typeof target === "number" && !(target > from && target < branches.length)) return;
    const before = arrived.get(target);
    const local = before ?? locals.take("i32");
    arrived.set(target, local);
    code += set(local, before === undefined ? rows : i32.or(get(local), rows));
  }

  for (const [i, { test, whenTrue, whenFalse }] of branches.entries()) {
    const local = arrived.get(i);
    if (local === undefined && i > 0) continue;
    const reached = local === undefined ? i32.const(-1) : get(local);
    code += set(yes, i32.and(reached, lanes.holds(test, row)));
    const unknown = unknownOf(test);
    const either = unknown === null ? null : i32.and(reached, get(unknown));
    const no = i32.xor(reached, get(yes));
    send(whenTrue, i, either === null ? get(yes) : i32.or(get(yes), either));
    send(whenFalse, i, either === null ? no : i32.or(no, either));
    if (local !== undefined) locals.giveBack(local);
  }
  const ended = (local: number | undefined) => (local === undefined ? i32.const(0) : get(local));
  return { code, allow: ended(arrived.get("allow")), deny: ended(arrived.get("deny")) };
}

function not(word: Code): Code {
  return i32.xor(word, i32.const(-1));
}
