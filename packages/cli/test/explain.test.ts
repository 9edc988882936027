import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Explanation } from "@gatehouse/harness";
import pc from "picocolors";
import { afterAll, describe, expect, test } from "vitest";
import { type ExplainOptions, explain } from "../src/explain.js";
import { showExplanation } from "../src/explain-text.js";
import { EXIT } from "../src/failure.js";
import { capture } from "./capture.js";

const folder = mkdtempSync(join(tmpdir(), "gatehouse-explain-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const policy = file(
  "small.gate",
  `policy small
allow read if fd == 0
deny EACCES read if count > 4096
allow openat if dfd == AT_FDCWD && flags & O_ACCMODE == O_RDONLY
task nginx
allow socket if family == AF_UNIX
`,
);
const LINE = "  cat 10 [000]  1.000000001:   raw_syscalls:sys_enter: NR";
const trace = file(
  "small.perf.txt",
  `${LINE} 0 (0, 0, 0, 0, 0, 0)\n${LINE} nonsense\n${LINE} 1 (1, 0, 0, 0, 0, 0)\n`,
);
const DEFAULTS = { catalog: "6.18-x86_64", fails: "closed", policy } as const;

async function lines(event: string | undefined, options: Partial<ExplainOptions> = {}): Promise<string[]> {
  const { out } = await capture(() => explain(event, { ...DEFAULTS, ...options }));
  return out.trimEnd().split("\n");
}

describe("explain", () => {
  test("shows who decides, predicate by predicate, what would flip it, and each design's way", async () => {
    const shown = await lines("openat(dfd=AT_FDCWD, flags=O_CREAT|O_WRONLY)", { as: "sh > cat" });
    expect(shown.join("\n")).toBe(`policy  small
event   openat(dfd=0xffffff9c, filename=?, flags=65, mode=?)
        sh > cat
verdict kill
        no clause that names it matches, so the default decides: \`default kill\`

the clauses that name it
  line 4: allow openat if dfd == AT_FDCWD && flags & O_ACCMODE == O_RDONLY
    true      dfd == AT_FDCWD                dfd is 0xffffff9c
    false     flags & O_ACCMODE == O_RDONLY  flags is 0x41
    does not match

the smallest changes that would have it allowed
  of the event   flags=0x40
  of the policy  add \`allow openat if dfd == AT_FDCWD && flags == 0x41\`
                 \`default allow\`

designs                                 verdict  predicates  bytes
bitmask-2009@subset        approximate  deny              0      7
filter-engine-2010@v2      approximate  deny              0     11
event-filters-2011@poc     approximate  deny              0      3
event-filters-2011@vision  exact        deny              2    187

bitmask-2009@subset approximate, fails closed
  false   bit 257 of 470
  lost: a bit per call cannot look at arguments

filter-engine-2010@v2 approximate, fails closed
  false   a filter on openat
  lost: the kernels of 2011 have no \`&\`

event-filters-2011@poc approximate, fails closed
  false   an event on openat
  lost: the kernels of 2011 have no \`&\`

event-filters-2011@vision exact
  true    dfd == AT_FDCWD
  false   flags & O_ACCMODE == O_RDONLY`);
  });

  test.each<[string, Partial<ExplainOptions>, RegExp]>([
    [
      "read(fd=0, count=5000)",
      {},
      /line 3 decides; of those that match, `deny EACCES` is the most restrictive/,
    ],
    ["read(fd=0)", {}, /it hangs on `count`, which the event does not show/],
    ["read(fd=1)", {}, /deny, by which action is unknown the action hangs on `count`/],
    ["read(fd=0)", {}, /what would settle it allow with count=4096 deny with count=4097/],
    [
      "int80:read(fd=0, count=1)",
      {},
      /did not enter by the native path.* of the event the native entry path/,
    ],
    ["getpid()", {}, /no clause names it, so the default decides: `default kill`/],
    ["socket(family=1)", {}, /line 6: .* not for this task in `task nginx`/],
    ["socket(family=1)", { task: "nginx" }, /line 6: .* matches in `task nginx`, decides/],
    ["socket(family=1)", { as: "nginx > sh" }, /nginx > sh verdict allow/],
    ["vfs_getname()", {}, /no clause names it, so the policy has no say .* looks at nothing/],
  ])("of %s with %j says so", async (event, options, words) => {
    expect((await lines(event, options)).join(" ").replaceAll(/\s+/g, " ")).toMatch(words);
  });

  test("takes an event of a trace by its number, in which lines that make no sense do not count", async () => {
    const shown = await lines(undefined, { trace, event: "1" });
    expect(shown.slice(1, 4)).toEqual([
      "event   write(fd=1, buf=0, count=0)",
      "        event 1, cat (pid 10)",
      "verdict kill",
    ]);
  });

  test("fits its columns", async () => {
    const wide = file(
      "wide.gate",
      `allow mmap if ${"(prot & PROT_EXEC || len == 0) && ".repeat(20)}fd == 0\n`,
    );
    const shown = await lines("mmap(prot=0, len=1, fd=3, addr=0xffffffffffffffff)", { policy: wide });
    expect(shown.filter((line) => line.length > 80)).toEqual([]);
  });

  test.each(["read(fd=0)", "read(fd=0, count=1)", "openat(dfd=AT_FDCWD, flags=O_CREAT|O_WRONLY, mode=0)"])(
    "of %s is the same text in colours",
    async (event) => {
      const explanation: Explanation = JSON.parse((await lines(event, { json: true })).join("\n"));
      const [plain, coloured] = [false, true].map((on) =>
        showExplanation(explanation, "small", pc.createColors(on)),
      );
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
      expect(coloured?.replace(/\u001b\[\d+m/g, "")).toBe(plain);
      expect(coloured).not.toBe(plain);
    },
  );

  test("shortens what is long, and keeps a design's last step", async () => {
    const many = Array.from({ length: 40 }, (_, i) => `allow read if fd == ${i}\n`).join("");
    const shown = await lines("read(fd=99)", { policy: file("many.gate", many) });
    expect(shown).toContain("  and 28 more; --json lists them all");
    expect(shown.slice(-2)).toEqual(["  … 16 more", "  false   fd == 39"]);
  });

  test.each<[string | undefined, Partial<ExplainOptions>, RegExp]>([
    ["raed(fd=0)", {}, /event:1:1: .*`raed`\n {2}raed\(fd=0\)\n {2}\^~~~\nhint: did you mean `read`/],
    ["read(df=0)", {}, /event:1:6: .*`df`.*\n {2}read\(df=0\)\n {7}\^~\nhint: did you mean `fd`/],
    ["read(fd=0", {}, /event:1:10: `,` or `\)` should stand here\n {2}read\(fd=0\n {11}\^/],
    ["", {}, /event:1:1: an event is missing/],
    ["sched_process_exit(pid=1)", {}, /is not judged/],
    ["read(fd=0)", { event: "3" }, /`--event` is for an event of a trace/],
    ["read(fd=0)", { trace }, /`--trace` is for an event of a trace/],
    ["read(fd=0)", { as: "sh >" }, /`--as` names tasks/],
    ["read(fd=0)", { as: "sh > a-name-of-16-byte" }, /at most 15 bytes, and `a-name-of-16-byte` more/],
    ["read(fd=0)", { as: "sh", task: "sh" }, /one is enough/],
    [undefined, {}, /no event is given\nhint: type one/],
    [undefined, { event: "1", as: "sh" }, /`--as` says who makes a call that is typed/],
    [undefined, { event: "1.5" }, /`1\.5` is no number of an event/],
    [undefined, { event: "-1" }, /`-1` is no number of an event/],
    [
      undefined,
      { event: "2", trace },
      /no event 2: 2 events of `small\.perf\.txt` are judged, the last of them 1/,
    ],
    [undefined, { event: "1,000", trace }, /no event 1,000: /],
    [undefined, { event: "0", trace, task: "nobody" }, /there is no event 0: 0 events of /],
    [undefined, { event: "0", trace, strict: true, policy: trace }, /small\.perf\.txt:1:/],
    ["read(fd=0)", { designs: ["bitmask-2008"] }, /no design `bitmask-2008`; known:/],
    ["read(fd=0)", { catalog: "7.0" }, /no catalog `7\.0`/],
    ["read(fd=0)", { policy: join(folder, "no.gate") }, /there is no such file/],
  ])("%j with %j is bad input", async (event, options, words) => {
    const failure = { exitCode: EXIT.badInput, message: expect.stringMatching(words) };
    await expect(lines(event, options)).rejects.toMatchObject(failure);
  });
});
