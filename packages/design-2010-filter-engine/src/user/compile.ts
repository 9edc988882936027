// Policy → a filter string per call, in the language that the kernel's tracing had.

import {
  type Catalog,
  type Clause,
  clausesByEvent,
  type EventFormat,
  type Fails,
  type Loss,
  lossesBeyondCalls,
  permits,
  type Result,
  type TaskPolicy,
} from "@gatehouse/core";
import { printFilter } from "@gatehouse/ftrace";
import { type Generation, overruns, recordSize } from "../kernel/generation.js";
import { type FilterEngine, WILDCARD } from "../kernel/program.js";

export function compile(
  policy: TaskPolicy,
  catalog: Catalog,
  fails: Fails,
  generation: Generation,
): { program: FilterEngine; lost: Loss[] } {
  const byEvent = clausesByEvent(policy, catalog);
  const lost = lossesBeyondCalls(policy, byEvent);
  const filters: { nr: number; filter: string }[] = [];
  for (const format of catalog.formats) {
    if (format.kind !== "syscall") continue;
    const clauses = byEvent.get(format);
    const filter = clauses === undefined ? unnamed(policy) : sayFilter(policy, format, clauses, generation);
    if (filter.ok) {
      if (filter.value !== null) filters.push({ nr: format.id, filter: filter.value });
      continue;
    }
    if (fails === "open") filters.push({ nr: format.id, filter: WILDCARD });
    for (const clause of clauses ?? []) {
      if (clause.condition.kind !== "constant") lost.push({ clause, reason: filter.error, fails });
    }
  }
  if (policy.default.kind === "allow") {
    const reason =
      "a filter hangs on a call of the table: a number that the table does not have is always refused";
    lost.push({ clause: null, reason, fails: "closed" });
  }
  return { program: { filters }, lost };
}

function unnamed(policy: TaskPolicy): Result<string | null, string> {
  return { ok: true, value: policy.default.kind === "allow" ? WILDCARD : null };
}

/** The call's filter, null where it is never allowed, or why it cannot be said. */
function sayFilter(
  policy: TaskPolicy,
  format: EventFormat,
  clauses: readonly Clause[],
  generation: Generation,
): Result<string | null, string> {
  const condition = permits(policy, clauses);
  if (condition.kind === "constant") return { ok: true, value: condition.value ? WILDCARD : null };
  if (format.event === null) {
    return { ok: false, error: "tracing does not cover the call, so only `1` works on it" };
  }
  if (overruns(generation, format)) {
    const sizes = `${recordSize(format)} bytes and its buffer ${generation.recordBytes}`;
    return { ok: false, error: `the call's record has ${sizes}: only \`1\` works on it` };
  }
  const printed = printFilter(condition, format, generation.dialect);
  if (!printed.ok)
    return { ok: false, error: [...new Set(printed.error.map(({ reason }) => reason))].join("; ") };
  if (printed.value.length > generation.maxBytes) {
    const bytes = printed.value.length;
    return { ok: false, error: `its filter has ${bytes} bytes and prctl takes ${generation.maxBytes}` };
  }
  return printed;
}
