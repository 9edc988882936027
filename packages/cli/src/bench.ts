// `gatehouse bench`: what a decision costs. Each contestant is in a process of its own and proves its answers before its
// time is taken; floors are in the same run.

import { fileURLToPath } from "node:url";
import type { Design, Policy, Result } from "@gatehouse/core";
import {
  type BenchReport,
  benchLines,
  type Contender,
  type Mistake,
  type Rounds,
  type Runner,
  race,
  Sample,
  STEADY,
  together,
} from "@gatehouse/harness";
import { type Machine, machine } from "@gatehouse/harness/machine";
import { type Process, startAll } from "@gatehouse/harness/processes";
import { nginxTrace } from "@gatehouse/scenarios";
import { floorsHere } from "./bench-floors.js";
import { type BenchJob, PER_CHUNK } from "./bench-job.js";
import { benchSweep } from "./bench-sweep.js";
import { showBench } from "./bench-text.js";
import { type Case, type CaseOptions, readCase } from "./case.js";
import { EXIT, Failure, NotPossible } from "./failure.js";
import {
  type BackendName,
  backendNames,
  isBackend,
  REFERENCE,
  runOn,
  whyMissing,
} from "./known-back-ends.js";
import { findDesign, namesOf } from "./known-designs.js";
import { colours, isWatched, notice, print, printJson, progress } from "./terminal.js";
import { printable } from "./text.js";

export type BenchOptions = CaseOptions & {
  /** None: those that are there to be fast, and the reference. */
  readonly backend?: readonly string[];
  readonly launches: number;
  /** Of each launch. */
  readonly rounds: number;
  /** Instead of a policy and a trace: the word of a sweep. */
  readonly sweep?: string;
};

/** Where the numbers were taken; `addon`: the compiler and the version of its loops, null where there is no addon. */
export type PrintedBench = BenchReport & { readonly machine: Machine & { readonly addon: string | null } };

/** Built also where this file is run from its source: a process of its own has no other way to run it. */
const CONTESTANT = new URL("../dist/bench-contestant.js", import.meta.url);

export async function bench(options: BenchOptions): Promise<void> {
  if (options.sweep !== undefined) return benchSweep(options.sweep, options);
  if (options.policy === "-" || options.trace === "-")
    throw new Failure("every contestant reads the trace again: it has to be a file, and so has the policy");
  const asked = await readCase(options);
  const sample = await Sample.of(asked.trace, asked.selection);
  asked.finish(sample.events);
  if (sample.events === 0) throw new Failure("no event of the trace is judged: there is nothing to time");
  const { ids, build } = floorsHere();
  const [floor = ""] = ids;
  const entries = [...ids.map(floorEntry), ...designEntries(options, asked)];
  const launches: Launch[] = [];
  for (let i = 0; i < options.launches; i++)
    launches.push(await launch(entries, options, asked.policy.policy, `launch ${i + 1}`));
  progress("");
  const contenders = entries.flatMap((_, i) => inAllLaunches(launches, i));
  const report: PrintedBench = {
    schema: "gatehouse.bench/2",
    machine: { ...machine(), addon: build },
    policy: asked.policy.policy.name,
    catalog: asked.catalog.title,
    sample: { events: sample.events, chunks: sample.chunks.length },
    launches: options.launches,
    rounds: options.rounds,
    steady: STEADY,
    floor,
    contestants: benchLines(
      contenders,
      {
        perEvent: together(launches.map(({ perEvent }) => perEvent)),
        perChunk: together(launches.map(({ perChunk }) => perChunk)),
      },
      floor,
    ),
  };
  if (options.json) printJson(report);
  else print(showBench(report, asked.titles, colours));
  if (contenders.some(({ refused }) => refused !== null)) process.exitCode = EXIT.refused;
}

/** What one launch of all contestants found. */
type Launch = {
  readonly contenders: readonly Contender[];
  readonly perEvent: Rounds;
  readonly perChunk: Rounds;
};

