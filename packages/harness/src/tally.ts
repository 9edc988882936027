// Outcomes counted by event: four counters an id, side by side, so that a row costs one addition. A number means another
// call on another entry path, so ids are those of a path.

import { type ABI, type Bitset, type Catalog, type Chunk, type EventId, nameByNumber } from "@gatehouse/core";
import { type Answers, word } from "./contestant.js";

const OUTCOMES = ["allow", "deny", "kill", "unknown"] as const;
const [ALLOW, DENY, KILL, UNKNOWN] = [0, 1, 2, 3];
const EVENT_IDS = 65_536;
/** By their numbers in a trace. */
const PATHS = ["native", "int80", "x32"] as const satisfies Readonly<Record<number, keyof typeof ABI>>;

export type Outcomes = Readonly<Record<(typeof OUTCOMES)[number], number>>;

export class Tally {
  /** Of outcome o of event e by the native path at 4e + o; of other paths after all of these. */
  readonly counts = new Float64Array(PATHS.length * OUTCOMES.length * EVENT_IDS);

  add({ event, abi }: Chunk, rows: Bitset, answers: Answers): void {
    const counts = this.counts;
    for (let i = 0; i < rows.words.length; i++) {
      const known = word(answers.known, i);
      const allow = word(answers.allow, i);
      const kill = word(answers.kill, i);
      for (let bits = word(rows, i); bits !== 0; bits &= bits - 1) {
        const bit = 31 - Math.clz32(bits & -bits);
        const refused = (kill >>> bit) & 1 ? KILL : DENY;
        const outcome = (known >>> bit) & 1 ? ((allow >>> bit) & 1 ? ALLOW : refused) : UNKNOWN;
        const row = (i << 5) + bit;
        const at = OUTCOMES.length * ((abi[row] ?? 0) * EVENT_IDS + (event[row] ?? 0)) + outcome;
        counts[at] = (counts[at] ?? 0) + 1;
      }
    }
  }

  /** What another tally counted, of other rows. */
  addCounts(counts: Float64Array): void {
    for (let at = 0; at < counts.length; at++) {
      this.counts[at] = (this.counts[at] ?? 0) + (counts[at] ?? 0);
    }
  }

  /** The counts of all events, and of each that occurred. */
  outcomes(catalog: Catalog): Outcomes & { readonly byEvent: Readonly<Record<string, Outcomes>> } {
    const byEvent: Record<string, Outcomes> = {};
    const total = { allow: 0, deny: 0, kill: 0, unknown: 0 };
    for (const id of this.#occurring()) {
      const outcomes = this.#of(id);
      byEvent[nameOf(id, catalog)] = outcomes;
      for (const outcome of OUTCOMES) total[outcome] += outcomes[outcome];
    }
    return { ...total, byEvent };
  }

  /** Places among the events of all paths. */
  #occurring(): ReadonlySet<number> {
    const ids = new Set<number>();
    for (let at = 0; at < this.counts.length; at++) {
      if (this.counts[at] !== 0) ids.add(Math.floor(at / OUTCOMES.length));
    }
    return ids;
  }

  #of(id: number): Outcomes {
    const count = (outcome: number) => this.counts[OUTCOMES.length * id + outcome] ?? 0;
    return { allow: count(ALLOW), deny: count(DENY), kill: count(KILL), unknown: count(UNKNOWN) };
  }
}

/** `openat`, `int80:gettid`; by number where the table of its path is not known. */
function nameOf(place: number, catalog: Catalog): string {
  const id: EventId = place % EVENT_IDS;
  const path = PATHS[Math.floor(place / EVENT_IDS)] ?? "native";
  if (path === "native") return catalog.nameOf(id);
  return `${path}:${catalog.tables[path]?.nameOf(id) ?? nameByNumber(id)}`;
}
