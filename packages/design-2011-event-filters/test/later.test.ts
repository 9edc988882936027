// What later work will do from outside, shown to need no change here: bring an event that no catalog has, and bring a
// back-end.

import { linux618 } from "@gatehouse/catalog";
import {
  applyRules,
  type Backend,
  Chunk,
  Dictionary,
  on,
  oneByOne,
  sectionSet,
  type TraceEvent,
  u64,
} from "@gatehouse/core";
import { eventFiltersVision } from "@gatehouse/design-2011-event-filters";
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
