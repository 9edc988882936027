import type { DesignReport, Replay, Report } from "@gatehouse/harness";
import pc from "picocolors";
import { describe, expect, test } from "vitest";
import { showBriefly, showComparison, showCompilation } from "../src/comparison-text.js";
import { showReplay } from "../src/replay-text.js";
import { WIDTH } from "../src/text.js";

const plain = pc.createColors(false);
const titles = { policy: "nginx worker", trace: "nginx.perf.txt.gz", task: null, taskSide: false };
const witness = {
  event: 1_234_567,
  task: { pid: 4_194_304, comm: "nginx\u001b[2J" },
  call: `openat(${"filename=0x7ffd4085364c, ".repeat(8)})`,
};

const said: DesignReport = {
  design: "filter-engine-2010@corrected",
  title: "a filter string per system call",
  mark: "mended",
  origin: { by: "Gatehouse", date: "2026" },
  compilation: "approximate",
  fails: "closed",
  lost: Array.from({ length: 20 }, (_, i) => ({
    clause: `allow read if ${"fd == 0 || ".repeat(20)}fd == 1`,
    line: i === 0 ? null : i,
    reason: `${"a filter string holds a few predicates only, ".repeat(4)}and this one has more`,
    effect: null,
    fails: "closed",
  })),
  lostEvents: 12_000_000,
  actions: ["deny EPERM", "deny EACCES"],
  refusal: "kill",
  allow: 35_627_500,
  deny: 10_000_000,
  unknown: 0,
  killedInstead: 1_000,
  falseAllow: 0,
  falseDeny: 10_000_000,
  firstFalseAllow: null,
  firstFalseDeny: witness,
  codeSize: {
    ...{ adds: 312, standsOn: 12_345 },
    sides: { kernel: 200, user: 100, bench: 12 },
    types: { adds: 30, standsOn: 1_000 },
  },
  patch: { date: "11 May 2011", files: 18, added: 1_100, removed: 21 },
  cost: { nsPerEvent: 1_234.56, nsSpread: 12.3, predicatesPerEvent: 12.25, bytesPerEvent: 1_234.5 },
};

const unsaid: DesignReport = {
  ...said,
  ...{ design: "bitmask-2009@and", compilation: "inexpressible", fails: null, actions: [] },
  ...{ allow: null, deny: null, unknown: null, falseAllow: null, falseDeny: null, killedInstead: null },
  ...{ firstFalseDeny: null, codeSize: null, patch: null, cost: null },
  lost: [
    { clause: "default allow", line: null, reason: "the mask ends at 470", effect: null, fails: "closed" },
  ],
};

const report: Report = {
  schema: "gatehouse.compare/1",
  taskSide: false,
  policy: "nginx worker",
  catalog: "6.18.44 x86_64",
  trace: { events: 45_627_500, tasks: 12, unreadable: 3, lostEvents: 0 },
  decide: { allow: 45_627_500, deny: 0, unknown: 0 },
  sample: { events: 262_144, floorNsPerEvent: 4.06 },
  designs: [unsaid, said],
};

