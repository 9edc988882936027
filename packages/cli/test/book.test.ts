// The book says what the code does. Its blocks of code, its tables and its sessions are made anew and compared with what
// stands there (`npx vitest run -u` writes them); its policies are read and judged; its links lead somewhere.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { anchorsOf, linksOf, parsePage } from "./book/page.js";
import { gateOf, mistakesIn, policyOf } from "./book/policy.js";
import { weave } from "./book/weave.js";

const ROOT = join(import.meta.dirname, "../../..");
const DOCS = join(ROOT, "docs");
const read = (file: string) => readFileSync(file, "utf8");

/** A session takes a process for each command. */
const PATIENT = { timeout: 60_000 };

const PAGES = [
  "README",
  "2009",
  "2010",
  "2011",
  "2012",
  "task-side",
  "size",
  "back-ends",
  "policies",
  "traces",
  "filter-language",
  "surprises",
  "sources",
];

describe.each(PAGES)("docs/%s.md", (name) => {
  const file = join(DOCS, `${name}.md`);

  test("shows the source as it is, and what is printed", PATIENT, async () => {
    await expect(weave(read(file))).toMatchFileSnapshot(file);
  });

  test("has policies that can be read, and verdicts that are so", () => {
    let policy = "";
    for (const part of parsePage(read(file))) {
      if (part.kind !== "fence") continue;
      const [language, word] = part.info.split(" ");
      if (language === "gate") policy = part.lines.join("\n");
      if (word === "profile") policy = gateOf(part.lines.join("\n"));
      if (language === "gate" && word !== "refused") expect(() => policyOf(policy)).not.toThrow();
      if (language !== "verdicts") continue;
      expect(mistakesIn(policy, part.lines), `line ${part.at}`).toEqual([]);
    }
  });
});

test("every policy that is refused has its error beneath it", () => {
  const fences = parsePage(read(join(DOCS, "policies.md"))).filter((part) => part.kind === "fence");
  const refused = fences.flatMap(({ info }, i) => (info === "gate refused" ? [fences[i + 1]?.info] : []));
  expect(refused.length).toBeGreaterThan(0);
  expect(new Set(refused)).toEqual(new Set(["error"]));
});

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(DOCS, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file)),
];

test.each(pages)("the links of %s lead somewhere", (page) => {
  const dead = linksOf(read(join(ROOT, page))).filter((link) => {
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? join(ROOT, page) : join(dirname(join(ROOT, page)), path);
    if (!existsSync(target)) return true;
    return anchor !== undefined && target.endsWith(".md") && !anchorsOf(read(target)).includes(anchor);
  });
  expect(dead).toEqual([]);
});
