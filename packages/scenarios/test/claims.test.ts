// Each claim's ruling, and the facts that make it: a change of either is a change of what we say about the debate.

import { readFileSync } from "node:fs";
import { linux2639 } from "@gatehouse/catalog";
import { type Design, toByteString } from "@gatehouse/core";
import { parseFilter } from "@gatehouse/ftrace";
import {
  type Apparatus,
  type Claim,
  claims,
  type Fact,
  rule,
  type Settled,
  settle,
} from "@gatehouse/scenarios";
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

function settled(id: string, changes: Partial<Apparatus> = {}): Settled {
  const claim = claims.find((each) => each.id === id);
  if (claim === undefined) throw new RangeError(id);
  return settle(claim, { ...apparatus, ...changes });
}

const texts = (facts: readonly Fact[], speaks: Fact["speaks"]) =>
  facts.filter((fact) => fact.speaks === speaks).map(({ text }) => text);

/** The variants that facts begin with. */
const whoOf = (facts: readonly string[]) => facts.map((text) => text.split(/[:,]/)[0]);

test.each([
  [["for"], "supported"],
  [["against", "neither"], "refuted"],
  [["for", "against"], "mixed"],
  [["neither"], "untestable"],
  [[], "untestable"],
] as const)("facts that speak %j: %s", (speaks, ruling) => {
  expect(rule(speaks.map((each) => ({ text: "", speaks: each })))).toBe(ruling);
});

describe("a claim", () => {
  const found = (evidence: readonly Fact[], comparison: readonly Fact[]): Claim => ({
    id: "C99",
    who: "nobody",
    where: [],
    proposition: "",
    subject: { design: "event-filters-2011@poc", scope: null },
    experiment: () => ({ evidence, comparison }),
  });
  const pro: Fact = { text: "", speaks: "for" };
  const contra: Fact = { text: "", speaks: "against" };

  test("is settled by the evidence about its subject, whatever else was observed", () => {
    expect(settle(found([contra], [pro]), apparatus)).toMatchObject({ ruling: "refuted", why: null });
    expect(settle(found([], [pro, contra]), apparatus)).toMatchObject({ ruling: "untestable", why: null });
  });

  test("says why its ruling is mixed", () => {
    expect(settle(found([pro, contra, contra], []), apparatus)).toMatchObject({
      ruling: "mixed",
      why: "of what was observed of event-filters-2011@poc, 1 fact speaks for the claim and 2 against it",
    });
  });
});

test("claims have ids of their own, in the order of the ledger", () => {
  const ids = claims.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
});

test("the subject of a claim is a variant that there is", () => {
  const known = variants.map(({ id }) => id);
  for (const { subject } of claims) expect(known).toContain(subject.design);
});

test("the mails that claims cite stand in the list of sources, with the same Message-ID", () => {
  const sources = readFileSync(new URL("../../../docs/sources.md", import.meta.url), "utf8").split("\n");
  const cited = claims.flatMap(({ where }) => where);
  for (const { mail, id } of cited) {
    const rows = sources.filter(
      (line) => line.startsWith("|") && line.split("|")[1]?.match(/\w+/g)?.includes(mail),
    );
    expect(rows, mail).not.toEqual([]);
    if (id !== null) expect(rows.join("\n"), mail).toContain(`\`${id}\``);
  }
});

describe("C01, the smallest patch", () => {
  test("is supported by the mail's own count of lines inserted, with or without the source of the rebuilt ones", () => {
    const counted = { adds: 90, standsOn: 900 };
    for (const codeSize of [() => null, () => counted]) {
      const { ruling, evidence } = settled("C01", { codeSize });
      expect(ruling).toBe("supported");
      expect(texts(evidence, "for")).toEqual([
        "lines inserted, by the mail's diffstats: bitmask-2009@subset 194, filter-engine-2010@v2 1100, event-filters-2011@poc 82",
      ]);
      expect(texts(evidence, "neither").join()).toMatch(
        /^beyond the inserted lines the patches do not compare/,
      );
    }
  });

  test("shows lines of TypeScript beside it, which speak for nothing", () => {
    const { comparison } = settled("C01", { codeSize: () => ({ adds: 90, standsOn: 900 }) });
    expect(comparison).toEqual([
      { speaks: "neither", text: expect.stringContaining("event-filters-2011@poc 90 and 900") },
    ]);
  });

  test("is refuted where another patch inserts as few lines", () => {
    const designs: Design[] = variants.map((each) =>
      each.id === "bitmask-2009@subset" && each.patch !== null
        ? { ...each, patch: { ...each.patch, added: 82 } }
        : each,
    );
    expect(settled("C01", { designs }).ruling).toBe("refuted");
  });
});

