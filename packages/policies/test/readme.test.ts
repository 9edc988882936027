import { readFileSync } from "node:fs";
// #region example
import { linux618 } from "@gatehouse/catalog";
import { Chunk, Dictionary, decide } from "@gatehouse/core";
import { parseEvent, parsePolicy, printClause } from "@gatehouse/policies";
import { expect, test } from "vitest";

const dictionary = new Dictionary();
const policy = parsePolicy("default kill\nallow write if fd == 1 || fd==2", linux618);
const event = parseEvent("write(fd=2)", linux618, dictionary);
if (!policy.ok || !event.ok) throw new Error("a text is at fault: its error says where");

const task = { pid: 1, parent: null, comm: "cat", lineage: new Set(["cat"]) };
const chunk = new Chunk(linux618, dictionary, { tasks: [task] });
const row = chunk.push(0, event.value.event, event.value.abi, event.value.values);
const { verdict } = decide(policy.value, chunk.at(row)); // "allow"
const lines = policy.value.clauses.map((clause) => printClause(clause, linux618));
// ["allow write if fd == 1 || fd == 2"]
// #endregion

test("the example of the README does what it says", () => {
  expect(verdict).toBe("allow");
  expect(lines).toEqual(["allow write if fd == 1 || fd == 2"]);
});

test("and is this one", () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
  const [, region = ""] = /#region example\n([\s\S]*?)\/\/ #endregion/.exec(read("readme.test.ts")) ?? [];
  expect(read("../README.md")).toContain(region);
});
