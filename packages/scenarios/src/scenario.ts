// A Scenario is a policy, events, and the verdict that each must get. It is one text, so that a case can be read and
// written without knowing the code:
//
//   policy streams
//   default kill
//   allow read if fd == 0
//   ===
//   read(fd=0)      allow
//   read(fd=3)      deny
//   task sh > nginx                       who makes the calls that follow: a task and its ancestors' names
//   read()          unknown               a field left out is not known

import {
  type Catalog,
  Chunk,
  Dictionary,
  fail,
  type Policy,
  type Result,
  SLOTS,
  succeed,
  type Verdict,
} from "@gatehouse/core";
import { parseEvent, parsePolicy } from "@gatehouse/policies";

export type Scenario = {
  readonly name: string;
  readonly policy: Policy;
  /** One chunk; row i must get `expected[i]`. */
  readonly chunk: Chunk;
  readonly expected: readonly (Verdict | "unknown")[];
};

/** Reads a scenario's text. An error names the line at fault. */
export function parseScenario(name: string, text: string, catalog: Catalog): Result<Scenario, string> {
  const [policyText = "", eventText] = text.split(/^===$/m);
  if (eventText === undefined) return fail(`${name}: no line \`===\` between policy and events`);
  const policy = parsePolicy(policyText, catalog);
  if (!policy.ok) return fail(`${name}: ${policy.error[0]?.message}`);
  const lines = eventText.split("\n").filter((line) => line.trim() !== "");
  const chunk = new Chunk(catalog, new Dictionary(), { capacity: lines.length, slots: SLOTS });
  const expected: (Verdict | "unknown")[] = [];
  let task = addTask(chunk, ["sh"]);
  for (const line of lines) {
    const [, names] = /^\s*task (.+)$/.exec(line) ?? [];
    if (names !== undefined) {
      task = addTask(
        chunk,
        names.split(">").map((part) => part.trim()),
      );
      continue;
    }
    const [, call = "", verdict] = /^\s*(.*\))\s+(allow|deny|unknown)\s*$/.exec(line) ?? [];
    const event = parseEvent(call, catalog, chunk.dictionary);
    if (verdict === undefined || !event.ok) {
      return fail(`${name}: \`${line.trim()}\`: ${event.ok ? "no verdict" : event.error[0]?.message}`);
    }
    chunk.push(task, event.value.event, event.value.abi, event.value.values);
    expected.push(verdict === "allow" || verdict === "deny" ? verdict : "unknown");
  }
  return succeed({ name, policy: policy.value, chunk, expected });
}

function addTask(chunk: Chunk, lineage: readonly string[]): number {
  const comm = lineage.at(-1) ?? "";
  return (
    chunk.tasks.push({ pid: 100 + chunk.tasks.length, parent: null, comm, lineage: new Set(lineage) }) - 1
  );
}
