// Where programs can run: the only file that names the back-ends.

import { bpfLinear, bpfTree } from "@gatehouse/classic-bpf";
import { compiledBackend } from "@gatehouse/compiled";
import { type Backend, type Design, on, type Result, succeed } from "@gatehouse/core";
import { faithful, nativeBackend, nativeBpf, openAddon } from "@gatehouse/native";
import { NotPossible } from "./failure.js";

/** A design as it runs somewhere else, its id with the back-end's name behind it. */
type Place = {
  /** Null where it is there. */
  missing(): string | null;
  put<P>(design: Design<P>): Result<Design<P>, string>;
};

const PLACES = {
  native: lowered(nativeBackend),
  compiled: lowered(compiledBackend),
  /** Every design's own evaluator, in plain TypeScript. */
  reference: { missing: () => null, put: (design) => succeed({ ...design, id: `${design.id}@reference` }) },
  /** The patches' own data structures, in C++. */
  faithful: { missing: () => reasonOf(openAddon()), put: (design) => faithful(design) },
  // What was merged in 2012, for comparison.
  "bpf-linear": lowered(() => succeed(bpfLinear)),
  "bpf-tree": lowered(() => succeed(bpfTree)),
  "bpf-linear-native": lowered(() => nativeBpf("linear")),
  "bpf-tree-native": lowered(() => nativeBpf("tree")),
} as const satisfies Readonly<Record<string, Place>>;

export type BackendName = keyof typeof PLACES;

export const REFERENCE = "reference" satisfies BackendName;

export const backendNames: readonly BackendName[] = Object.keys(PLACES).filter(isBackend);

/** Of those that are there to be fast, the fastest first. */
const BY_SPEED = ["native", "compiled"] as const;

/** The fastest that is there, and why faster ones are not. */
export function fastestBackend(): { readonly name: BackendName; readonly missing: readonly string[] } {
  const missing: string[] = [];
  for (const name of BY_SPEED) {
    const reason = whyMissing(name);
    if (reason === null) return { name, missing };
    missing.push(reason);
  }
  return { name: REFERENCE, missing };
}

/** Null where it is there. */
export function whyMissing(name: BackendName): string | null {
  const reason = PLACES[name].missing();
  return reason === null ? null : absence(name, reason);
}

/** The design with its programs run there, its id with the back-end's name behind it. */
export function runOn<P>(design: Design<P>, name: BackendName): Design<P> {
  const placed = (PLACES[name] satisfies Place).put(design);
  if (!placed.ok) throw new NotPossible(absence(name, placed.error));
  return placed.value;
}

export function isBackend(name: string): name is BackendName {
  return Object.hasOwn(PLACES, name);
}

/** A back-end that reads what programs come down to, and so takes any design. */
function lowered(open: () => Result<Backend, string>): Place {
  return {
    missing: () => reasonOf(open()),
    put(design) {
      const backend = open();
      return backend.ok ? succeed(on(backend.value, design)) : backend;
    },
  };
}

function reasonOf(opened: Result<unknown, string>): string | null {
  return opened.ok ? null : opened.error;
}

function absence(name: string, reason: string): string {
  return `the ${name} back-end is not there: ${reason}`;
}
