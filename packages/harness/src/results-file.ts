// Results as files. A run on a tree that is not what was committed is not written, since nobody could make its figures
// again; who asks for it all the same has it marked. Needs Node.

import { readFileSync, writeFileSync } from "node:fs";
import { fail, type Result, succeed } from "@gatehouse/core";
import { tree } from "./machine.js";
import { type Results, rounded } from "./results.js";

/** Why results are not to be written from this tree; null where they may be. */
export function refusalToWrite(folder?: string): string | null {
  const { commit, isDirty } = tree(folder);
  if (!isDirty) return null;
  return `the tree differs from commit ${commit}: nobody could make these figures again, so they are not written (--dirty writes them, marked)`;
}

/** A figure a line, so that a difference between two files can be read; no number has more digits than samples have. */
export function writeResults(file: string, { figures, ...others }: Results): void {
  const lines = Object.entries(figures).map(([name, figure]) => {
    return `    ${JSON.stringify(name)}: ${JSON.stringify(figure)}`;
  });
  const rest = JSON.stringify(others, (_, value) => inSampleDigits(value), 2).slice(0, -2);
  writeFileSync(file, `${rest},\n  "figures": {\n${lines.join(",\n")}\n  }\n}\n`);
}

function inSampleDigits(value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? rounded(value) : value;
}

export function readResults(file: string): Result<Results, string> {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    return fail(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return isResults(read)
    ? succeed(read)
    : fail(`${file}: this is no results file of schema gatehouse.results/1`);
}

/** That its figures and relations can be compared; what else stands in it is whatever the benchmark wrote. */
function isResults(read: unknown): read is Results {
  if (!isRecord(read) || read.schema !== "gatehouse.results/1" || typeof read.name !== "string") return false;
  const { machine, figures, relations, details } = read;
  if (!isRecord(machine) || !isRecord(machine.processor) || !isRecord(details)) return false;
  if (!isRecord(figures) || !Object.values(figures).every(hasNumbers("value", "spread"))) return false;
  return Array.isArray(relations) && relations.every(hasNumbers("ratio", "spread"));
}

function hasNumbers(...keys: readonly string[]): (value: unknown) => boolean {
  return (value) => isRecord(value) && keys.every((key) => typeof value[key] === "number");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
