// The book's tables: every number in them is counted here.

import { readFileSync } from "node:fs";
import { catalogs, constants, errnos, linux618 } from "@gatehouse/catalog";
import { MAX_SECTIONS, type Policy } from "@gatehouse/core";
import { bitmaskAnd } from "@gatehouse/design-2009-bitmask";
import { KERNEL_ERRORS, KERNEL_ERRORS_2011, MAX_FILTER_BYTES, MAX_NESTING } from "@gatehouse/ftrace";
import { LIMITS } from "@gatehouse/policies";
import { features, variantOf } from "@gatehouse/scenarios";
import { findDesigns, variants } from "../../src/known-designs.js";
import { showHas } from "../../src/size-text.js";
import { number } from "../../src/text.js";
import {
  KERNEL_HEAD,
  kernelRows,
  orderLines,
  RACE_HEAD,
  RELATION_HEAD,
  raceRows,
  relationRows,
  sweepTable,
} from "./back-end-cost.js";
import { policyOf } from "./policy.js";
import { runLines } from "./results.js";
import { taskSideTable } from "./task-side.js";
import { bugRows } from "./task-side-bugs.js";
import { DEPTH_HEAD, depthRows, ENTRY_HEAD, entryRows } from "./task-side-cost.js";

/** Of the benchmark `curves`, those that the book shows. */
const SWEEPS = [
  "calls allowed",
  "predicates",
  "nesting, by number",
  "foreign events",
  "place among 300 calls",
];

export const tables: Readonly<Record<string, () => readonly string[]>> = {
  calls: callTable,
  uncovered: uncoveredCalls,
  masks: maskTable,
  patches: patchTable,
  limits: limitTable,
  features: featureTable,
  "other-events": otherEventTable,
  "named-values": namedValueTable,
  "errors-6.18": () => errorTable(KERNEL_ERRORS),
  "errors-2011": () => errorTable(KERNEL_ERRORS_2011),
  "task-side": taskSideTable,
  "task-side-bugs": () => table(["what", "in", "its tests", "where"], bugRows()),
  "task-side-entries": () => table(ENTRY_HEAD, entryRows()),
  "task-side-depth": () => table(DEPTH_HEAD, depthRows()),
  "back-ends-run": () => runLines("back-ends"),
  "curves-run": () => runLines("curves"),
  "task-side-run": () => runLines("task-side"),
  "back-end-races": () => table(RACE_HEAD, raceRows()),
  "curve-orders": () => orderLines(SWEEPS),
  "curve-relations": () => table(RELATION_HEAD, relationRows()),
  "curves-beside-kernels": () => table(KERNEL_HEAD, kernelRows()),
  ...Object.fromEntries(SWEEPS.map((name) => [`curve-${name.replaceAll(/\W+/g, "-")}`, () => sweep(name)])),
};

/** How many calls tracing covers. A number that is taken and leads nowhere (`sys_ni_syscall`) is none of them. */
function callTable(): string[] {
  const rows = kernels().map(({ title, calls }) => {
    const implemented = calls.filter((call) => call.kernelFunction !== null || call.event !== null);
    const covered = calls.filter((call) => call.event !== null);
    const counts = [calls, covered, implemented.filter((call) => call.event === null)];
    return [title, ...counts.map((some) => number(some.length)), number(calls.length - implemented.length)];
  });
  return table(["kernel", "numbers", "covered by tracing", "not covered", "not implemented"], rows);
}

function uncoveredCalls(): string[] {
  const [old] = kernels().filter(({ title }) => title.startsWith("2.6.39"));
  const names = (old?.calls ?? [])
    .filter((call) => call.kernelFunction !== null && call.event === null)
    .map((call) => `\`${call.name}\``);
  return [`${names.join(", ")}.`];
}

type CallData = {
  readonly name: string;
  readonly kernelFunction: string | null;
  readonly event: string | null;
};

/** Of a table of another entry path no more than numbers and names is known. */
function kernels(): { title: string; calls: readonly CallData[] }[] {
  return Object.entries(catalogs).flatMap(([name, { title }]) => {
    const file = new URL(`../../../catalog/src/data/linux-${name}.json`, import.meta.url);
    const data: { readonly syscalls?: readonly CallData[] } = JSON.parse(readFileSync(file, "utf8"));
    return data.syscalls === undefined ? [] : [{ title, calls: data.syscalls }];
  });
}

function maskTable(): string[] {
  const nothing: Policy = policyOf("default kill");
  const rows = Object.values(catalogs).map((catalog) => {
    const compiled = bitmaskAnd.compile(nothing, catalog);
    const [mask] = compiled.kind === "exact" ? compiled.program.programs : [];
    if (mask === undefined) throw new Error("a mask that refuses everything is not exact");
    return [catalog.title, number(mask.length), number(Math.ceil(mask.length / 8))];
  });
  return table(["kernel", "bits", "bytes"], rows);
}

function patchTable(): string[] {
  const rows = findDesigns().flatMap(({ id, patch }) =>
    patch === null
      ? []
      : [
          [
            `\`${id}\``,
            patch.date,
            number(patch.files),
            `+${number(patch.added)}`,
            `−${number(patch.removed)}`,
          ],
        ],
  );
  return table(["design", "date", "files", "added", "removed"], rows);
}

function featureTable(): string[] {
  const short = variants.map((design) => `\`@${variantOf(design)}\``);
  const rows = features.map(({ name, means, has }) => [
    name,
    means,
    ...variants.map((design) => showHas(has(design))),
  ]);
  return table(["feature", "what the experiment sees", ...short], rows);
}

function limitTable(): string[] {
  return table(
    ["of", "at most"],
    [
      ["a policy", `${number(LIMITS.policyBytes)} bytes of UTF-8`],
      ["clauses", number(LIMITS.clauses)],
      ["labels", number(LIMITS.labels)],
      ["task sections", number(MAX_SECTIONS)],
      ["a task's name", `${LIMITS.taskBytes} bytes`],
      ["a condition", `${number(MAX_FILTER_BYTES.extended)} bytes`],
      ["parentheses in parentheses", number(MAX_NESTING)],
      ["mistakes reported at once", number(LIMITS.errors)],
    ],
  );
}

function otherEventTable(): string[] {
  const rows = linux618.formats
    .filter(({ kind }) => kind === "other")
    .map(({ name, fields }) => [
      `\`${name}\``,
      fields
        .map((field) => `\`${field.name}\` ${field.kind === "number" ? field.type : field.kind}`)
        .join(", "),
    ]);
  return table(["event", "fields"], rows);
}

function namedValueTable(): string[] {
  return table(
    ["names of", "how many", "for example"],
    [
      ["constants", number(constants.size), examplesOf(constants)],
      ["errnos", number(errnos.size), examplesOf(errnos)],
    ],
  );
}

/** What a kernel says of a filter that it refuses. */
function errorTable(
  errors: Readonly<Record<string, { readonly errno: number; readonly text: string }>>,
): string[] {
  const names = new Map([...errnos].map(([name, number]) => [number, name]));
  const rows = Object.values(errors).map(({ errno, text }) => [text, names.get(errno) ?? String(errno)]);
  return table(["message", "errno"], rows);
}

function examplesOf(names: ReadonlyMap<string, unknown>): string {
  const wanted = ["O_CREAT", "PROT_EXEC", "AF_INET", "TIOCSTI", "CLONE_NEWUSER", "EPERM", "ENOSYS"];
  return wanted
    .filter((name) => names.has(name))
    .map((name) => `\`${name}\``)
    .join(", ");
}

function sweep(name: string): string[] {
  const { head, rows } = sweepTable(name);
  return table(head, rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}
