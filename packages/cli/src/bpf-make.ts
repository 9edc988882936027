// `gatehouse bpf make`: a policy as a seccomp program.

import {
  archOf,
  compile,
  disassemble,
  RET,
  retErrno,
  type Shape,
  toBytes,
  type Unsaid,
  type VerifiedProgram,
} from "@gatehouse/classic-bpf";
import { type Action, actionsBesides, type Catalog, type Policy, type Rules } from "@gatehouse/core";
import { DEFAULT_DENIAL } from "./bpf-command.js";
import { showPassing } from "./bpf-passes.js";
import { type CaseOptions, readPolicyCase } from "./case.js";
import { showActions } from "./comparison-text.js";
import { Failure } from "./failure.js";
import { findDesign } from "./known-designs.js";
import type { PolicyFile } from "./policy-file.js";
import { notice, print, printJson } from "./terminal.js";
import { count, printable } from "./text.js";
import { writeWhole } from "./whole-file.js";

export type MakeOptions = Pick<CaseOptions, "policy" | "caps" | "catalog" | "fails" | "json"> & {
  readonly design: string;
  readonly shape: Shape;
  readonly denial: Denial;
  readonly output: string;
};

const EPERM = 1;

const DENIALS = {
  kill_process: RET.KILL_PROCESS,
  kill_thread: RET.KILL_THREAD,
  trap: RET.TRAP,
  errno: retErrno(EPERM),
} as const;

type Denial = keyof typeof DENIALS;

export async function makeProgram(options: MakeOptions): Promise<void> {
  const { output, shape, denial, json = false } = options;
  if (output === "-" && json) throw new Failure("--json says what was written: name a file with --output");
  const { policy, catalog } = await readPolicyCase(options);
  const { rules, lost } = rulesOf(policy, catalog, options);
  const ends = endsOtherwise(policy.policy, denial);
  const made = compile(rules, { shape, arch: archOf(catalog), denial: DENIALS[denial] });
  if (made.kind === "tooLong") throw new Failure(`${printable(policy.title)}: ${made.reason}`);
  const reasons = [...lost, ...made.unsaid.map((unsaid) => showUnsaid(unsaid, catalog)), ...ends];
  for (const reason of reasons) notice(`${printable(policy.title)}: ${printable(reason)}`);
  const refused = catalog.passSeccomp.filter(
    ({ id }) => (rules.rules.get(id) ?? rules.otherCalls) !== "allow",
  );
  const passing = showPassing(catalog, refused);
  if (output === "-" || json)
    for (const sentence of passing) notice(`${printable(policy.title)}: ${sentence}`);
  if (output === "-") return print(disassemble(made.program, catalog).trimEnd());
  await writeWhole(output, toBytes(made.program));
  report(made.program, reasons, options);
  if (!json) for (const sentence of passing) print(sentence);
}

function report({ length }: VerifiedProgram, lost: readonly string[], options: MakeOptions): void {
  const { output, shape, denial, json = false } = options;
  if (json) printJson({ schema: "gatehouse.bpf-make/1", output, shape, denial, instructions: length, lost });
  else print(`${count(length, "instruction")}, ${shape}: ${printable(output)}`);
}

/**
 * That calls which it refuses end otherwise than the policy says: a program here has one answer for all of them. Where the
 * policy has but one as well, whoever asked for another knows.
 */
function endsOtherwise(policy: Policy, denial: Denial): string[] {
  const others = actionsBesides(policy, MEANS[denial]);
  const isAsked = denial !== DEFAULT_DENIAL && actionsBesides(policy, null).length === 1;
  return others.length === 0 || isAsked ? [] : [showActions(others, denial)];
}

/** What it is to a policy, which has no word for the two that are null. */
const MEANS: Readonly<Record<Denial, Action | null>> = {
  kill_process: { kind: "kill" },
  kill_thread: null,
  trap: null,
  errno: { kind: "deny", errno: "EPERM", code: EPERM },
};

/** What the design makes of the policy, and what it loses in doing so. */
function rulesOf(
  { policy, title }: PolicyFile,
  catalog: Catalog,
  { design: id, fails }: MakeOptions,
): { readonly rules: Rules; readonly lost: readonly string[] } {
  const design = findDesign(id);
  const compiled = design.compile(policy, catalog, fails);
  const lost = compiled.kind === "exact" ? [] : [...new Set(compiled.lost.map(({ reason }) => reason))];
  if (compiled.kind === "inexpressible")
    throw new Failure(`${printable(title)}: ${design.id} cannot say it: ${printable(lost.join("; "))}`);
  const [rules, ...others] = design.load(compiled.program, catalog).lower().programs;
  if (rules === undefined || others.length > 0)
    throw new Failure(`${printable(title)}: a seccomp program is one task's, and this has \`task\` sections`);
  return { rules, lost };
}

function showUnsaid({ event, reason, fails }: Unsaid, catalog: Catalog): string {
  return `${event === null ? "" : `${catalog.nameOf(event)}: `}${reason} (fails ${fails})`;
}
