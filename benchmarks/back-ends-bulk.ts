// Contestants that judge whole chunks: designs on back-ends, and the floors beside them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { linux618 } from "@gatehouse/catalog";
import { compiledBackend } from "@gatehouse/compiled";
import {
  type BackendInPlace,
  type Columns,
  type ColumnsShape,
  type Design,
  type Filter,
  on,
  type Policy,
  type Result,
} from "@gatehouse/core";
import { bitmaskAnd } from "@gatehouse/design-2009-bitmask";
import { filterEngineCorrected } from "@gatehouse/design-2010-filter-engine";
import { eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import {
  decideContestant,
  type Entry,
  entrant,
  type Mistake,
  prove,
  Sample,
  type Work,
} from "@gatehouse/harness";
import { type Floors, nativeBackend, openFloors } from "@gatehouse/native";
import { parseOci } from "@gatehouse/policies";
import { openTrace } from "@gatehouse/traces";
import { allowsCall, type CaseName, policyOf, proveCase, rowsOf, SLOTS } from "./back-ends-cases.js";
import { FOLDER } from "./measure.js";

/** `contestant`: a design on a back-end, or the name of a floor. */
export type BulkJob = {
  readonly kind: "bulk";
  readonly contestant: string;
  readonly case: CaseName;
  readonly rows: number;
};

export type DockerJob = { readonly kind: "docker"; readonly contestant: string };

const DESIGNS: readonly Design[] = [bitmaskAnd, filterEngineCorrected, eventFiltersVision];

const BACKENDS: Readonly<Record<string, () => Result<BackendInPlace, string>>> = {
  native: nativeBackend,
  compiled: compiledBackend,
};

export function bulk({ contestant, case: name, rows }: BulkJob): Result<Work, Mistake> {
  proveCase(name);
  const [id = "", ...where] = contestant.split(", ");
  const { judged, expected } = rowsOf(name, rows, {
    ...(where.includes(IN_PLACE) && { columns: columnsOf(id) }),
    isNarrow: where.includes(NARROW),
  });
  const filter = FLOORS[id]?.(floors()) ?? filterOf(id, policyOf(name));
  return prove(filter, judged, expected);
}

/** Behind the name of a contestant and a comma: its rows lie in the memory of its own back-end; its slots are narrow. */
export const IN_PLACE = "in place";
export const NARROW = "narrow";

function columnsOf(id: string): (shape: ColumnsShape) => Columns {
  const { backend } = findContestant(id);
  return (shape) => {
    const columns = backend.columns(shape);
    if (!columns.ok) throw new Error(columns.error);
    return columns.value;
  };
}

const FLOORS: Readonly<Record<string, (floors: Floors) => Pick<Filter, "evaluateAll">>> = {
  "bit test": ({ bitTest }) => bitTest(allowsCall),
  "byte look-up": ({ lookUp }) => lookUp(allowsCall),
  "four predicates": ({ fourPredicates }) => fourPredicates(SLOTS),
};

function floors(): Floors {
  const native = openFloors();
  if (!native.ok) throw new Error(native.error);
  return native.value;
}

/** The program of `bitmask-2009@and@native` for a policy that the design says exactly. */
export function filterOf(id: string, policy: Policy): Filter {
  const { design } = findContestant(id);
  const compiled = design.compile(policy, linux618);
  if (compiled.kind !== "exact") throw new Error(`${id} cannot say the policy`);
  return design.load(compiled.program, linux618);
}

type Found = { readonly design: Design; readonly reference: Design; readonly backend: BackendInPlace };

function findContestant(id: string): Found {
  const reference = DESIGNS.find((design) => id.startsWith(`${design.id}@`));
  const backend = reference && BACKENDS[id.slice(reference.id.length + 1)]?.();
  if (reference === undefined || backend === undefined) throw new RangeError(`there is no ${id}`);
  if (!backend.ok) throw new Error(backend.error);
  return { design: on(backend.value, reference), reference, backend: backend.value };
}

/** Docker's default profile as a container has it, and where both lie beside this clone. */
export const PROFILE = join(FOLDER, "../../shared/data/policies/oci/moby-default.json");
export const NGINX = join(FOLDER, "../../shared/data/traces/nginx.perf.txt.gz");

export async function docker({ contestant }: DockerJob): Promise<Result<Work, Mistake>> {
  const parsed = parseOci(readFileSync(PROFILE, "utf8"), linux618);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const { policy } = parsed.value;
  const sample = await Sample.of(openTrace(NGINX, { catalog: linux618 }), null);
  if (contestant !== "by hand")
    return entrantWork({ ...findContestant(contestant), policy, catalog: linux618, fails: "closed" }, sample);
  const itself = decideContestant(policy);
  const truth = sample.chunks.map(({ chunk, rows }) => itself.judge(chunk, rows));
  return prove(floors().dockerDefault(), sample.chunks, truth);
}

function entrantWork(entry: Entry, sample: Sample): Result<Work, Mistake> {
  assert.equal(
    entry.design.compile(entry.policy, entry.catalog).kind,
    "exact",
    `${entry.design.id} says the profile`,
  );
  return entrant(entry, sample) ?? assert.fail();
}
