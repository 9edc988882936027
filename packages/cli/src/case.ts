// What `compare` and `replay` are asked about: a policy, a trace, a catalog, and whose events count.

import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { catalogs, linux2639i386 } from "@gatehouse/catalog";
import { type Catalog, type Fails, kernelOf } from "@gatehouse/core";
import { type Selection, selectTask, type TaskSideRun, type TraceSource } from "@gatehouse/harness";
import { nginxPolicy, nginxTrace } from "@gatehouse/scenarios";
import type { TraceFormat } from "@gatehouse/traces";
import { Failure } from "./failure.js";
import { type PolicyFile, readPolicy } from "./policy-file.js";
import { notice } from "./terminal.js";
import { printable } from "./text.js";
import { readTrace } from "./trace-file.js";

/** The command line's, as commander gives them. */
export type CaseOptions = {
  readonly designs?: readonly string[];
  readonly policy?: string;
  readonly caps?: readonly string[];
  readonly trace?: string;
  readonly format?: TraceFormat;
  readonly task?: string;
  readonly strict?: boolean;
  readonly taskSide?: boolean;
  readonly compat?: boolean;
  readonly catalog: string;
  readonly fails: Fails;
  readonly json?: boolean;
};

/** What a report's head calls them. */
export type Titles = {
  readonly policy: string;
  readonly trace: string;
  readonly task: string | null;
  readonly taskSide: boolean;
};

export type Case = {
  readonly policy: PolicyFile;
  readonly trace: TraceSource;
  readonly catalog: Catalog;
  readonly selection: Selection | null;
  /** Null: filters are asked about each event, whoever has them. */
  readonly taskSide: TaskSideRun | null;
  readonly titles: Titles;
  /** What its two files are called, and where they are; null: standard input. */
  readonly files: Readonly<
    Record<"policy" | "trace", { readonly name: string; readonly file: string | null }>
  >;
  /** To be called when the trace has been read and so many events judged: says what of it could not be. */
  finish(events: number): void;
};

export async function readCase(options: CaseOptions): Promise<Case> {
  const { task = null, strict = false, taskSide = false } = options;
  if (options.policy === "-" && options.trace === "-")
    throw new Failure("policy and trace cannot both come from standard input");
  const { policy, catalog } = await readPolicyCase(options);
  const traceFile = options.trace ?? fileURLToPath(nginxTrace);
  const { trace, finish } = readTrace(traceFile, catalog, strict, options.format);
  return {
    policy,
    trace,
    catalog,
    selection: task === null ? null : selectTask(task, catalog),
    taskSide: taskSide ? taskSideOf(options, catalog) : null,
    files: {
      policy: fileOf(options.policy ?? fileURLToPath(nginxPolicy)),
      trace: fileOf(traceFile),
    },
    titles: { policy: policy.title, trace: basename(traceFile), task, taskSide },
    finish(events) {
      finish();
      if (task !== null && events === 0)
        notice(`no event of the trace is of a task \`${printable(task)}\` or its descendants`);
    },
  };
}

function fileOf(file: string): { readonly name: string; readonly file: string | null } {
  return file === "-" ? { name: file, file: null } : { name: basename(file), file };
}

/** The only known table of `int 0x80` is that of 2.6.39. */
function taskSideOf({ task, compat = false }: CaseOptions, catalog: Catalog): TaskSideRun {
  const kernel = kernelOf(catalog, { compat: compat ? linux2639i386 : null });
  return { kernel, start: task === undefined ? "roots" : "selected" };
}

/** The policy alone, and the kernel whose events it is about. */
export async function readPolicyCase(
  options: Pick<CaseOptions, "policy" | "caps" | "catalog">,
): Promise<Pick<Case, "policy" | "catalog">> {
  const catalog = findCatalog(options.catalog);
  const file = options.policy ?? fileURLToPath(nginxPolicy);
  const policy = await readPolicy(file, catalog, options.caps ?? null);
  warnOfNothingAllowed(policy);
  return { policy, catalog };
}

export function findCatalog(name: string): Catalog {
  const catalog = Object.hasOwn(catalogs, name) ? catalogs[name] : undefined;
  if (catalog !== undefined) return catalog;
  const known = Object.keys(catalogs).join(", ");
  throw new Failure(`there is no catalog \`${printable(name)}\`; known: ${known}`);
}

function warnOfNothingAllowed({ policy, title }: PolicyFile): void {
  if (policy.default.kind === "allow" || policy.clauses.some(({ action }) => action.kind === "allow")) return;
  notice(`${title}: the policy allows nothing: it has no \`allow\` and its default refuses`);
}
