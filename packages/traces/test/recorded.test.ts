// The recorded traces: the small ones of this folder, and all of ../shared where it is there.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { toBigInt } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import { openTrace, type TraceStats } from "../src/index.js";

const here = fileURLToPath(new URL("data/", import.meta.url));
const shared = fileURLToPath(new URL("../../../../shared/data/traces/", import.meta.url));

/** A call, and what of its fields is known, by slot. */
type Call = { readonly name: string; readonly values: ReadonlyMap<number, bigint>; readonly shown: string };

async function callsByTask(path: string): Promise<{ stats: TraceStats; tasks: Call[][] }> {
  const trace = openTrace(path);
  const tasks = new Map<number, Call[]>();
  for await (const chunk of trace) {
    const event = chunk.at(0);
    for (; event.row < chunk.length; event.row++) {
      if (event.format?.kind !== "syscall") continue;
      const known = event.format.fields.filter(({ slot }) => event.isKnown(slot));
      const values = new Map(known.map(({ slot }) => [slot, toBigInt(event.value(slot))] as const));
      const calls = tasks.get(event.task.pid) ?? [];
      tasks.set(event.task.pid, calls);
      calls.push({ name: event.name, values, shown: String(event) });
    }
  }
  return { stats: trace.stats, tasks: [...tasks.values()] };
}

describe.each(["ls", "git"])("%s under strace and under perf", (program) => {
  const both = Promise.all(
    ["strace", "perf.txt"].map((kind) => callsByTask(join(here, `${program}.${kind}.gz`))),
  );

  test("makes the same calls, per task, after its first execve", async () => {
    const [strace, perf] = await both;
    const names = (tasks: Call[][] = []) => tasks.map((calls) => calls.map(({ name }) => name));
    const [first = [], ...others] = names(strace?.tasks);
    expect(first[0]).toBe("execve");
    expect([first.slice(1), ...others]).toEqual(names(perf?.tasks));
  });

  test("shows no register that perf shows otherwise, but for addresses, which differ from run to run", async () => {
    const [strace, perf] = await both;
    const [[, ...theirs] = []] = strace?.tasks ?? [];
    let compared = 0;
    for (const [i, { name, values }] of (perf?.tasks[0] ?? []).entries()) {
      for (const [slot, value] of theirs[i]?.values ?? []) {
        const register = values.get(slot) ?? 0n;
        if (value > ADDRESSES && register > ADDRESSES) continue;
        expect([name, i, slot, value]).toEqual([name, i, slot, register]);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(300);
  });
});

/** Where memory is mapped: above this, and below no number that these programs pass. */
const ADDRESSES = 0x1000_0000n;

const FORMATS: readonly (readonly [RegExp, string])[] = [
  [/\.perf\.txt\.gz$/, "perf"],
  [/\.strace\.gz$/, "strace"],
  [/strace-raw/, "strace-raw"],
  [/^tracefs/, "tracefs"],
  [/^audit/, "audit"],
];
const recorded = [here, ...(existsSync(shared) ? [shared] : [])].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => FORMATS.some(([pattern]) => pattern.test(name)))
    .map((name) => [folder === here ? name : `../shared ${name}`, join(folder, name), name] as const),
);

test.each(recorded)("%s is recognised and has no line that cannot be read", async (_, path, name) => {
  const trace = openTrace(path);
  let rows = 0;
  for await (const chunk of trace) rows += chunk.length;
  expect(trace.format).toBe(FORMATS.find(([pattern]) => pattern.test(name))?.[1]);
  expect(trace.stats.unreadable).toEqual({ count: 0, first: [] });
  expect(rows).toBeGreaterThanOrEqual(trace.stats.events);
  expect(trace.stats.events).toBeGreaterThan(0);
});

test("gcc's tasks descend from gcc", async () => {
  const lineages = new Set<string>();
  for await (const { tasks } of openTrace(join(here, "gcc.strace.gz")))
    for (const { lineage } of tasks) lineages.add([...lineage].join(" > "));
  expect([...lineages].sort()).toEqual([
    "",
    "gcc",
    "gcc > as",
    "gcc > cc1",
    "gcc > collect2",
    "gcc > collect2 > ld",
  ]);
});
