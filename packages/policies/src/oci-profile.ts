// The shape of a seccomp profile in JSON: the `linux.seccomp` of the OCI runtime specification, and what Docker adds to
// it (`archMap`, `includes`, `excludes`, `comment`, the older `name`). Only the shape: what it means, oci.ts says.

import { nearestWord } from "@gatehouse/catalog";
import { type Diagnostic, type U64, u64 } from "@gatehouse/core";
import type { Json, JsonString } from "./json.js";
import { show, suggest } from "./scanner.js";

type Place = { readonly start: number; readonly end: number };

const ACTIONS = [
  "SCMP_ACT_ALLOW",
  "SCMP_ACT_ERRNO",
  "SCMP_ACT_KILL",
  "SCMP_ACT_KILL_PROCESS",
  "SCMP_ACT_KILL_THREAD",
  "SCMP_ACT_LOG",
  "SCMP_ACT_NOTIFY",
  "SCMP_ACT_TRACE",
  "SCMP_ACT_TRAP",
] as const;

const OPERATORS = [
  "SCMP_CMP_NE",
  "SCMP_CMP_LT",
  "SCMP_CMP_LE",
  "SCMP_CMP_EQ",
  "SCMP_CMP_GE",
  "SCMP_CMP_GT",
  "SCMP_CMP_MASKED_EQ",
] as const;

/** `errno`: what ERRNO and TRACE hand back; EPERM where the profile does not say. */
export type OciAction = Place & { readonly name: (typeof ACTIONS)[number]; readonly errno: number };

/** `arg[index] op value`; of MASKED_EQ `value` is the mask. */
export type OciArgument = Place & {
  readonly index: number;
  readonly op: (typeof OPERATORS)[number];
  readonly value: U64;
  readonly valueTwo: U64;
};

/** When a rule counts, or does not. */
export type OciWhen = {
  readonly caps: readonly string[];
  readonly arches: readonly string[];
  /** `[4, 8]`. */
  readonly minKernel: readonly [number, number] | null;
};

export type OciRule = {
  readonly names: readonly JsonString[];
  readonly action: OciAction;
  readonly args: readonly OciArgument[];
  readonly includes: OciWhen;
  readonly excludes: OciWhen;
};

export type OciProfile = {
  readonly default: OciAction;
  /** The entry paths that it judges, as far as it lists them: for each architecture of the machine, itself and others. */
  readonly architectures: readonly (readonly JsonString[])[];
  readonly rules: readonly OciRule[];
};

/** What is found on the way: mistakes, and what is worth saying although nothing is wrong with it. */
export type Findings = { readonly errors: Diagnostic[]; readonly notes: Diagnostic[] };

const EPERM = 1;
/** The kernel cuts a larger one to it. */
const MAX_ERRNO = 4095n;
/** The arguments of a call. */
const REGISTERS = 6;
const NO_CONDITION: OciWhen = { caps: [], arches: [], minKernel: null };

/** Null where an error was reported. */
export function readProfile(json: Json, findings: Findings): OciProfile | null {
  const members = membersOf(json, PROFILE, findings);
  if (members === null) return null;
  const action = readAction(json, members, { action: "defaultAction", errno: "defaultErrnoRet" }, findings);
  const rules = itemsOf(members.get("syscalls"), findings).map((rule) => readRule(rule, findings));
  const architectures = readArchitectures(members, findings);
  if (action === null || findings.errors.length > 0) return null;
  return { default: action, architectures, rules: rules.filter((rule) => rule !== null) };
}

/** Those without a comment mean nothing for a verdict. */
const PROFILE = [
  "defaultAction",
  "defaultErrnoRet",
  "architectures",
  "archMap",
  "syscalls",
  ...["flags", "listenerPath", "listenerMetadata", "comment"],
];
const RULE = ["names", "name", "action", "errnoRet", "args", "includes", "excludes", "comment"];
const ARGUMENT = ["index", "value", "valueTwo", "op"];
const WHEN = ["caps", "arches", "minKernel"];
const ARCHITECTURE = ["architecture", "subArchitectures"];

function readArchitectures(members: Members, findings: Findings): (readonly JsonString[])[] {
  const listed = readStrings(members.get("architectures"), findings);
  const map = itemsOf(members.get("archMap"), findings);
  const both = members.get("archMap");
  if (both !== undefined && listed.length > 0 && map.length > 0)
    report(findings, both, "a profile has `architectures` or `archMap`, not both");
  const mapped = map.map((item) => {
    const of = membersOf(item, ARCHITECTURE, findings);
    const main = readString(of?.get("architecture"), findings);
    return [...(main === null ? [] : [main]), ...readStrings(of?.get("subArchitectures"), findings)];
  });
  return listed.length > 0 ? [listed] : mapped;
}

function readRule(json: Json, findings: Findings): OciRule | null {
  const members = membersOf(json, RULE, findings);
  if (members === null) return null;
  const name = readString(members.get("name"), findings);
  const several = readStrings(members.get("names"), findings);
  if (name !== null && several.length > 0) report(findings, name, "a rule has `name` or `names`, not both");
  const names = name === null ? several : [name];
  if (names.length === 0)
    report(findings, json, "a rule names the calls that it is for", '`"names": ["read"]`');
  const action = readAction(json, members, { action: "action", errno: "errnoRet" }, findings);
  const args = itemsOf(members.get("args"), findings).map((argument) => readArgument(argument, findings));
  const includes = readWhen(members.get("includes"), findings);
  const excludes = readWhen(members.get("excludes"), findings);
  if (action === null) return null;
  return { names, action, args: args.filter((argument) => argument !== null), includes, excludes };
}

