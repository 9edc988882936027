import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type CaseOptions, readCase } from "../src/case.js";
import { EXIT } from "../src/failure.js";
import { findDesign, findDesigns, variants } from "../src/known-designs.js";
import { capture } from "./capture.js";

const folder = mkdtempSync(join(tmpdir(), "gatehouse-case-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const LINE = "  cat 10 [000]  1.000000001:   raw_syscalls:sys_enter: NR";
const trace = file("small.perf.txt", `${LINE} 0 (0, 0, 0, 0, 0, 0)\n${LINE} nonsense\n`);
const policy = file("reading.gate", "policy reading\nallow read if fd == 0\n");
const huge = file("huge.gate", "");
truncateSync(huge, 100 * 1024 * 1024);

const DEFAULTS = { catalog: "6.18-x86_64", fails: "closed" } as const;

async function read(options: Partial<CaseOptions>) {
  const found = await readCase({ ...DEFAULTS, policy, trace, ...options });
  let rows = 0;
  for await (const chunk of found.trace) rows += chunk.length;
  return { ...found, rows };
}

describe("a case", () => {
  test("is a policy and a trace, with names for a report", async () => {
    const { rows, titles, policy, selection } = await read({});
    expect({ rows, titles, selection }).toEqual({
      rows: 1,
      titles: { policy: "reading", trace: "small.perf.txt", task: null, taskSide: false },
      selection: null,
    });
    expect(policy.policy.clauses.map(policy.showClause)).toEqual([
      { clause: "allow read if fd == 0", line: 2 },
    ]);
    expect(policy.showClause(null)).toEqual({ clause: "default kill", line: null });
  });

  test("of a task that the trace does not have says so, and is no error", async () => {
    const { finish } = await read({ task: "nobody" });
    const { err } = await capture(async () => finish(0));
    expect(err).toMatch(/no event of the trace is of a task `nobody`/);
  });

  test.each([
    [
      "another event",
      `${LINE.replace("raw_syscalls:sys_enter: NR", "sched:sched_switch: prev=1")}\n`,
      /2 lines? about something else, the first in line 1: /,
    ],
    [
      "tasks alone",
      `${LINE.replace("raw_syscalls:sys_enter: NR", "sched:sched_process_exit: comm=cat pid=10 prio=1")}\n`,
      /\d tasks? that come/,
    ],
  ])("with a trace without events (%s) says what is in there", async (_, text, message) => {
    await expect(read({ trace: file("none.perf.txt", text + text) })).rejects.toThrow(message);
  });

  test("is the embedded one where nothing is given", async () => {
    const { titles } = await readCase(DEFAULTS);
    expect(titles).toEqual({ policy: "nginx", trace: "nginx.perf.txt.gz", task: null, taskSide: false });
  });

  test.each<[string, Partial<CaseOptions>, RegExp]>([
    ["a policy that is missing", { policy: join(folder, "no.gate") }, /no\.gate: .*there is no such file/],
    ["a policy that is a directory", { policy: folder }, /it is a directory/],
    ["a policy that is no text", { policy: file("b.gate", Uint8Array.of(0x61, 0xff)) }, /not text in UTF-8/],
    [
      "a policy of 100 MB",
      { policy: huge },
      /huge\.gate: this is no policy: it is larger than 4,194,304 bytes/,
    ],
    ["a policy without end", { policy: "/dev/zero" }, /it is larger than/],
    ["a trace that is missing", { trace: join(folder, "no.txt") }, /no\.txt.*there is no such file/],
    ["a trace that is a directory", { trace: folder }, /it is a directory/],
    ["a trace that is none", { trace: policy }, /reading\.gate.* is not a trace/],
    ["an unreadable line where it matters", { strict: true }, /small\.perf\.txt: line 2: /],
    ["an unknown catalog", { catalog: "constructor" }, /no catalog `constructor`; known: 6\.18-x86_64, /],
    ["two texts from standard input", { policy: "-", trace: "-" }, /cannot both/],
  ])("with %s fails in words", async (_, options, words) => {
    const message = expect.stringMatching(words);
    await expect(read(options)).rejects.toMatchObject({ exitCode: EXIT.badInput, message });
  });
});

describe("a design", () => {
  test.each(["bitmask-2009@subset", "filter-engine-2010@v2", "event-filters-2011@poc"])(
    "%s is what its bare name means: the one that the mail counts",
    (id) => {
      expect(findDesign(id.split("@")[0] ?? "").id).toBe(id);
    },
  );

  test("several are found by one word, each once", () => {
    const ids = (...wanted: string[]) => findDesigns(wanted).map(({ id }) => id);
    const posted = ["bitmask-2009@subset", "filter-engine-2010@v2", "event-filters-2011@poc"];
    expect(findDesigns().map(({ id }) => id)).toEqual([...posted, "event-filters-2011@vision"]);
    expect(ids("posted")).toEqual(findDesigns().map(({ id }) => id));
    expect(ids("best")).toEqual([
      "bitmask-2009@and",
      "filter-engine-2010@corrected",
      "event-filters-2011@vision",
    ]);
    expect(ids("filter-engine-2010", "posted")).toHaveLength(4);
    expect(ids("all")).toEqual(variants.map(({ id }) => id));
  });

  test.each(variants.map((design) => [design.id, design] as const))("%s is found by its id", (id, design) => {
    expect(findDesign(id)).toBe(design);
  });

  test.each([["bitmask"], ["decide"], [""], ["bitmask-2009@or"]])(
    "`%s` is none, and the known ones are named",
    (id) => {
      expect(() => findDesign(id)).toThrow(
        /known: bitmask-2009@and, bitmask-2009@subset, filter-engine-2010@v2/,
      );
    },
  );
});
