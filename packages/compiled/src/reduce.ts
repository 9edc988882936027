// Branches back to expressions. A chain like `fd == 1 || fd == 2` takes two branches, but asked of many rows at once
// it is one test: two comparisons and an `or`. Where a branch is reached from one other alone, and both have a target
// in common, they become one branch of a compound test. What a condition was lowered to becomes a single one again.
//
// Only for rows whose slots are all known: of the others it matters which branch was taken.

import type { Branch, Target } from "@gatehouse/core";
import type { Test } from "./lanes.js";

export type Compound =
  | Test
  | { readonly kind: "all" | "any"; readonly of: readonly Compound[] }
  | { readonly kind: "not"; readonly of: Compound };

export type CompiledBranch<T> = Omit<Branch, "test"> & { readonly test: T };

/** `most`: how many tests one compound may hold, which also bounds how deep they nest. */
export function reduce(branches: readonly CompiledBranch<Test>[], most: number): CompiledBranch<Compound>[] {
  // A branch that has been merged into an earlier one is null until the end, so that numbers hold.
  const left: (CompiledBranch<Compound> | null)[] = [...branches];
  const ways = new Map<Target, number>();
  const count = (target: Target, by: number) => ways.set(target, (ways.get(target) ?? 0) + by);
  for (const { whenTrue, whenFalse } of branches) {
    count(whenTrue, 1);
    count(whenFalse, 1);
  }

  let changed = true;
  while (changed) {
    changed = false;
    for (let i = left.length - 1; i >= 0; i--) while (mergeAt(i)) changed = true;
  }
  return renumbered(left);

  /** Merges a branch that `i` alone leads to into it. */
  function mergeAt(i: number): boolean {
    const branch = left[i];
    if (branch === null || branch === undefined) return false;
    for (const target of [branch.whenTrue, branch.whenFalse]) {
      if (typeof target !== "number" || target <= i || ways.get(target) !== 1) continue;
      const next = left[target];
      if (next === null || next === undefined || sizeOf(branch.test) + sizeOf(next.test) > most) continue;
      const merged = merge(branch, next, target);
      if (merged === null) continue;
      left[i] = merged.branch;
      left[target] = null;
      count(target, -1);
      count(merged.shared, -1);
      return true;
    }
    return false;
  }
}

/** Both as one, where they have a target in common. */
function merge(
  a: CompiledBranch<Compound>,
  b: CompiledBranch<Compound>,
  target: number,
): { readonly branch: CompiledBranch<Compound>; readonly shared: Target } | null {
  // Answers of a look-up lie in bytes of their own, and are never part of an expression over columns.
  if (a.test.kind === "lookup" || b.test.kind === "lookup") return null;
  const leadsOn = a.whenTrue === target ? "true" : "false";
  const shared = leadsOn === "true" ? a.whenFalse : a.whenTrue;
  if (shared !== b.whenTrue && shared !== b.whenFalse) return null;
  if (leadsOn === "false" && shared === b.whenTrue)
    return {
      shared,
      branch: { test: join("any", a.test, b.test), whenTrue: shared, whenFalse: b.whenFalse },
    };
  const first = leadsOn === "true" ? a.test : not(a.test);
  if (shared === b.whenFalse)
    return { shared, branch: { test: join("all", first, b.test), whenTrue: b.whenTrue, whenFalse: shared } };
  return {
    shared,
    branch: { test: join("all", first, not(b.test)), whenTrue: b.whenFalse, whenFalse: shared },
  };
}

function sizeOf(test: Compound): number {
  if (test.kind === "not") return sizeOf(test.of);
  return test.kind === "all" || test.kind === "any"
    ? test.of.reduce((size, part) => size + sizeOf(part), 0)
    : 1;
}

function join(kind: "all" | "any", a: Compound, b: Compound): Compound {
  const parts = (part: Compound) => (part.kind === kind ? part.of : [part]);
  return { kind, of: [...parts(a), ...parts(b)] };
}

function not(test: Compound): Compound {
  return test.kind === "not" ? test.of : { kind: "not", of: test };
}

function renumbered(branches: readonly (CompiledBranch<Compound> | null)[]): CompiledBranch<Compound>[] {
  let next = 0;
  const numbers = branches.map((branch) => (branch === null ? next : next++));
  const number = (target: Target) => (typeof target === "number" ? (numbers[target] ?? target) : target);
  return branches.flatMap((branch) =>
    branch === null
      ? []
      : [{ test: branch.test, whenTrue: number(branch.whenTrue), whenFalse: number(branch.whenFalse) }],
  );
}
