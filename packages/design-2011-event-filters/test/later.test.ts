// What later work will do from outside, shown to need no change here: bring an event that no catalog has, and bring a
// back-end.

import { linux618 } from "@gatehouse/catalog";
import {
  applyRules,
  type Backend,
  Bitset,
  Chunk,
  Dictionary,
  newVerdicts,
  on,
  oneByOne,
  sectionSet,
  type TraceEvent,
  u64,
} from "@gatehouse/core";
import { eventFiltersPoc, eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { parsePolicy } from "@gatehouse/policies";
import { conformance } from "@gatehouse/scenarios/conformance";
import { describe, expect, test } from "vitest";

describe("a made-up object event with a label, added at run time", () => {
  const catalog = linux618.with({
    name: "door_open",
    system: "object",
    traced: true,
    fields: [
      { name: "label", type: "labels", kind: "labels" },
      { name: "weight", type: "u32", kind: "number" },
    ],
  });
  const policy = parsePolicy(
    "labels front_t back_t\nallow read\nallow door_open if label & (front_t | back_t) && weight < 100\n",
    catalog,
  );

  test.each([
    [["front_t"], 99, "allow"],
    [["front_t", "other_t"], 99, "allow"],
    [["front_t"], 100, "deny"],
    [["other_t"], 1, "deny"],
  ])("labels %j, weight %d: %s", (labels, weight, verdict) => {
    if (!policy.ok) throw new Error(policy.error[0]?.message);
    const compiled = eventFiltersVision.compile(policy.value, catalog);
    if (compiled.kind !== "exact") throw new Error(compiled.kind);
    const dictionary = new Dictionary();
    const chunk = new Chunk(catalog, dictionary, {
      tasks: [{ pid: 1, parent: null, comm: "sh", lineage: new Set(["sh"]) }],
    });
    const id = catalog.byName("door_open")?.id ?? 0;
    const row = chunk.push(0, id, 0, [u64(dictionary.labels(labels)), u64(weight)]);
    expect(eventFiltersVision.load(compiled.program, catalog).evaluate(chunk.at(row))).toBe(verdict);
  });
});

/** A back-end by the plain reading of what a filter comes down to. */
const plain: Backend = {
  name: "plain",
  load({ sections, programs }) {
    const evaluate = (event: TraceEvent) => {
      const rules = programs[sectionSet(sections, event.task)];
      if (rules === undefined) throw new RangeError("no rules for the task's sections");
      return applyRules(rules, event);
    };
    return { evaluate, evaluateAll: oneByOne(evaluate) };
  },
};

conformance(on(plain, eventFiltersVision), linux618);

describe("a filter that asks for the task of a record", () => {
  const program = eventFiltersPoc.parse(
    "-e syscalls:sys_enter_read --filter 'common_pid == 7'\n-e syscalls:sys_enter_write --filter 'common_type == 1 || fd == 1'\n",
    linux618,
  );
  if (!program.ok) throw new Error(program.error[0]?.message);
  const tasks = [7, 8].map((pid) => ({ pid, parent: null, comm: "sh", lineage: new Set(["sh"]) }));
  const chunk = new Chunk(linux618, new Dictionary(), { tasks });
  const rows = [
    [0, "read", 0, "allow"],
    [1, "read", 0, "deny"],
    [0, "write", 1, "allow"],
    [1, "write", 2, "unknown"],
    [0, "close", 1, "deny"],
  ] as const;
  for (const [task, name, fd] of rows) chunk.push(task, linux618.byName(name)?.id ?? 0, 0, [u64(fd)]);
  const expected = rows.map(([, , , verdict]) => verdict);

  test("the reference answers, and so does what it comes down to", () => {
    const filter = eventFiltersPoc.load(program.value, linux618);
    const [rules] = filter.lower().programs;
    if (rules === undefined) throw new Error("there is one program");
    expect(rows.map((_, row) => filter.evaluate(chunk.at(row)))).toEqual(expected);
    expect(rows.map((_, row) => applyRules(rules, chunk.at(row)))).toEqual(expected);
    expect(filter.steps(chunk.at(1))).toEqual([{ text: "common_pid == 7", value: false }]);
  });

  test("a back-end that is given columns answers alike, one by one and in bulk", () => {
    const asked = new Set<number>();
    const columns: Backend = {
      name: "columns",
      load(lowered, catalog) {
        const { evaluate } = plain.load(lowered, catalog);
        const noted = (event: TraceEvent) => {
          asked.add(event.id);
          return evaluate(event);
        };
        return { evaluate: noted, evaluateAll: oneByOne(noted) };
      },
    };
    const filter = on(columns, eventFiltersPoc).load(program.value, linux618);
    expect(rows.map((_, row) => filter.evaluate(chunk.at(row)))).toEqual(expected);
    const verdicts = newVerdicts(chunk.length);
    filter.evaluateAll(chunk, Bitset.ones(chunk.length), verdicts);
    const inBulk = rows.map((_, row) =>
      !verdicts.known.get(row) ? "unknown" : verdicts.allow.get(row) ? "allow" : "deny",
    );
    expect(inBulk).toEqual(expected);
    expect([...asked]).toEqual([linux618.byName("close")?.id]);
  });
});
