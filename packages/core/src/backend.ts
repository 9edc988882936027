// Where programs run. A back-end reads only what a filter comes down to, so it needs no case per design; put on a
// design it gives a design with another `load`, and whatever takes a design takes that.

import type { Catalog } from "./catalog.js";
import type { Design, Filter } from "./design.js";
import type { Lowered } from "./lowered.js";

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
      return { ...filter, ...backend.load(filter.lower(), catalog) };
    },
  };
}
