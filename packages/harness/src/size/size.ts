// How much code a variant is, counted from source along the imports that happen: as a patch, what its kernel side adds to
// what was there before; as a system, what its parts reach, in its own package and in those that it stands on.
//
// The folder of a file in the design's package says whose side its lines are on: `kernel/`, `user/`, and for `bench/` and
// all other files the bench's. Needs Node.

import { type Result, succeed } from "@gatehouse/core";
import type { ReportedSize } from "../report.js";
import { type Counted, count, type Found, Reach } from "./reach.js";
import { type Place, Workspace } from "./workspace.js";

export type Side = "kernel" | "user" | "bench";
const SIDES: readonly Side[] = ["kernel", "user", "bench"];

export type FileLines = Counted & { readonly file: string };

/** Lines of the variant's own package, and of the others. */
export type Reached = { readonly own: Counted; readonly standsOn: Counted };

export type VariantSize = {
  /** The files of its kernel side. */
  readonly patch: readonly FileLines[];
  /** The packages that its kernel side reaches beside its own: what was there before. */
  readonly before: readonly string[];
  /** By its sides: what it adds, and what this side stands on and none before it does. */
  readonly sides: Readonly<Record<Side, Reached>>;
  /** What decides on a call: the trusted base. */
  readonly check: Reached;
  /** What a task's own calls run through until it is under a program. */
  readonly installation: Reached;
};

/** The member of a task side's rules that decides on an event. */
const CHECK: ReadonlySet<string> = new Set(["check"]);
/** In the kernel side also that of a program; elsewhere that is the bench's. */
const KERNEL_CHECK: ReadonlySet<string> = new Set(["check", "evaluate"]);
/** Those by which a task asks for something. */
const INSTALLATION: ReadonlySet<string> = new Set(["call", "prctl"]);
/** The files of the user side that make these calls. */
const INSTALL = /^user\/install\b/;

/** The folder of this workspace's packages. This file is three levels below it, as source and when built. */
const PACKAGES = new URL("../../../", import.meta.url);

/** Modules are parsed once in a process. */
let here: Workspace | null = null;

export function thisWorkspace(): Workspace {
  here ??= new Workspace(PACKAGES);
  return here;
}

/** `variant`: the module whose exports are the variant. */
export function measureSize(variant: Place, workspace: Workspace): Result<VariantSize, string> {
  const all = reachedFrom(workspace, (reach) => reach.addModule(variant));
  if (!all.ok) return all;
  const { own, others } = apart(all.value, variant);
  const on = (side: Side) => own.filter(({ place }) => sideOf(place) === side);

  const kernel = reachedFrom(workspace, (reach) => reach.addAll(on("kernel")));
  const user = reachedFrom(workspace, (reach) => reach.addAll(on("user")));
  const running = [...on("kernel"), ...others].filter(({ way }) => way === "value");
  const check = reachedFrom(workspace, (reach) => {
    for (const each of running) {
      reach.addMembers(each, each.place.package === variant.package ? KERNEL_CHECK : CHECK);
    }
  });
  const installation = reachedFrom(workspace, (reach) => {
    reach.addAll(own.filter(({ place }) => INSTALL.test(place.file)));
    for (const each of running) reach.addMembers(each, INSTALLATION);
  });
  if (!kernel.ok) return kernel;
  if (!user.ok) return user;
  if (!check.ok) return check;
  if (!installation.ok) return installation;

  const byKernel = statementsOf(kernel.value);
  const byUser = statementsOf(user.value);
  const share = ({ statement }: Found): Side =>
    byKernel.has(statement) ? "kernel" : byUser.has(statement) ? "user" : "bench";
  const reached = (side: Side): Reached => ({
    own: count(on(side)),
    standsOn: count(others.filter((each) => share(each) === side)),
  });
  const before = others.filter((each) => share(each) === "kernel").map(({ place }) => place.package);
  return succeed({
    patch: filesOf(on("kernel")),
    before: [...new Set(before)].sort(),
    sides: { kernel: reached("kernel"), user: reached("user"), bench: reached("bench") },
    check: reachedBy(check.value, variant),
    installation: reachedBy(installation.value, variant),
  });
}

/** The lines of code, summed up. */
export function summary({ sides }: VariantSize): ReportedSize {
  const sum = (lines: (reached: Reached) => number) =>
    SIDES.reduce((total, side) => total + lines(sides[side]), 0);
  return {
    adds: sum(({ own }) => own.code),
    sides: { kernel: sides.kernel.own.code, user: sides.user.own.code, bench: sides.bench.own.code },
    standsOn: sum(({ standsOn }) => standsOn.code),
    types: { adds: sum(({ own }) => own.types), standsOn: sum(({ standsOn }) => standsOn.types) },
  };
}

function reachedFrom(workspace: Workspace, add: (reach: Reach) => void): Result<readonly Found[], string> {
  const reach = new Reach(workspace);
  add(reach);
  return reach.all();
}

function statementsOf(found: readonly Found[]): ReadonlySet<Found["statement"]> {
  return new Set(found.map(({ statement }) => statement));
}

function sideOf({ file }: Place): Side {
  const [folder = ""] = file.split("/");
  return folder === "kernel" || folder === "user" ? folder : "bench";
}

function apart(found: readonly Found[], variant: Place): Record<"own" | "others", readonly Found[]> {
  const isOwn = ({ place }: Found) => place.package === variant.package;
  return { own: found.filter(isOwn), others: found.filter((each) => !isOwn(each)) };
}

function reachedBy(found: readonly Found[], variant: Place): Reached {
  const { own, others } = apart(found, variant);
  return { own: count(own), standsOn: count(others) };
}

function filesOf(found: readonly Found[]): FileLines[] {
  const files = [...new Set(found.map(({ place }) => place.file))].sort();
  return files.map((file) => ({ file, ...count(found.filter(({ place }) => place.file === file)) }));
}
