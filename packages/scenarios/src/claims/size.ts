// The claim about how much code each patch is.

import type { Design } from "@gatehouse/core";
import { type Apparatus, type Claim, type Fact, fact, M76, SEED } from "../claim.js";

const SUBJECT = "event-filters-2011@poc";

/** docs/sources.md says where each of these is known from. */
const NOT_COMPARABLE =
  "beyond the inserted lines the patches do not compare: that of the filter engine also holds a copy of a Kconfig stanza for each architecture, and the calls that read filters; the proof of concept leaves out those calls, narrowing, the inheritance of filters and compat";

export const C01: Claim = {
  id: "C01",
  who: "Ingo Molnar",
  where: [SEED, M76],
  proposition: "the event filters are the smallest patch of the three",
  subject: { design: SUBJECT, scope: "counted in the lines that each patch inserts" },
  experiment: (apparatus) => ({
    evidence: [byDiffstat(apparatus.designs), { text: NOT_COMPARABLE, speaks: "neither" }],
    comparison: rebuilt(apparatus),
  }),
};

/** Of the variants that the mail counts. */
function byDiffstat(designs: readonly Design[]): Fact {
  const counted = designs.flatMap(({ id, patch }) => (patch === null ? [] : [{ id, added: patch.added }]));
  const subject = counted.find(({ id }) => id === SUBJECT);
  if (subject === undefined) throw new RangeError(`\`${SUBJECT}\` is not among the designs, or has no patch`);
  const others = counted.filter((each) => each !== subject);
  const shown = counted.map(({ id, added }) => `${id} ${added}`).join(", ");
  return fact(
    others.every(({ added }) => subject.added < added),
    `lines inserted, by the mail's diffstats: ${shown}`,
  );
}

/** Lines of TypeScript are no evidence about a patch of C. */
function rebuilt({ designs, codeSize }: Apparatus): Fact[] {
  const sizes = designs.flatMap((design) => {
    const size = codeSize(design);
    return size === null ? [] : [`${design.id} ${size.adds} and ${size.standsOn}`];
  });
  if (sizes.length === 0)
    return [{ text: "the source of the rebuilt designs is not here", speaks: "neither" }];
  const text = `lines of TypeScript that each rebuilt variant adds and stands on, which say nothing of a patch of C: ${sizes.join(", ")}`;
  return [{ text, speaks: "neither" }];
}
