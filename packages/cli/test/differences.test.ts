// How the designs differ on each scenario is a committed file: a change to a cell is something a reviewer sees.
// `npx vitest run -u` writes it anew.

import { linux618 } from "@gatehouse/catalog";
import type { Compilation, Fails } from "@gatehouse/core";
import { scenarios } from "@gatehouse/scenarios";
import { expect, test } from "vitest";
import { variants } from "../src/known-designs.js";

test("docs/differences.md is what the designs say", async () => {
  const header = ["scenario", ...variants.map(({ id }) => id)];
  const rows = scenarios(linux618).map(({ name, policy }) => [
    name,
    ...variants.map((design) => cell((fails) => design.compile(policy, linux618, fails))),
  ]);
  const reasons = scenarios(linux618).flatMap(({ name, policy }) => {
    const byReason = new Map<string, string[]>();
    for (const design of variants) {
      const compiled = design.compile(policy, linux618);
      const why = compiled.kind === "exact" ? [] : compiled.lost.map(({ reason }) => reason);
      for (const reason of new Set(why)) byReason.set(reason, [...(byReason.get(reason) ?? []), design.id]);
    }
    const lost = [...byReason].map(([reason, ids]) => `- ${ids.join(", ")}: ${reason}`);
    return lost.length === 0 ? [] : [`### ${name}`, "", ...lost, ""];
  });
  const text = [
    PREAMBLE,
    line(header),
    line(header.map(() => "---")),
    ...rows.map(line),
    "",
    REASONS,
    "",
    ...reasons,
  ];
  await expect(`${text.join("\n").trimEnd()}\n`).toMatchFileSnapshot("../../../docs/differences.md");
});

/** Exact, or the directions in which it can be approximated. */
function cell(compile: (fails: Fails) => Compilation<unknown>): string {
  const kinds = (["closed", "open"] as const).map((fails) => [fails, compile(fails).kind] as const);
  if (kinds.every(([, kind]) => kind === "exact")) return "exact";
  const possible = kinds.filter(([, kind]) => kind === "approximate").map(([fails]) => fails);
  return possible.length === 0 ? "inexpressible" : `fails ${possible.join(" or ")}`;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

const PREAMBLE = `# What each design can say

Written by \`packages/cli/test/differences.test.ts\` from the scenarios of \`packages/scenarios/src/corpus.ts\`: *exact*, or the
direction in which an approximation must fail. A design that only *fails open* cannot say the policy without allowing too
much: failing closed, as is the default, it is inexpressible.
`;

const REASONS = "## What is lost, failing closed";
