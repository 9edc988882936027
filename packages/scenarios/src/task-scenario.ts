// A TaskScenario is what tasks do with their filters, step by step, and what each variant must answer. Like a Scenario it is
// one text, to be read and written without knowing the code:
//
//   from Documentation/prctl/seccomp_filter.txt        where it stands
//   for v2 shipped corrected                           the variants that have these calls; `all`
//   kernel compat                                      what differs from kernelOf(linux2639)
//   policy streams                                     a policy, where a step is `install`
//   allow read if fd == 0
//   ===
//   prctl SET_SECCOMP_FILTER read "fd == 0"   ok
//   fork child                                ok
//   child: check read(fd=0)                   allow | v2, poc: deny because …
//     | shipped: deny because …                        or on a line of its own
//
//   scenario = { head } [ policy ] "===" { line } ;
//   head     = ( "from" text | "for" ( "all" | { variant } ) | "kernel" { option } ) newline ;
//   option   = "i386" | "compat" | "no-ftrace" | "no-filters" | "privileged" | "files=" number ;
//   line     = step two blanks outcome { "|" variant { "," variant } ":" outcome "because" reason } newline ;
//   outcome  = "ok" [ number | JSON string ] | errno | "killed" | "allow" | "deny" | "unknown"
//            | "approximate" | "inexpressible" | JSON string | "nothing" ;
//
// `killed` answers a call that the task's own filters refuse. The task stays, so that it can be asked more. Whether fork,
// clone and exit pass is not asked; of execve it is. A variant that answers otherwise than the others has a reason.

import { linux2639, linux2639i386 } from "@gatehouse/catalog";
import { fail, type Kernel, kernelOf, type Policy, type Result, succeed } from "@gatehouse/core";
import { parsePolicy } from "@gatehouse/policies";
import { parseStep, type TaskStep } from "./task-step.js";

/** The variants by what stands behind the `@` of their ids. */
export const VARIANTS = ["and", "subset", "v2", "array", "shipped", "corrected", "poc", "vision"] as const;

/** What one variant answers otherwise than the rest. */
export type Exception = {
  readonly variants: readonly string[];
  readonly outcome: string;
  readonly because: string;
};

export type ExpectedStep = TaskStep & { readonly outcome: string; readonly exceptions: readonly Exception[] };

export type TaskScenario = {
  readonly name: string;
  readonly from: string;
  readonly variants: readonly string[];
  readonly kernel: Kernel;
  readonly privileged: boolean;
  readonly policy: Policy | null;
  readonly steps: readonly ExpectedStep[];
};

/** Reads a scenario's text. An error names the line at fault. */
export function parseTaskScenario(name: string, text: string): Result<TaskScenario, string> {
  const [headText = "", stepText] = text.split(/^===$/m);
  if (stepText === undefined) return fail(`${name}: no line \`===\` between head and steps`);
  const about = parseHead(headText.split("\n"));
  if (!about.ok) return fail(`${name}: ${about.error}`);
  const steps = parseSteps(stepText);
  return steps.ok ? succeed({ name, ...about.value, steps: steps.value }) : fail(`${name}: ${steps.error}`);
}

function parseHead(lines: readonly string[]): Result<Omit<TaskScenario, "name" | "steps">, string> {
  const options = head(lines, "kernel");
  const kernel = kernelWith(options);
  if (!kernel.ok) return kernel;
  const wanted = head(lines, "for");
  const variants = wanted.includes("all") ? VARIANTS : wanted;
  const strange = strangerAmong(variants);
  if (strange !== null) return fail(strange);
  const policyText = lines.filter((line) => !/^(from|for|kernel) /.test(line)).join("\n");
  const policy = policyText.trim() === "" ? null : parsePolicy(policyText, kernel.value.catalog);
  if (policy !== null && !policy.ok) return fail(policy.error[0]?.message ?? "the policy is wrong");
  return succeed({
    from: head(lines, "from").join(" "),
    variants,
    kernel: kernel.value,
    privileged: options.includes("privileged"),
    policy: policy?.value ?? null,
  });
}

function head(lines: readonly string[], word: string): string[] {
  return lines.flatMap((line) => (line.startsWith(`${word} `) ? line.trim().split(/\s+/).slice(1) : []));
}

/** What is wrong with the names; null: nothing. */
function strangerAmong(names: readonly string[]): string | null {
  const strange = names.find((name) => !VARIANTS.some((variant) => variant === name));
  return strange === undefined ? null : `there is no variant \`${strange}\``;
}

function kernelWith(options: readonly string[]): Result<Kernel, string> {
  let kernel = kernelOf(options.includes("i386") ? linux2639i386 : linux2639);
  for (const option of options) {
    const files = /^files=(\d+)$/.exec(option)?.[1];
    if (option === "compat") kernel = { ...kernel, compat: linux2639i386 };
    else if (option === "no-ftrace") kernel = { ...kernel, ftrace: false };
    else if (option === "no-filters") kernel = { ...kernel, filters: false };
    else if (files !== undefined) kernel = { ...kernel, files: Number(files) };
    else if (option !== "i386" && option !== "privileged")
      return fail(`\`${option}\` is no option of a kernel`);
  }
  return succeed(kernel);
}

function parseSteps(text: string): Result<ExpectedStep[], string> {
  const steps: ExpectedStep[] = [];
  // A line that begins with `|` goes on with the one before it.
  for (const line of text.replace(/\n\s*\|/g, " |").split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const step = parseLine(line.trim());
    if (!step.ok) return fail(`\`${line.trim()}\`: ${step.error}`);
    steps.push(step.value);
  }
  return succeed(steps);
}

function parseLine(line: string): Result<ExpectedStep, string> {
  const [, stepText, rest] = /^((?:"(?:[^"\\]|\\.)*"|[^" ]| (?! ))+) {2,}(.+)$/.exec(line) ?? [];
  if (stepText === undefined || rest === undefined) return fail("no outcome behind two blanks");
  const step = parseStep(stepText);
  if (!step.ok) return step;
  const [outcome = "", ...others] = rest.split(/ \| (?=[\w, ]+: )/);
  const exceptions: Exception[] = [];
  for (const other of others) {
    const exception = parseException(other);
    if (!exception.ok) return exception;
    exceptions.push(exception.value);
  }
  return succeed({ ...step.value, outcome: outcome.trim(), exceptions });
}

function parseException(text: string): Result<Exception, string> {
  const [, names = "", outcome, because] = /^([\w, ]+): (.+?) because (.+)$/.exec(text) ?? [];
  if (outcome === undefined || because === undefined) return fail("an answer that differs has no reason");
  const variants = names.split(",").map((name) => name.trim());
  const strange = strangerAmong(variants);
  return strange === null
    ? succeed({ variants, outcome: outcome.trim(), because: because.trim() })
    : fail(strange);
}