test("C07, masks of calls: said by the filter engine, and not where tracing does not cover a call", () => {
  const { ruling, comparison } = settled("C07");
  expect(ruling).toBe("supported");
  expect(texts(comparison, "against")).toEqual([
    "event-filters-2011@poc: says 0 of 12 random masks; of another: tracing does not cover `pread64`, so no event can match it",
    "event-filters-2011@vision: says 0 of 12 random masks; of another: tracing does not cover `pread64`, so no event can match it",
  ]);
});

test("C09, commands of ioctl: chosen by all designs that see arguments", () => {
  const { ruling, evidence, comparison } = settled("C09");
  expect(ruling).toBe("supported");
  expect(texts(evidence, "for")).toEqual([
    "filter-engine-2010@v2 answers ioctl with allow for FIOASYNC, allow for FIONREAD, deny for TIOCSTI, deny for 0",
  ]);
  expect(whoOf(texts(comparison, "against"))).toEqual(["bitmask-2009@and", "bitmask-2009@subset"]);
});

test("C13, the mail's own rules: all but two are filters of 2.6.39", () => {
  const { ruling, why, evidence } = settled("C13");
  expect(ruling).toBe("mixed");
  expect(why).toBe(
    "of what was observed of event-filters-2011@poc, 6 facts speak for the claim and 2 against it",
  );
  expect(texts(evidence, "against")).toEqual([
    "`from != 128 || num != 1` on ioperm: tracing has no event of this call",
    "`addr < 0x00100000` on mprotect: is refused: field not found",
  ]);
});

test("C24, not seen by children: the text is not shown, the inherited files are", () => {
  const { ruling, evidence, comparison } = settled("C24");
  expect(ruling).toBe("mixed");
  expect(evidence.map(({ text, speaks }) => [speaks, text])).toEqual([
    [
      "for",
      "event-filters-2011@poc: a child is told the same with and without filters: `proc`, `prctl GET_SECCOMP`, `prctl GET_SECCOMP_FILTER read`",
    ],
    [
      "against",
      "event-filters-2011@poc: a child is told otherwise where there are filters: `ioctl 3 ENABLE`, `close 3`",
    ],
  ]);
  expect(texts(comparison, "against")).toContain(
    "filter-engine-2010@v2: a child is told otherwise where there are filters: `proc`, `prctl GET_SECCOMP`, `prctl GET_SECCOMP_FILTER read`",
  );
});

test("C12, a test of labels: refuted by the language of its day; what the extended one takes is no evidence", () => {
  const { ruling, evidence, comparison } = settled("C12");
  expect(ruling).toBe("refuted");
  expect(evidence).toEqual([
    { speaks: "against", text: "the filter language of 2.6.39 refuses it: invalid operator" },
  ]);
  expect(comparison.map(({ text, speaks }) => [speaks, text])).toEqual([
    ["against", "the filter language of 6.18 refuses it: invalid value (did you forget quotes)?"],
    [
      "neither",
      "the filter language of extended takes it as it is written; this language was made to take it, so that is no evidence",
    ],
  ]);
});

