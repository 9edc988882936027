// What a policy loses to the two calls that the proof of concept lets pass, and that its answers are alike by all ways.

import { linux618, linux2639, linux2639i386 } from "@gatehouse/catalog";
import {
  ABI,
  applyRules,
  type Catalog,
  Chunk,
  type Compilation,
  Dictionary,
  type Fails,
  isExactButForExempted,
} from "@gatehouse/core";
import { eventFiltersPoc, eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { parsePolicy } from "@gatehouse/policies";
import { describe, expect, test } from "vitest";

const EXECVE = "`execve` passes without an event, whatever a policy says";
const SET_THREAD_AREA = "`set_thread_area` passes without an event, whatever a policy says";

function compile(text: string, catalog: Catalog, fails: Fails = "closed", design = eventFiltersPoc) {
  const policy = parsePolicy(text, catalog);
  if (!policy.ok) throw new Error(policy.error[0]?.message);
  return design.compile(policy.value, catalog, fails);
}

function lostOf(compiled: Compilation<unknown>): string[] {
  if (compiled.kind === "exact") return [];
  return compiled.lost.map(
    ({ clause, reason, fails }) => `${clause?.event ?? "default"}, ${fails}: ${reason}`,
  );
}

describe("a default that refuses", () => {
  test("loses each of the two calls that the kernel has, and is said all the same", () => {
    const compiled = compile("allow read", linux2639i386);
    expect(compiled.kind).toBe("approximate");
    expect(isExactButForExempted(compiled)).toBe(true);
    expect(lostOf(compiled)).toEqual([`default, open: ${EXECVE}`, `default, open: ${SET_THREAD_AREA}`]);
  });

  test.each([linux2639, linux618])("loses no call that $title has not", (catalog) => {
    expect(lostOf(compile("allow read", catalog))).toEqual([`default, open: ${EXECVE}`]);
  });

  test("loses nothing where the policy allows the calls", () => {
    expect(compile("allow read\nallow execve", linux618).kind).toBe("exact");
    expect(compile("allow execve\nallow set_thread_area", linux2639i386).kind).toBe("exact");
  });

  test("loses nothing to the vision", () => {
    expect(compile("allow read", linux618, "closed", eventFiltersVision).kind).toBe("exact");
  });
});

describe("a clause on one of the calls", () => {
  test.each([
    ["kill execve", ["execve"]],
    ["allow execve if envp == 0", ["execve"]],
    ["allow execve\nkill execve if envp == 0", ["execve"]],
    ["default allow\ndeny EPERM execve", ["execve"]],
  ])("that does not let all of them pass cannot be said: %s", (text, lost) => {
    const compiled = compile(text, linux618);
    expect(compiled.kind).toBe("inexpressible");
    const here = compiled.kind === "exact" ? [] : compiled.lost.filter(({ reason }) => reason === EXECVE);
    expect(here.map(({ clause, fails }) => [clause?.event, fails])).toEqual(
      lost.map((event) => [event, "open"]),
    );
  });

  test("that refuses is said by one who asks to fail open", () => {
    const compiled = compile("allow read\nkill execve", linux618, "open");
    expect(compiled.kind).toBe("approximate");
    expect(isExactButForExempted(compiled)).toBe(false);
  });
});

test("an event on an exempt call decides nothing, by any way to ask", () => {
  const program = eventFiltersPoc.parse("-e syscalls:sys_enter_execve --filter 'envp == 1'\n", linux618);
  if (!program.ok) throw new Error(program.error[0]?.message);
  const filter = eventFiltersPoc.load(program.value, linux618);
  const [rules] = filter.lower().programs;
  if (rules === undefined) throw new Error("there is one program");
  const chunk = new Chunk(linux618, new Dictionary(), {
    tasks: [{ pid: 1, parent: null, comm: "sh", lineage: new Set(["sh"]) }],
  });
  const id = linux618.byName("execve")?.id ?? -1;
  const native = chunk.at(chunk.push(0, id, ABI.native, []));
  const other = chunk.at(chunk.push(0, id, ABI.int80, []));
  expect([filter.evaluate(native), applyRules(rules, native)]).toEqual(["allow", "allow"]);
  expect([filter.evaluate(other), applyRules(rules, other)]).toEqual(["deny", "deny"]);
  expect(filter.touched(native)).toEqual({ predicates: 0, bytes: 3 });
  expect(filter.steps(native)).toEqual([{ text: "execve needs no event", value: true }]);
});
