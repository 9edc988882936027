// Whether tasks can only lose: random histories of calls, forks, execs and exits, after each step of which no task may do
// what it could not do before, nor a child what its parent could not. A design's own test says which calls there are:
//
//   neverGrows(bitmaskAnd, kernel, calls, events);
//   grows(filterEngineV2, kernel, calls, events);          its bugs must be found

import type { Kernel, TaskCall, TaskSide } from "@gatehouse/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { RunningKernel } from "./running-kernel.js";

/** `who`: which of the living tasks, counted round. */
export type Move = { readonly who: number } & (
  | { readonly move: "call"; readonly call: TaskCall }
  | { readonly move: "fork" | "clone" | "exec" | "exit" }
);

type Named = { readonly id: string; readonly task: TaskSide };

export type History = {
  readonly kernel: Kernel;
  readonly calls: fc.Arbitrary<TaskCall>;
  /** Calls that the first task makes before all others: what it needs to be let ask for more. */
  readonly first?: readonly TaskCall[];
  /** The event as which all these calls pass the boundary: where it is refused, a task asks for nothing more. */
  readonly door?: string;
  /** What tasks are asked about, `read(fd=0)`. */
  readonly events: readonly string[];
};

export function neverGrows({ id, task }: Named, history: History): void {
  test(`${id}: whatever tasks do, none may do more than before`, () => {
    fc.assert(
      fc.property(histories(history), ({ moves, privileged }) => {
        expect(firstGrowth(task, history, moves, privileged)).toBe(null);
      }),
      { seed: 20110526, numRuns: 400 },
    );
  });
}

/** Fails where no growth is found; `shrunk` looks at the shortest history. */
export function grows({ id, task }: Named, history: History, shrunk: (moves: readonly Move[]) => void): void {
  test(`${id}: a history is found after which a task may do more than before`, () => {
    const details = fc.check(
      fc.property(
        histories(history),
        ({ moves, privileged }) => firstGrowth(task, history, moves, privileged) === null,
      ),
      { seed: 20110526, numRuns: 2000 },
    );
    const [counterexample] = details.counterexample ?? [];
    if (counterexample === undefined) throw new Error("no history was found");
    shrunk(counterexample.moves);
  });
}

function histories({ calls }: History) {
  const moves = fc.oneof(
    { weight: 6, arbitrary: calls.map((call) => ({ move: "call" as const, call })) },
    {
      weight: 2,
      arbitrary: fc.constantFrom("fork", "clone", "exec", "exit").map((move) => ({ move }) as const),
    },
  );
  const each = fc.tuple(fc.nat({ max: 3 }), moves).map(([who, move]): Move => ({ who, ...move }));
  return fc.record({ moves: fc.array(each, { maxLength: 14 }), privileged: fc.boolean() });
}

/** What was gained, by whom and by which step; null: nothing was. */
function firstGrowth(
  task: TaskSide,
  { kernel, events, first = [], door }: History,
  moves: readonly Move[],
  privileged: boolean,
): string | null {
  const running = new RunningKernel(task, kernel, privileged);
  running.calls(1, first);
  const living = [1];
  const before = new Map([[1, allowed(running, 1, events)]]);
  for (const [step, move] of moves.entries()) {
    const pid = living[move.who % living.length];
    if (pid === undefined) break;
    if (move.move === "call" && door !== undefined && running.verdict(pid, door) === "deny") continue;
    make(running, move, pid, living, step + 2);
    for (const each of living) {
      const now = allowed(running, each, events);
      const gained = [...now].filter((event) => !(before.get(each) ?? before.get(pid))?.has(event));
      if (gained.length > 0) return `step ${step}: task ${each} gained ${gained.join(", ")}`;
      before.set(each, now);
    }
  }
  return null;
}

function make(running: RunningKernel, move: Move, pid: number, living: number[], child: number): void {
  switch (move.move) {
    case "call":
      running.call(pid, move.call);
      break;
    case "fork":
    case "clone":
      running[move.move](pid, child);
      living.push(child);
      break;
    case "exec":
      running.check(pid, "execve()");
      running.exec(pid);
      break;
    case "exit":
      running.exit(pid);
      living.splice(living.indexOf(pid), 1);
  }
}

/** Unknown counts: it may be. */
function allowed(running: RunningKernel, pid: number, events: readonly string[]): Set<string> {
  return new Set(events.filter((event) => running.verdict(pid, event) !== "deny"));
}
