// Claims about how much code a design is.

import type { Design } from "@gatehouse/core";
import { type Apparatus, type Claim, type Fact, fact, M76, SEED } from "../claim.js";
import { variantOf } from "../task-run.js";

/** The variants that rebuild the patches which the mail counts. */
const COUNTED = ["and", "v2", "poc"];
const SMALLEST = "poc";

export const C01: Claim = {
  id: "C01",
  who: "Ingo Molnar",
  where: [SEED, M76],
  proposition: "the event filters are the smallest patch of the three",
  experiment(apparatus) {
    const designs = apparatus.designs.filter((design) => COUNTED.includes(variantOf(design)));
    return [
      compared("lines added, by the mail's diffstats", designs, ({ patch }) => patch.added),
      compared("lines that the rebuilt one adds", designs, (design) => apparatus.codeSize(design)?.adds),
      compared("lines that it adds and stands on", designs, (design) => wholeSize(apparatus, design)),
    ];
  },
};

function wholeSize(apparatus: Apparatus, design: Design): number | undefined {
  const size = apparatus.codeSize(design);
  return size === null ? undefined : size.adds + size.standsOn;
}

function compared(
  what: string,
  designs: readonly Design[],
  lines: (design: Design) => number | undefined,
): Fact {
  const counted = designs.map((design) => ({ design, lines: lines(design) }));
  const known = counted.flatMap(({ design, lines: each }) => (each === undefined ? [] : [{ design, each }]));
  if (known.length < counted.length) return { text: `${what}: the source is not here`, speaks: "neither" };
  const [smallest] = known.toSorted((a, b) => a.each - b.each);
  const shown = known.map(({ design, each }) => `${design.id} ${each}`).join(", ");
  return fact(smallest !== undefined && variantOf(smallest.design) === SMALLEST, `${what}: ${shown}`);
}