/** One that was refused in any launch is refused. */
function inAllLaunches(launches: readonly Launch[], i: number): Contender[] {
  const its = launches.flatMap(({ contenders }) => contenders[i] ?? []);
  const refused = its.find((contender) => contender.refused !== null);
  return (refused === undefined ? its : [refused]).slice(0, 1);
}

async function launch(
  entries: readonly Entry[],
  options: BenchOptions,
  policy: Policy,
  name: string,
): Promise<Launch> {
  progress(`${name}: starting`);
  const entered = await enter(entries, options, policy);
  const processes = entered.flatMap(({ process }) => process ?? []);
  const perEvent = await race(
    processes.map((process) => watched(process, name)),
    options.rounds,
  );
  const perChunk = await race(
    processes.map(({ id, sample }) => watched({ id, sample: () => sample(PER_CHUNK) }, name)),
    options.rounds,
  );
  for (const { end } of processes) end();
  return { contenders: entered.map(({ contender }) => contender), perEvent, perChunk };
}

type Entry = Pick<Contender, "id" | "kind" | "compilation"> & { readonly reference: string };

function floorEntry(id: string): Entry {
  return { id, kind: "floor", compilation: null, reference: id };
}

/** Each design on each back-end; one that names its back-end on that alone. */
function designEntries({ designs: asked, backend, fails }: BenchOptions, { policy, catalog }: Case): Entry[] {
  const backends = backendsHere(backend);
  return namesOf(asked).flatMap((id) => {
    const { design, itself } = splitDesign(id);
    const compilation = design.compile(policy.policy, catalog, fails).kind;
    const on = itself === null ? backends : [itself];
    return on.map((name) => ({
      id: runOn(design, name).id,
      kind: "design" as const,
      compilation,
      reference: design.id,
    }));
  });
}

function splitDesign(id: string): { readonly design: Design; readonly itself: BackendName | null } {
  const name = id.slice(id.lastIndexOf("@") + 1);
  if (!isBackend(name)) return { design: findDesign(id), itself: null };
  return { design: findDesign(id.slice(0, -name.length - 1)), itself: name };
}

const BY_DEFAULT: readonly BackendName[] = [REFERENCE, "compiled", "native"];

/** Of those that somebody asked for each must be there; of the others it is said that one is not. */
function backendsHere(asked: readonly string[] | undefined): readonly BackendName[] {
  if (asked !== undefined) return asked.map(findBackend);
  return BY_DEFAULT.filter((name) => {
    const reason = whyMissing(name);
    if (reason !== null) notice(`${reason}; it is left out`);
    return reason === null;
  });
}

function findBackend(name: string): BackendName {
  if (!isBackend(name))
    throw new Failure(`there is no back-end \`${printable(name)}\`; known: ${backendNames.join(", ")}`);
  const reason = whyMissing(name);
  if (reason !== null) throw new NotPossible(reason);
  return name;
}

type Entered = { readonly contender: Contender; readonly process: Process | null };

/** Those that can say the policy and give the right answers have a process. */
async function enter(entries: readonly Entry[], options: BenchOptions, policy: Policy): Promise<Entered[]> {
  const { trace = fileURLToPath(nginxTrace), format = null, task = null, catalog, fails } = options;
  const able = entries.filter(({ compilation }) => compilation !== "inexpressible");
  const jobs = able.map(({ id, reference }): readonly [string, BenchJob] => [
    id,
    { contestant: id, reference, policy, trace, format, task, catalog, fails },
  ]);
  const started = new Map<string, Result<Process, Mistake>>();
  for (const [i, one] of (await startAll<BenchJob>(CONTESTANT, jobs)).entries())
    started.set(able[i]?.id ?? "", one);
  return entries.map(({ reference, ...entry }) => {
    const one = started.get(entry.id);
    const refused = one === undefined || one.ok ? null : one.error;
    return { contender: { ...entry, refused }, process: one?.ok ? one.value : null };
  });
}

/** Says on a terminal whose turn it is. */
function watched({ id, sample }: Runner, launch: string): Runner {
  if (!isWatched) return { id, sample };
  return {
    id,
    sample() {
      progress(`${launch}: timing ${id}`);
      return sample();
    },
  };
}