function readAction(
  json: Json,
  members: Members,
  keys: { readonly action: string; readonly errno: string },
  findings: Findings,
): OciAction | null {
  const word = members.get(keys.action);
  if (word === undefined) return report(findings, json, `\`${keys.action}\` is missing`);
  const name = readOneOf(word, ACTIONS, findings);
  const given = members.get(keys.errno);
  if (name === null) return null;
  const { start, end } = given ?? word;
  if (given === undefined) return { name, errno: EPERM, start, end };
  if (name !== "SCMP_ACT_ERRNO" && name !== "SCMP_ACT_TRACE")
    return report(findings, given, `${name} hands back no errno`);
  const errno = readNumber(given, MAX_ERRNO, findings);
  return errno === null ? null : { name, errno: Number(errno), start, end };
}

function readArgument(json: Json, findings: Findings): OciArgument | null {
  const members = membersOf(json, ARGUMENT, findings);
  if (members === null) return null;
  const word = members.get("op");
  const op =
    word === undefined ? report(findings, json, "`op` is missing") : readOneOf(word, OPERATORS, findings);
  const number = (key: string, max: bigint) => {
    const value = members.get(key);
    return value === undefined ? 0n : readNumber(value, max, findings);
  };
  const index = number("index", BigInt(REGISTERS - 1));
  const value = number("value", MAX_U64);
  const valueTwo = number("valueTwo", MAX_U64);
  if (op === null || index === null || value === null || valueTwo === null) return null;
  const { start, end } = json;
  return { index: Number(index), op, value: u64(value), valueTwo: u64(valueTwo), start, end };
}

const MAX_U64 = (1n << 64n) - 1n;

function readWhen(json: Json | undefined, findings: Findings): OciWhen {
  const members = json === undefined ? null : membersOf(json, WHEN, findings);
  if (members === null) return NO_CONDITION;
  const texts = (key: string) => readStrings(members.get(key), findings).map(({ text }) => text);
  return {
    caps: texts("caps"),
    arches: texts("arches"),
    minKernel: readKernel(members.get("minKernel"), findings),
  };
}

function readKernel(json: Json | undefined, findings: Findings): readonly [number, number] | null {
  const word = readString(json, findings);
  if (word === null) return null;
  const kernel = kernelOf(word.text);
  return kernel ?? report(findings, word, `${show(word.text)} is no kernel's version`, '`"4.8"`');
}

/** `[6, 18]` of `6.18.44`. */
export function kernelOf(release: string): readonly [number, number] | null {
  const [, major, minor] = /^([0-9]{1,6})\.([0-9]{1,6})(?![0-9])/.exec(release) ?? [];
  return major === undefined || minor === undefined ? null : [Number(major), Number(minor)];
}

type Members = ReadonlyMap<string, Json>;

/** Without those that are null, which Go reads as left out. A name that means nothing may be a misspelt one. */
function membersOf(json: Json, known: readonly string[], findings: Findings): Members | null {
  if (json.kind !== "object") return report(findings, json, "an object should stand here");
  const found = new Map<string, Json>();
  for (const { key, value } of json.members) {
    if (!known.includes(key.text)) note(findings, key, `${show(key.text)} means nothing here`, known);
    else if (value.kind !== "null") found.set(key.text, value);
  }
  return found;
}

function itemsOf(json: Json | undefined, findings: Findings): readonly Json[] {
  if (json?.kind === "array") return json.items;
  if (json !== undefined) report(findings, json, "an array should stand here");
  return [];
}

function readStrings(json: Json | undefined, findings: Findings): JsonString[] {
  return itemsOf(json, findings)
    .map((item) => readString(item, findings))
    .filter((item) => item !== null);
}

function readString(json: Json | undefined, findings: Findings): JsonString | null {
  if (json === undefined) return null;
  return json.kind === "string" ? json : report(findings, json, "a string should stand here");
}

function readOneOf<T extends string>(json: Json, known: readonly T[], findings: Findings): T | null {
  const word = readString(json, findings);
  if (word === null) return null;
  const found = known.find((name) => name === word.text);
  if (found !== undefined) return found;
  const near = suggest(nearestWord(word.text, known)) ?? known.join(", ");
  return report(findings, word, `${show(word.text)} is not known`, near);
}

/** Of no more digits than the largest has, so that none are converted in vain. */
function readNumber(json: Json, max: bigint, findings: Findings): bigint | null {
  if (json.kind !== "number") return report(findings, json, "a number should stand here");
  if (!/^(?:0|[1-9][0-9]*)$/.test(json.text))
    return report(findings, json, `${show(json.text)} is no whole number from 0`);
  const fits = json.text.length <= 20 && BigInt(json.text) <= max;
  return fits ? BigInt(json.text) : report(findings, json, `${show(json.text)} is above ${max}`);
}

export function report({ errors }: Findings, { start, end }: Place, message: string, hint?: string): null {
  errors.push({ message, start, end, ...(hint === undefined ? {} : { hint }) });
  return null;
}

function note(findings: Findings, key: JsonString, message: string, known: readonly string[]): void {
  const hint = suggest(nearestWord(key.text, known));
  const { start, end } = key;
  findings.notes.push({ message, start, end, ...(hint === undefined ? {} : { hint }) });
}
