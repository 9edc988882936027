// What the patches got wrong, and the tests by which the variants have it.

import { readFileSync } from "node:fs";

type Bug = {
  readonly bug: string;
  readonly variant: string;
  /** Below packages/. */
  readonly file: string;
  /** By their names. */
  readonly tests: readonly string[];
};

const ENGINE = "design-2010-filter-engine/test/bugs.test.ts";
const EVENTS = "design-2011-event-filters/test/task.test.ts";

const BUGS: readonly Bug[] = [
  {
    bug: "the AND that widens",
    variant: "2010@v2",
    file: ENGINE,
    tests: ["@v2: `(old) && new` without parentheses lets pass what neither said alone"],
  },
  {
    bug: "the text that breaks out of its parentheses",
    variant: "2010@array, @shipped",
    file: ENGINE,
    tests: [
      "@shipped: `fd == 0` narrowed by it lets fd 1 pass",
      "@array: a child loosens the filter that its parent set",
    ],
  },
  {
    bug: "the wildcard that cannot be narrowed",
    variant: "2010@v2",
    file: ENGINE,
    tests: ["@v2: `(1) && fd == 0` is no filter"],
  },
  {
    bug: "the compat test that is inverted",
    variant: "2010@v2",
    file: ENGINE,
    tests: [
      "@v2 with CONFIG_COMPAT: every native task dies of its next call",
      "@v2 with CONFIG_COMPAT: `int 0x80` is let through, and looked up in the native table",
      "@v2 with CONFIG_COMPAT: a 32-bit task that jumps to 64-bit code is let through likewise",
    ],
  },
  {
    bug: "FILTER_ON_EXEC that never ends",
    variant: "2010@v2",
    file: ENGINE,
    tests: ["@v2: an execve that the set lets pass leaves the flag, and nothing is ever enforced"],
  },
  {
    bug: "the text of 255 bytes without an end",
    variant: "2010@v2",
    file: ENGINE,
    tests: ["@v2: 255 bytes fill the copy, and a zero behind it on the stack cuts the text off"],
  },
  {
    bug: "what is behind byte 255 is cut off in silence",
    variant: "2010@shipped",
    file: ENGINE,
    tests: ["@shipped: what is behind byte 255 is cut off, and nobody is told"],
  },
  {
    bug: "the record of six arguments in 64 bytes",
    variant: "2010@v2, @array, @shipped",
    file: ENGINE,
    tests: [
      "@shipped: a filter on such a call is taken, and the first use of the call kills, without a line in the log",
    ],
  },
  {
    bug: "the table that counts wrongly",
    variant: "2010@v2",
    file: ENGINE,
    tests: ["@v2: FilterCount is one too high after a filter was narrowed, until the next change"],
  },
  {
    bug: "the copy that parses every text again",
    variant: "2010@v2, @array, @shipped",
    file: ENGINE,
    tests: ["%s: n filters cost n (n + 1) / 2 texts"],
  },
  {
    bug: "mode 2 without filters behind it",
    variant: "2010@v2",
    file: ENGINE,
    tests: ["@v2: mode 2 can be set in a kernel without filters, and every call is killed without a line"],
  },
  {
    bug: "slots that are never given back",
    variant: "2010@array",
    file: ENGINE,
    tests: ["@array: slots of `1` are never given back, and after 65,533 of them the kernel oopses"],
  },
  {
    bug: "the width bypass, `fd != 2`",
    variant: "2010, 2011",
    file: ENGINE,
    tests: ["%s: `fd != 2` lets 0x100000002 pass, which write takes for 2"],
  },
  {
    bug: "the same by events",
    variant: "2011",
    file: EVENTS,
    tests: ["registers are 64 bits wide: `fd != 2` lets 0x100000002 pass, which write takes for 2"],
  },
  {
    bug: "filters that are lost on fork",
    variant: "2011@poc",
    file: EVENTS,
    tests: ["filters are lost on fork: a child's events match everything"],
  },
  {
    bug: "events that their owner removes",
    variant: "2011@poc",
    file: EVENTS,
    tests: [
      "an event is its owner's to remove: %s",
      "prctl 31 switches all of a task's own events off, and 32 on",
      "who has the file has the event, a child too; what it does reaches the copies",
    ],
  },
  {
    bug: "one more event opens what was shut",
    variant: "2011@poc",
    file: EVENTS,
    tests: ["one more event opens what the others left shut"],
  },
  {
    bug: "calls without metadata",
    variant: "2010",
    file: ENGINE,
    tests: ["on %s they are those that the catalog counts: `1` and nothing else works on them"],
  },
  {
    bug: "no part in calls by `int 0x80`",
    variant: "2011",
    file: EVENTS,
    tests: ["calls that come in by `int 0x80` are refused: perf's events have no part in them"],
  },
];

const PACKAGES = new URL("../../../", import.meta.url);

/** A row for each bug. A test that is not there under its name is an error. */
export function bugRows(): string[][] {
  return BUGS.map(({ bug, variant, file, tests }) => {
    const text = readFileSync(new URL(file, PACKAGES), "utf8");
    const missing = tests.filter((name) => !text.includes(`"${name}"`));
    if (missing.length > 0) throw new ReferenceError(`${file} has no test “${missing.join("”, “")}”`);
    return [bug, variant, tests.map(escaped).join("; "), `[${file.split("/")[0]}](../packages/${file})`];
  });
}

/** What a table would take for the end of a cell. */
function escaped(name: string): string {
  return name.replaceAll("|", "\\|");
}
