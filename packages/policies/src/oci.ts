// A seccomp profile of the container world as a policy: what Docker, runc and libseccomp make of it.
//
// - A call may have several rules; any of them may hold. The conditions of one rule must all hold, but where two of
//   them look at one argument runc makes a rule of each.
// - A rule whose action is the default one is left out: runc does not pass it on.
// - A rule without conditions decides alone, the first where there are several: libseccomp drops the others.
// - MASKED_EQ is `arg & value == valueTwo`, in the bits of the mask alone; a mask of 0 asks nothing.
// - `includes` wants all of its capabilities, `excludes` any; one architecture of either is enough.
//
// What a policy cannot say is noted, with its place. Left out are runc's ENOSYS for calls that are newer than all that
// a profile names, and libseccomp's rewriting of socket calls and IPC on i386, where they have one number.

import {
  type Action,
  ALLOW,
  type Catalog,
  type Clause,
  type Condition,
  compareActions,
  type Diagnostic,
  type EventFormat,
  fail,
  KILL,
  type Policy,
  type Result,
  showAction,
  succeed,
  unreachable,
} from "@gatehouse/core";
import { DOCKER_CAPABILITIES } from "./capabilities.js";
import { errnoOf, LIMITS } from "./gate.js";
import { type JsonString, parseJson } from "./json.js";
import { type Alternatives, alternativesOf, canMeet, conditionOf } from "./oci-argument.js";
import {
  type Findings,
  kernelOf,
  type OciAction,
  type OciProfile,
  type OciRule,
  type OciWhen,
  readProfile,
  report,
} from "./oci-profile.js";
import { show } from "./scanner.js";

/** The machine and the container that a profile is for. */
export type OciOptions = {
  /** `CAP_SYS_ADMIN`. Left out: `DOCKER_CAPABILITIES`. */
  readonly capabilities?: ReadonlySet<string>;
  /** As `includes` names it: `amd64`. Left out: the catalog's. */
  readonly arch?: string;
  /** `6.18`. Left out: the catalog's. */
  readonly kernel?: string;
};

export type OciPolicy = {
  readonly policy: Policy;
  /** Calls that the catalog does not have, of rules that count. Docker passes over them too. */
  readonly unknown: readonly string[];
  /** What the profile says and the policy does not. */
  readonly notes: readonly Diagnostic[];
};

/** As for `parsePolicy`, `LIMITS` and positions included. */
export function parseOci(text: string, catalog: Catalog, options: OciOptions = {}): Result<OciPolicy> {
  const findings: Findings = { errors: [], notes: [] };
  if (text.length > LIMITS.policyBytes)
    return fail([{ message: `a profile has at most ${LIMITS.policyBytes} bytes`, start: 0, end: 0 }]);
  const json = parseJson(text);
  if (!json.ok) return json;
  const profile = readProfile(json.value, findings);
  const read = profile === null ? null : policyOf(profile, catalog, options, findings);
  if (read === null || findings.errors.length > 0)
    return fail(inOrder(findings.errors).slice(0, LIMITS.errors));
  return succeed({ ...read, notes: inOrder(findings.notes) });
}

function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.toSorted((a, b) => a.start - b.start);
}

function policyOf(
  profile: OciProfile,
  catalog: Catalog,
  options: OciOptions,
  findings: Findings,
): Omit<OciPolicy, "notes"> {
  const counts = counting(catalog, options);
  const rules = profile.rules.filter((rule) => counts(rule) && !isSame(rule.action, profile.default));
  const { calls, unknown } = rulesByCall(rules, catalog, findings);
  noteEntryPaths(profile, catalog, findings);
  const policy = {
    name: "",
    default: actionOf(profile.default, findings),
    labels: [],
    clauses: calls.flatMap((candidates) => clausesOf(candidates, findings)),
  };
  return { policy, unknown };
}

/** Whether a rule counts there. */
function counting(catalog: Catalog, options: OciOptions): (rule: OciRule) => boolean {
  const capabilities = options.capabilities ?? DOCKER_CAPABILITIES;
  const arch = options.arch ?? ARCHES[catalog.arch] ?? catalog.arch;
  const release = options.kernel ?? catalog.release;
  const kernel = kernelOf(release);
  if (kernel === null) throw new RangeError(`\`${release}\` is no kernel's version`);
  const isAsNew = ({ minKernel }: OciWhen) =>
    minKernel !== null && (kernel[0] - minKernel[0] || kernel[1] - minKernel[1]) >= 0;
  return ({ includes, excludes }) =>
    includes.caps.every((cap) => capabilities.has(cap)) &&
    (includes.arches.length === 0 || includes.arches.includes(arch)) &&
    (includes.minKernel === null || isAsNew(includes)) &&
    !excludes.caps.some((cap) => capabilities.has(cap)) &&
    !excludes.arches.includes(arch) &&
    !isAsNew(excludes);
}

/** What Go calls the architectures of catalogs. */
const ARCHES: Readonly<Record<string, string>> = { x86_64: "amd64", i386: "x86" };

/** KILL is the older name of KILL_THREAD. */
function isSame(a: OciAction, b: OciAction): boolean {
  const name = (action: OciAction) =>
    action.name === "SCMP_ACT_KILL" ? "SCMP_ACT_KILL_THREAD" : action.name;
  return name(a) === name(b) && a.errno === b.errno;
}

/** A rule, as it is for one call. */
type Candidate = {
  readonly name: JsonString;
  readonly action: Action;
  readonly alternatives: Alternatives;
  readonly condition: Condition;
};

