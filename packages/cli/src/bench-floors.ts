// The floors of `gatehouse bench`. Those that read decide nothing: the columns that every filter reads, or those and the
// slots that the policy looks at. Beside them stands the smallest decision there is, a look-up by number. They know of a
// policy only which events it allows at all and which slots it looks at.

import {
  type Catalog,
  type EventId,
  newVerdicts,
  type Policy,
  predicatesOf,
  type Result,
  type Verdicts,
} from "@gatehouse/core";
import {
  bitTest,
  type Judged,
  type Mistake,
  type Proved,
  prove,
  readNumbers,
  type Sample,
} from "@gatehouse/harness";
import { openFloors } from "@gatehouse/native";

/** The first that is here is what everything else is a multiple of: nothing can take less than to read what it judges. */
export const FLOORS = [
  "read events in C++",
  "read slots too in C++",
  "bit test in C++",
  "read events in JavaScript",
  "bit test in JavaScript",
] as const;
export type FloorId = (typeof FLOORS)[number];

/** Without the addon those in C++ are not here, and nothing was compiled. */
export function floorsHere(): { readonly ids: readonly FloorId[]; readonly build: string | null } {
  const native = openFloors();
  if (native.ok) return { ids: FLOORS, build: native.value.build };
  return { ids: FLOORS.filter((id) => id.endsWith("JavaScript")), build: null };
}

export function isFloor(id: string): id is FloorId {
  return FLOORS.some((known) => known === id);
}

/** The floor, once it has answered what a plain loop answers. */
export function floorWork(
  id: FloorId,
  policy: Policy,
  catalog: Catalog,
  { chunks }: Sample,
): Result<Proved, Mistake> {
  const named = policy.clauses.flatMap(({ action, event }) =>
    action.kind === "allow" ? [catalog.byName(event)?.id] : [],
  );
  const allowed = new Set(named);
  const isAllowed = (event: EventId) => allowed.has(event);
  const everything = chunks.map(answers(() => true));
  if (id === "read events in JavaScript") return prove(readNumbers(), chunks, everything);
  if (id === "bit test in JavaScript")
    return prove(bitTest(isAllowed), chunks, chunks.map(answers(isAllowed)));
  const native = openFloors();
  if (!native.ok) throw new Error(native.error);
  if (id === "bit test in C++")
    return prove(native.value.bitTest(isAllowed), chunks, chunks.map(answers(isAllowed)));
  if (id === "read events in C++") return prove(native.value.read([]), chunks, everything);
  const most = Math.min(...chunks.map(({ chunk }) => chunk.slots.length));
  const slots = slotsOf(policy, catalog).filter((slot) => slot < most);
  return prove(native.value.read(slots), chunks, everything);
}

function answers(allows: (event: EventId) => boolean): (judged: Judged) => Verdicts {
  return ({ chunk, rows }) => {
    const verdicts = newVerdicts(chunk.length);
    rows.forEach((row) => {
      verdicts.known.add(row);
      if (allows(chunk.event[row] ?? 0)) verdicts.allow.add(row);
    });
    return verdicts;
  };
}

/** The slots that conditions look at, of any event. */
function slotsOf({ clauses }: Policy, catalog: Catalog): number[] {
  const slots = clauses.flatMap(({ event, condition }) => {
    const fields = catalog.byName(event)?.fields ?? [];
    const named = new Set(predicatesOf(condition).map(({ field }) => field));
    return fields.filter(({ name }) => named.has(name)).map(({ slot }) => slot);
  });
  return [...new Set(slots)].sort((a, b) => a - b);
}