describe("a comparison", () => {
  const lines = showComparison(report, titles, plain).split("\n");
  const lineOf = (start: RegExp) => lines.find((line) => start.test(line));

  test("fits its columns", () => {
    expect(lines.filter((line) => line.length > WIDTH)).toEqual([]);
  });

  test("has rows for who wrote a design, what it says, its verdicts, and its lines", () => {
    expect(lineOf(/^filter-engine-2010@corrected +Gatehouse/)).toMatch(/Gatehouse, 2026 +mended$/);
    expect(lineOf(/^filter-engine-2010@corrected +approximate/)).toMatch(/20 +12,000,000$/);
    expect(lineOf(/^filter-engi.* 35,627,500/)).toMatch(/35,627,500 +10,000,000 +0 +10,000,000 +1,000$/);
    expect(lineOf(/^filter-engi.* 312/)).toMatch(/12,345 +\+1,100 −21 +12\.25 +1,234\.5$/);
  });

  test("says of exact verdicts where actions are not the policy's", () => {
    expect(showCompilation({ compilation: "exact", actions: ["deny ENOSYS"] })).toBe("exact but for actions");
    expect(showCompilation({ compilation: "exact", actions: [] })).toBe("exact");
  });

  test("briefly is its tables alone", () => {
    const brief = showBriefly({ ...report, designs: [unsaid, said, said, said] }, titles, plain).split("\n");
    expect(brief.length).toBeLessThanOrEqual(24);
    expect(brief).toContain("  lost with the default: numbers outside the table, which are always refused");
    expect(brief.filter((line) => line.length > WIDTH || line === "")).toEqual([]);
  });

  test("has dashes, no zeros, for a design that cannot say the policy", () => {
    expect(lineOf(/^bitmask-2009@and +–/)).toMatch(/–( +–){4}$/);
  });

  test("groups what is lost by its reason, with the places", () => {
    expect(lines).toContain("  1 clause: the mask ends at 470");
    expect(lineOf(/^ {2}20 clauses: a filter string holds/)).toBeDefined();
    expect(lines.join(" ").replaceAll(/ +/g, " ")).toMatch(/1, 2, 3, .*, …; --losses marks them all/);
  });

  test("shows the first mistake, and no escape sequence of a task's name", () => {
    expect(lines).toContain("  falsely denied: 10,000,000 events, the first:");
    expect(lines).toContain("    event 1,234,567, nginx\ufffd[2J (pid 4194304)");
    expect(lineOf(/^ {4}openat\(/)).toMatch(/…$/);
  });

  test("has a column for events that stay undecided only where there are some", () => {
    expect(lineOf(/^verdicts /)).not.toMatch(/unknown/);
    const many = { allow: 999_999, deny: 999_999, unknown: 999_999, falseAllow: 999_999, falseDeny: 999_999 };
    const unsure = { ...report, decide: many, designs: [unsaid, { ...said, ...many }] };
    const shown = showComparison(unsure, titles, plain);
    expect(shown).toMatch(/^verdicts .* unknown/m);
    expect(shown.split("\n").filter((line) => line.length > WIDTH)).toEqual([]);
  });

  test("marks losses in the policy's own lines, each reason once", () => {
    const lost = {
      clause: "allow read if fd == 0",
      line: 2,
      reason: "it cannot",
      effect: null,
      fails: "closed",
    } as const;
    const open = {
      clause: "default allow",
      line: null,
      reason: "no default",
      effect: null,
      fails: "open",
    } as const;
    const designs = [
      { ...unsaid, lost: [lost, open] },
      { ...said, lost: [lost] },
    ];
    const listing = (text: string) => {
      const shown = showComparison({ ...report, designs }, titles, plain, text).split("\n");
      return shown.slice(shown.indexOf("1 2"));
    };
    const policy = "policy p\nallow read if fd == 0  # input\n";
    const marked = ["c c  2  allow read if fd == 0  # input", "        1, 2: it cannot"];
    expect(listing(policy)).toEqual([
      ...["1 2", "     1  policy p", ...marked],
      ...["o ·     default allow", "        1: no default"],
    ]);
    expect(listing(`${policy}default allow\n`).slice(4)).toEqual([
      "o ·  3  default allow",
      "        1: no default",
    ]);
  });

  test("is the same text in colours", () => {
    const coloured = showComparison(report, titles, pc.createColors(true));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
    expect(coloured.replace(/\u001b\[\d+m/g, "").split("\n")).toEqual(lines);
  });
});

describe("a replay", () => {
  const outcomes = { allow: 1, deny: 2, kill: 30_000, unknown: 4 };
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`call_${i}`, outcomes]));
  const replay: Replay = {
    schema: "gatehouse.replay/1",
    taskSide: false,
    events: 30_007,
    unreadable: 0,
    lostEvents: 0,
    designs: { "bitmask-2009@and": { ...outcomes, byEvent: many }, decide: { ...outcomes, byEvent: {} } },
    inexpressible: { "filter-engine-2010@corrected": ["it has no object events"] },
    firstDivergence: { ...witness, verdicts: { "bitmask-2009@and": "allow", decide: "deny" } },
  };
  const lines = showReplay(replay, { ...titles, task: "nginx" }, plain).split("\n");

  test("fits its columns", () => {
    expect(lines.filter((line) => line.length > WIDTH)).toEqual([]);
  });

  test("counts, names what was refused, and shows the first difference", () => {
    expect(lines).toContain("bitmask-2009@and      1     2  30,000        4");
    expect(lines.join(" ").replaceAll(/\s+/g, " ")).toMatch(/call_0 30,002, .*and 8 others/);
    expect(lines).toContain("    bitmask-2009@and  allow");
    expect(lines).toContain("    decide            deny");
  });

  test("says why a design is missing", () => {
    expect(lines).toContain("filter-engine-2010@corrected cannot say this policy");
    expect(lines).toContain("  it has no object events");
  });
});
