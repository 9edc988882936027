// The smallest change of an event that flips its verdict: fewest fields first, then the most natural values. It is a
// search among values that the policy itself suggests, no proof: each answer was asked of `decide`, and where there is
// none, none was found.
//
//   allow write if fd == 1 || fd == 2          write(fd=3): fd=1
//   allow openat if flags & O_ACCMODE == 0     openat(flags=0x41): flags=0x40, which touches the masked bits alone
//
// Where the verdict is unknown, only fields that are not known are filled in, once for each verdict.

import {
  ABI,
  type Abi,
  Chunk,
  Dictionary,
  decide,
  type EventFormat,
  type EventId,
  type Field,
  type Policy,
  predicatesOf,
  SLOTS,
  type TraceEvent,
  type U64,
  u64,
  type Verdict,
} from "@gatehouse/core";
import { type Candidate, candidatesFor } from "./explain-candidates.js";
import { fieldNamed, namesakeOf, showField } from "./explain-value.js";

/** How often a search asks `decide` for all sets of one size, before it gives them up. */
const MAX_TRIES = 5_000;
/** Fields that are changed at once. */
const MAX_FIELDS = 4;

export type EventFlip = {
  /** The event as it would have to be. */
  readonly call: string;
  /** `field` is `entry` where the way into the kernel changes. */
  readonly changes: readonly { readonly field: string; readonly from: string; readonly to: string }[];
  readonly verdict: Verdict;
};

/** One for each smallest set of fields. `policy`: the clauses that hold for the task and name the event. */
export function eventFlips(policy: Policy, event: TraceEvent, verdict: Verdict | "unknown"): EventFlip[] {
  if (verdict !== "unknown") return search(policy, event, verdict === "allow" ? "deny" : "allow", false);
  return (["allow", "deny"] as const).flatMap((wanted) => search(policy, event, wanted, true).slice(0, 1));
}

/** One thing that may change: a field, or the entry path. */
type Part = { readonly name: string; readonly from: string; readonly options: readonly Option[] };
type Option = { readonly to: string; readonly apply: (draft: Draft) => void };
type Draft = { id: EventId; abi: Abi; values: (U64 | undefined)[] };

function search(policy: Policy, event: TraceEvent, wanted: Verdict, filling: boolean): EventFlip[] {
  const dictionary = new Dictionary();
  const scratch = new Chunk(event.chunk.catalog, dictionary, {
    capacity: 1,
    slots: SLOTS,
    tasks: [event.task],
  });
  const draft = draftOf(event, dictionary);
  const parts = partsOf(policy, event, dictionary, filling);
  for (let size = 1; size <= Math.min(parts.length, MAX_FIELDS); size++) {
    const sets = subsets(parts, size);
    const found = sets.flatMap((chosen) => {
      let left = Math.ceil(MAX_TRIES / sets.length);
      for (const options of product(chosen)) {
        if (left-- === 0) return [];
        const changed = asEvent(scratch, draft, options);
        if (decide(policy, changed).verdict !== wanted) continue;
        const changes = chosen.map(({ name, from }, i) => ({ field: name, from, to: options[i]?.to ?? "" }));
        return [{ call: changed.toString(), changes, verdict: wanted }];
      }
      return [];
    });
    if (found.length > 0) return found;
  }
  return [];
}

/** The event with its strings and label sets in a dictionary of its own: candidates must not go into the trace's. */
function draftOf(event: TraceEvent, dictionary: Dictionary): Draft {
  const values: (U64 | undefined)[] = [];
  for (let slot = 0; slot < SLOTS; slot++) if (event.isKnown(slot)) values[slot] = event.value(slot);
  for (const { slot, kind } of event.format?.fields ?? []) {
    if (!event.isKnown(slot)) continue;
    if (kind === "string") values[slot] = u64(dictionary.string(event.string(slot)));
    if (kind === "labels") values[slot] = u64(dictionary.labels(event.labels(slot)));
  }
  const abi = event.abi === ABI.int80 ? ABI.int80 : event.abi === ABI.x32 ? ABI.x32 : ABI.native;
  return { id: event.id, abi, values };
}

function partsOf(policy: Policy, event: TraceEvent, dictionary: Dictionary, filling: boolean): Part[] {
  const { abi } = event;
  const format = namesakeOf(event);
  // The same call: its number may be another one there.
  const native = {
    to: "native",
    apply(draft: Draft) {
      draft.abi = ABI.native;
      draft.id = format?.id ?? draft.id;
    },
  };
  const entry = { name: "entry", from: abi === ABI.int80 ? "int80" : "x32", options: [native] };
  const fields = format === undefined ? [] : fieldsNamed(policy, format);
  const open = fields.filter(({ slot }) => !filling || !event.isKnown(slot));
  const asked = policy.clauses.flatMap(({ condition }) => predicatesOf(condition));
  return [
    ...(abi === ABI.native || format === undefined ? [] : [entry]),
    ...open.map((field) => ({
      name: field.name,
      from: showField(event, field.name, asked),
      options: candidatesFor(asked, event, field).map((candidate) => ({
        to: candidate.text,
        apply: (draft: Draft) => {
          draft.values[field.slot] = stored(candidate, dictionary);
        },
      })),
    })),
  ];
}

/** The fields that its clauses ask for, in the order in which they do. */
function fieldsNamed({ clauses }: Policy, format: EventFormat): Field[] {
  const names = clauses.flatMap(({ condition }) => predicatesOf(condition)).map(({ field }) => field);
  return [...new Set(names)].flatMap((name) => fieldNamed(format, name) ?? []);
}

function stored({ value }: Candidate, dictionary: Dictionary): U64 {
  if (typeof value === "string") return u64(dictionary.string(value));
  return "low" in value ? value : u64(dictionary.labels(value));
}

function asEvent(scratch: Chunk, draft: Draft, options: readonly Option[]): TraceEvent {
  const changed = { ...draft, values: [...draft.values] };
  for (const { apply } of options) apply(changed);
  scratch.length = 0;
  return scratch.at(scratch.push(0, changed.id, changed.abi, changed.values));
}

/** All sets of `size` of the items, those of earlier items first. */
function subsets<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, i) => subsets(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]));
}

/** One option of each part, in every combination. */
function* product([first, ...rest]: readonly Part[]): Generator<readonly Option[]> {
  if (first === undefined) yield [];
  else for (const option of first.options) for (const others of product(rest)) yield [option, ...others];
}
