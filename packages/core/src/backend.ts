// Where programs run. A back-end reads only what a filter comes down to, so it needs no case per design; put on a
// design it gives a design with another `load`, and whatever takes a design takes that.

import { Bitset } from "./bitset.js";
import { type Catalog, type EventId, SLOTS } from "./catalog.js";
import { type Design, type Filter, oneByOne } from "./design.js";
import type { Lowered, Rule } from "./lowered.js";

export type Backend = {
  /** `native`; the design's id gets it behind an `@`. */
  readonly name: string;
  /** Ready to be asked about chunks of this catalog's events. */
  load(lowered: Lowered, catalog: Catalog): Pick<Filter, "evaluate" | "evaluateAll">;
};

/** The same design, its programs run by `backend`: `bitmask-2009@and@native`. */
export function on<P>(backend: Backend, design: Design<P>): Design<P> {
  return {
    ...design,
    id: `${design.id}@${backend.name}`,
    load(program, catalog) {
      const filter = design.load(program, catalog);
      return { ...filter, ...run(backend, filter, catalog) };
    },
  };
}

/** A back-end is given what a chunk's columns hold: an event of which a rule asks something else the reference answers. */
function run(backend: Backend, filter: Filter, catalog: Catalog): ReturnType<Backend["load"]> {
  const lowered = filter.lower();
  const beyond = new Set(lowered.programs.flatMap(({ rules }) => [...rules].flatMap(beyondColumns)));
  if (beyond.size === 0) return backend.load(lowered, catalog);
  const loaded = backend.load(without(lowered, beyond), catalog);
  const evaluateAll = oneByOne((event) => filter.evaluate(event));
  return {
    evaluate: (event) => (beyond.has(event.id) ? filter.evaluate(event) : loaded.evaluate(event)),
    evaluateAll(chunk, rows, verdicts) {
      const [within, theirs] = [new Bitset(rows.length), new Bitset(rows.length)];
      rows.forEach((row) => {
        (beyond.has(chunk.event[row] ?? 0) ? theirs : within).add(row);
      });
      loaded.evaluateAll(chunk, within, verdicts);
      evaluateAll(chunk, theirs, verdicts);
    },
  };
}

/** The event, if its rule asks for what is in no column. */
function beyondColumns([id, rule]: readonly [EventId, Rule]): EventId[] {
  return typeof rule !== "string" && rule.some(({ test }) => test.slot >= SLOTS) ? [id] : [];
}

function without({ sections, programs }: Lowered, events: ReadonlySet<EventId>): Lowered {
  return {
    sections,
    programs: programs.map((rules) => ({
      ...rules,
      rules: new Map([...rules.rules].filter(([id]) => !events.has(id))),
    })),
  };
}
