// Each claim's ruling, and the facts that make it: a change of either is a change of what we say about the debate.

import { linux2639 } from "@gatehouse/catalog";
import { type Design, toByteString } from "@gatehouse/core";
import { parseFilter } from "@gatehouse/ftrace";
import { type Apparatus, claims, type Fact, rule, variantOf } from "@gatehouse/scenarios";
import { describe, expect, test } from "vitest";
import { variants } from "./variants.js";

const apparatus: Apparatus = {
  designs: variants,
  codeSize: () => null,
  refusal(filter, event, dialect) {
    const format = linux2639.byName(event);
    if (format === undefined) throw new RangeError(event);
    const parsed = parseFilter(toByteString(filter), format, dialect);
    return parsed.ok ? null : (parsed.error[0]?.message ?? "");
  },
};

function evidenceOf(id: string, changes: Partial<Apparatus> = {}): readonly Fact[] {
  const claim = claims.find((each) => each.id === id);
  if (claim === undefined) throw new RangeError(id);
  return claim.experiment({ ...apparatus, ...changes });
}

const texts = (facts: readonly Fact[], speaks: Fact["speaks"]) =>
  facts.filter((fact) => fact.speaks === speaks).map(({ text }) => text);

test.each([
  [["for"], "supported"],
  [["against", "neither"], "refuted"],
  [["for", "against"], "mixed"],
  [["neither"], "untestable"],
  [[], "untestable"],
] as const)("facts that speak %j: %s", (speaks, ruling) => {
  expect(rule(speaks.map((each) => ({ text: "", speaks: each })))).toBe(ruling);
});

test("claims have ids of their own, in the order of the ledger", () => {
  const ids = claims.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
});

describe("C01, the smallest patch", () => {
  const sized = (lines: Readonly<Record<string, readonly [number, number]>>) => (design: Design) => {
    const [adds, standsOn] = lines[variantOf(design)] ?? [0, 0];
    return { adds, standsOn };
  };

  test("is settled by the mail's own count alone where no source is here", () => {
    const evidence = evidenceOf("C01");
    expect(rule(evidence)).toBe("supported");
    expect(texts(evidence, "for")).toEqual([
      "lines added, by the mail's diffstats: bitmask-2009@and 194, filter-engine-2010@v2 1100, event-filters-2011@poc 82",
    ]);
  });

  test("is mixed where what it stands on is more", () => {
    const codeSize = sized({ and: [200, 10], v2: [500, 900], poc: [90, 900] });
    const evidence = evidenceOf("C01", { codeSize });
    expect(rule(evidence)).toBe("mixed");
    expect(texts(evidence, "against")).toEqual([
      "lines that it adds and stands on: bitmask-2009@and 210, filter-engine-2010@v2 1400, event-filters-2011@poc 990",
    ]);
  });
});

test("C12, a test of labels: refused by the language of its day, taken by the extended one", () => {
  expect(evidenceOf("C12").map(({ text, speaks }) => [speaks, text])).toEqual([
    ["against", "the filter language of 2.6.39 refuses it: invalid operator"],
    ["against", "the filter language of 6.18 refuses it: invalid value (did you forget quotes)?"],
    ["for", "the filter language of extended takes it as it is written"],
  ]);
});

test("C22, only narrower: all but v2 and the proof of concept, each with its shortest history", () => {
  const evidence = evidenceOf("C22");
  expect(rule(evidence)).toBe("mixed");
  expect(texts(evidence, "for").map((text) => text.split(":")[0])).toEqual([
    ...["and", "subset", "shipped", "corrected"],
  ]);
  expect(texts(evidence, "against")).toEqual([
    'v2: the task gains read(fd=2) by prctl SET_SECCOMP_FILTER read "fd == 0"; prctl SET_SECCOMP filter; prctl SET_SECCOMP_FILTER read "fd == 1 || fd == 2"',
    "poc: the task gains write(fd=1) by perf_event_open read inherit require_secure; perf_event_open write",
  ]);
});

test("C23, not removed by children: all but v2 and the proof of concept", () => {
  const evidence = evidenceOf("C23");
  expect(rule(evidence)).toBe("mixed");
  expect(texts(evidence, "for").map((text) => text.split(":")[0])).toEqual([
    ...["and", "subset", "shipped", "corrected"],
  ]);
  expect(texts(evidence, "against")).toEqual([
    'v2: after a child\'s `prctl SET_SECCOMP_FILTER read "fd == 1 || fd == 2"` the child may do read(fd=2)',
    "poc: after a child's `ioctl 3 DISABLE` the parent may do read(fd=1)",
    "poc: after a child's `perf_event_open write` the child may do write(fd=1)",
  ]);
});

test("that the vision keeps to what it was made from is no evidence", () => {
  const neither = ["C22", "C23", "C25"].map((id) => texts(evidenceOf(id), "neither").join("\n"));
  for (const text of neither) expect(text).toMatch(/^vision.*; it was rebuilt from this claim/m);
});

test("C25, inherited: by all but the proof of concept", () => {
  const evidence = evidenceOf("C25");
  expect(rule(evidence)).toBe("mixed");
  expect(texts(evidence, "against")).toEqual([
    "poc, fork: may now do read(fd=1), read(fd=2)",
    "poc, clone: may now do read(fd=1), read(fd=2)",
  ]);
  expect(texts(evidence, "for")).toContain("v2, exec: all as before");
});

test("C47, new calls: closed by a list of what is allowed, open by rules that say what to deny", () => {
  const evidence = evidenceOf("C47");
  const everybody = "and, subset, v2, shipped, corrected, poc, vision";
  expect(rule(evidence)).toBe("mixed");
  expect(texts(evidence, "for")).toContain(
    `a list of what is allowed, compiled again for the new kernel: \`sendmmsg\` is refused by ${everybody}`,
  );
  expect(texts(evidence, "against")).toEqual([
    `rules that say what to deny, compiled again for the new kernel: \`sendmmsg\` is allowed by ${everybody}`,
    "rules that say what to deny, as they mean it: `sendmmsg` is allowed",
  ]);
});