test("C22, only narrower: refuted by the proof of concept, with the shortest history", () => {
  const { ruling, evidence, comparison } = settled("C22");
  expect(ruling).toBe("refuted");
  expect(evidence.map(({ text, speaks }) => [speaks, text])).toEqual([
    [
      "against",
      "event-filters-2011@poc: the task gains write(fd=1) by perf_event_open read inherit require_secure; perf_event_open write",
    ],
  ]);
  expect(whoOf(texts(comparison, "for"))).toEqual(["bitmask-2009@and", "bitmask-2009@subset"]);
  const against = texts(comparison, "against");
  expect(against).toContain(
    'filter-engine-2010@v2: the task gains read(fd=2) by prctl SET_SECCOMP_FILTER read "fd == 0"; prctl SET_SECCOMP filter; prctl SET_SECCOMP_FILTER read "fd == 1 || fd == 2"',
  );
  expect(against.find((text) => text.startsWith("filter-engine-2010@shipped"))).toMatch(
    /: the task gains read\(fd=1\) by .*; prctl SET_SECCOMP_FILTER read "fd == 0\) \|\| \(fd == 1"$/,
  );
});

test("C23, not removed by children: refuted by the proof of concept", () => {
  const { ruling, evidence, comparison } = settled("C23");
  expect(ruling).toBe("refuted");
  expect(evidence.map(({ text, speaks }) => [speaks, text])).toEqual([
    ["against", "event-filters-2011@poc: after a child's `ioctl 3 DISABLE` the parent may do read(fd=1)"],
    [
      "against",
      "event-filters-2011@poc: after a child's `perf_event_open write` the child may do write(fd=1)",
    ],
  ]);
  expect(whoOf(texts(comparison, "for"))).toEqual([
    "bitmask-2009@and",
    "bitmask-2009@subset",
    "filter-engine-2010@shipped",
  ]);
  expect(texts(comparison, "against")).toContain(
    'filter-engine-2010@v2: after a child\'s `prctl SET_SECCOMP_FILTER read "fd == 1 || fd == 2"` the child may do read(fd=2)',
  );
});

test("that a variant keeps to what it was made from is no evidence", () => {
  for (const id of ["C22", "C23", "C25"]) {
    const neither = texts(settled(id).comparison, "neither");
    const made = neither.filter((text) =>
      text.endsWith("; it was made to keep to the claims, so that is no evidence"),
    );
    expect(new Set(whoOf(made))).toEqual(
      new Set(["filter-engine-2010@corrected", "event-filters-2011@vision"]),
    );
  }
});

test("C25, inherited: refuted by the proof of concept, and exec is no inheritance", () => {
  const { ruling, evidence, comparison } = settled("C25");
  expect(ruling).toBe("refuted");
  expect(evidence.map(({ text, speaks }) => [speaks, text])).toEqual([
    ["against", "event-filters-2011@poc, fork: may now do read(fd=1), read(fd=2)"],
    ["against", "event-filters-2011@poc, clone: may now do read(fd=1), read(fd=2)"],
  ]);
  expect(texts(comparison, "for")).toContain("filter-engine-2010@v2, fork: all as before");
  expect(texts(comparison, "for")).toContain(
    "filter-engine-2010@v2, exec, which makes no child: all as before",
  );
});

test("C47, new calls: closed by a list of what is allowed; rules that say what to deny stand beside it, open", () => {
  const { ruling, evidence, comparison } = settled("C47");
  expect(ruling).toBe("supported");
  expect(evidence.map(({ text, speaks }) => [speaks, text])).toEqual([
    ["for", "a list of what is allowed: `sendmmsg` is refused by event-filters-2011@poc"],
    [
      "for",
      "a list of what is allowed, compiled again for the new kernel: `sendmmsg` is refused by event-filters-2011@poc",
    ],
  ]);
  const everybody = variants.map(({ id }) => id).join(", ");
  expect(texts(comparison, "against")).toEqual([
    `rules that say what to deny, compiled again for the new kernel: \`sendmmsg\` is allowed by ${everybody}`,
    "rules that say what to deny, as they mean it: `sendmmsg` is allowed",
    "a list of what is allowed, as a seccomp program on 6.18.44: `uretprobe` (335) passes by the native entry path",
    "a list of what is allowed, as a seccomp program on 6.18.44: `uprobe` (336) passes by the native entry path",
  ]);
});
