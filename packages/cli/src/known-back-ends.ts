// Where programs can run: the only file that names the back-ends.

import { bpfLinear, bpfTree } from "@gatehouse/classic-bpf";
import { compiledBackend } from "@gatehouse/compiled";
import { type Backend, type Design, on, type Result, succeed } from "@gatehouse/core";
import { nativeBackend } from "@gatehouse/native";
import { NotPossible } from "./failure.js";

const BACKENDS = {
  native: nativeBackend,
  compiled: compiledBackend,
  // What was merged in 2012, for comparison.
  "bpf-linear": () => succeed(bpfLinear),
  "bpf-tree": () => succeed(bpfTree),
} as const satisfies Readonly<Record<string, () => Result<Backend, string>>>;

/** Every design's own evaluator, in plain TypeScript. */
export const REFERENCE = "reference";

export type BackendName = keyof typeof BACKENDS | typeof REFERENCE;

export const backendNames: readonly BackendName[] = [
  "native",
  "compiled",
  REFERENCE,
  "bpf-linear",
  "bpf-tree",
];

/** Of those that are there to be fast, the fastest first. */
const BY_SPEED = ["native", "compiled"] as const;

/** The fastest that is there, and why faster ones are not. */
export function fastestBackend(): { readonly name: BackendName; readonly missing: readonly string[] } {
  const missing: string[] = [];
  for (const name of BY_SPEED) {
    const found = BACKENDS[name]();
    if (found.ok) return { name, missing };
    missing.push(absence(name, found.error));
  }
  return { name: REFERENCE, missing };
}

/** Null where it is there. */
export function whyMissing(name: BackendName): string | null {
  if (name === REFERENCE) return null;
  const found = BACKENDS[name]();
  return found.ok ? null : absence(name, found.error);
}

/** The design with its programs run there, its id with the back-end's name behind it. */
export function runOn<P>(design: Design<P>, name: BackendName): Design<P> {
  if (name === REFERENCE) return { ...design, id: `${design.id}@${REFERENCE}` };
  const backend = BACKENDS[name]();
  if (!backend.ok) throw new NotPossible(absence(name, backend.error));
  return on(backend.value, design);
}

export function isBackend(name: string): name is BackendName {
  return backendNames.some((known) => known === name);
}

function absence(name: string, reason: string): string {
  return `the ${name} back-end is not there: ${reason}`;
}
