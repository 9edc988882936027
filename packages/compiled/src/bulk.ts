// A program over a block of rows. Branches only go forward, so one pass in their order is enough: each has a word of
// bits, the rows that reach it, and hands them on to where the test sends them. No row ever jumps.
//
//   reached = rows that reach the branch                 toTrue  = reached & (holds | unknown)
//                                                        toFalse = reached & (~holds | unknown)
//
// A row whose slot is not known goes both ways. It has an answer if all its ways end alike.

import type { Branch, Target } from "@gatehouse/core";
import { again, type Code, get, i32, loop, set } from "./instructions.js";
import type { Lanes, Test } from "./lanes.js";
import { Locals } from "./locals.js";
import type { Func } from "./module.js";
import { AT } from "./staging.js";

export type CompiledBranch = Omit<Branch, "test"> & { readonly test: Test };

/**
 * Judges the first `rows` staged rows and those up to the next multiple of 16, and leaves a bit for each in
 * `AT.allow`. With `some` slots unknown it also leaves in `AT.second` whether that is known.
 */
export function bulkFunction(
  name: string,
  branches: readonly CompiledBranch[],
  slotsAre: "known" | "unsure",
  lanesOf: (locals: Locals) => Lanes,
): Func {
  const rows = 0;
  const locals = new Locals(1);
  const row = locals.take("i32");
  const lanes = lanesOf(locals);
  const { code, allow, deny } = flow(branches, slotsAre === "unsure", lanes, locals, row);
  const answers =
    slotsAre === "known"
      ? lanes.store(AT.allow, allow, row)
      : [
          ...lanes.store(AT.allow, i32.and(allow, not(deny)), row),
          ...lanes.store(AT.second, not(i32.and(allow, deny)), row),
        ];
  return {
    name,
    parameters: ["i32"],
    results: [],
    locals: locals.types,
    body: [
      ...locals.prelude,
      ...loop([
        ...lanes.start(row),
        ...code,
        ...answers,
        ...set(row, i32.add(get(row), i32.const(lanes.rows))),
        ...again(i32.lt_u(get(row), get(rows))),
      ]),
    ],
  };
}

/** The branches in turn, and the words of the rows that ended in either verdict. */
function flow(
  branches: readonly CompiledBranch[],
  unsure: boolean,
  lanes: Lanes,
  locals: Locals,
  row: number,
): { code: Code; allow: Code; deny: Code } {
  const code: number[] = [];
  /** By branch or verdict: the local that holds the rows which have come there so far. */
  const arrived = new Map<Target, number>();
  const unknownIn = new Map<number, number>();
  const holds = locals.take("i32");
  const kept = locals.take("i32");

  const emit = (more: Code) => {
    for (const byte of more) code.push(byte);
  };
  const send = (target: Target, from: number, rows: Code) => {
    // A jump backwards, or out of the program, ends nowhere: that is what the plain reading makes of it.
    if (typeof target === "number" && !(target > from && target < branches.length)) return;
    if (target === "deny" && !unsure) return;
    const so = arrived.get(target);
    const local = so ?? locals.take("i32");
    arrived.set(target, local);
    emit(set(local, so === undefined ? rows : i32.or(get(local), rows)));
  };
  const unknown = (slot: number): Code => {
    const known = unknownIn.get(slot);
    if (known !== undefined) return get(known);
    const local = locals.take("i32");
    unknownIn.set(slot, local);
    emit(set(local, lanes.unknown(slot, row)));
    return get(local);
  };

  for (const [i, { test, whenTrue, whenFalse }] of branches.entries()) {
    const reached = i === 0 ? i32.const(-1) : arrived.get(i);
    if (reached === undefined) continue;
    const here = typeof reached === "number" ? get(reached) : reached;
    const either = unsure ? unknown(test.slot) : null;
    emit(set(holds, lanes.holds(test, row)));
    emit(set(kept, i32.and(here, get(holds))));
    const yes = get(kept);
    const no = i32.xor(here, get(kept));
    send(whenTrue, i, either === null ? yes : i32.or(yes, i32.and(here, either)));
    send(whenFalse, i, either === null ? no : i32.or(no, i32.and(here, either)));
    if (typeof reached === "number") locals.giveBack(reached);
  }
  const ended = (verdict: "allow" | "deny") => {
    const local = arrived.get(verdict);
    return local === undefined ? i32.const(0) : get(local);
  };
  return { code, allow: ended("allow"), deny: ended("deny") };
}

function not(word: Code): Code {
  return i32.xor(word, i32.const(-1));
}