function rulesByCall(
  rules: readonly OciRule[],
  catalog: Catalog,
  findings: Findings,
): { readonly calls: readonly (readonly Candidate[])[]; readonly unknown: readonly string[] } {
  // By the call's own name alone: that of `umount2` in the kernel is `umount`, which is another call elsewhere.
  const formats = new Map(catalog.formats.filter(isCall).map((format) => [format.name, format]));
  const calls = new Map<EventFormat, Candidate[]>();
  const unknown = new Set<string>();
  let size = 0;
  for (const rule of rules) {
    const action = actionOf(rule.action, findings);
    const alternatives = alternativesOf(rule.args);
    for (const name of rule.names) {
      size += Math.max(1, rule.args.length);
      if (size > LIMITS.clauses) return tooMany(name, findings);
      const format = formats.get(name.text);
      if (format === undefined) unknown.add(name.text);
      else {
        const condition = conditionOf(alternatives, format, findings);
        const candidates = calls.get(format) ?? [];
        candidates.push({ name, action, alternatives, condition });
        calls.set(format, candidates);
      }
    }
  }
  return { calls: [...calls.values()], unknown: [...unknown] };
}

function isCall({ kind }: EventFormat): boolean {
  return kind === "syscall";
}

function tooMany(name: JsonString, findings: Findings) {
  report(findings, name, `a profile has at most ${LIMITS.clauses} rules and conditions, counted by calls`);
  return { calls: [], unknown: [] };
}

/** What the rules of one call come to. */
function clausesOf(candidates: readonly Candidate[], findings: Findings): Clause[] {
  const sole = candidates.find(({ condition }) => condition.kind === "constant");
  const counted = sole === undefined ? candidates : [sole];
  for (const { name, action } of candidates) {
    if (sole === undefined || compareActions(action, sole.action) === 0) continue;
    const message = `this rule for ${show(name.text)} has no effect beside one without conditions`;
    findings.notes.push({ ...placeOf(name), message });
  }
  noteMeeting(counted, findings);
  return counted.map(({ name, action, condition }) => ({
    action,
    event: name.text,
    condition,
    task: null,
    at: placeOf(name),
  }));
}

/** Alternatives of one call that are held against each other; their number is squared. */
const COMPARED = 256;

/** Which of two rules decides where both hold, libseccomp leaves to the order of its tree. */
function noteMeeting(candidates: readonly Candidate[], { notes }: Findings): void {
  const count = candidates.reduce((sum, { alternatives }) => sum + alternatives.length, 0);
  for (const [i, one] of candidates.entries()) {
    // Of too many each is held against the first alone, and taken to meet it.
    const before = count > COMPARED ? candidates.slice(0, 1) : candidates.slice(0, i);
    const other = before.find(
      ({ action, alternatives }) =>
        compareActions(action, one.action) !== 0 &&
        (count > COMPARED || canMeet(alternatives, one.alternatives)),
    );
    if (other === undefined) continue;
    const actions = [one, other].map(({ action }) => `\`${showAction(action)}\``).join(" and ");
    const message = `for ${show(one.name.text)} rules to ${actions} may hold at once: the more restrictive is taken`;
    notes.push({ ...placeOf(one.name), message });
  }
}

function placeOf({ start, end }: JsonString): { readonly start: number; readonly end: number } {
  return { start, end };
}

/** What a policy can say of it. */
function actionOf({ name, errno: code, start, end }: OciAction, { notes }: Findings): Action {
  const instead = (action: Action, why: string): Action => {
    notes.push({ message: `${name} is read as \`${showAction(action)}\`: ${why}`, start, end });
    return action;
  };
  switch (name) {
    case "SCMP_ACT_ALLOW":
      return ALLOW;
    case "SCMP_ACT_KILL":
    case "SCMP_ACT_KILL_THREAD":
    case "SCMP_ACT_KILL_PROCESS":
      return KILL;
    case "SCMP_ACT_LOG":
      return instead(ALLOW, "a policy keeps no log");
    case "SCMP_ACT_TRAP":
      return instead(KILL, "a policy sends no signal that could be handled");
    case "SCMP_ACT_TRACE":
    case "SCMP_ACT_NOTIFY":
      return instead(ENOSYS, "that is what the kernel answers where nobody listens");
    case "SCMP_ACT_ERRNO": {
      const errno = errnoOf(code);
      if (errno !== undefined) return { kind: "deny", errno, code };
      return instead(EPERM, `errno ${code} has no name`);
    }
    default:
      return unreachable(name);
  }
}

const ENOSYS: Action = { kind: "deny", errno: "ENOSYS", code: 38 };
const EPERM: Action = { kind: "deny", errno: "EPERM", code: 1 };

/** A policy names the calls of one entry path, and refuses those of others; a profile may judge them all alike. */
function noteEntryPaths({ architectures }: OciProfile, { arch }: Catalog, { notes }: Findings): void {
  const [native = "", ...others] = ENTRY_PATHS[arch] ?? [];
  const listed =
    architectures.find((group) => group.some(({ text }) => text === native)) ?? architectures.flat();
  for (const path of listed.filter(({ text }) => others.includes(text)))
    notes.push({ ...placeOf(path), message: `a policy refuses all calls by the entry path ${path.text}` });
}

/** Of a kernel: the native one first. */
const ENTRY_PATHS: Readonly<Record<string, readonly string[]>> = {
  x86_64: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
  i386: ["SCMP_ARCH_X86"],
};
