// The claim that filters can be simple tests of labels.

import { type Claim, type Fact, fact, SEED } from "../claim.js";

const LABELS = "(label & tmp_t) || (label & user_home_t)";

export const C12: Claim = {
  id: "C12",
  who: "Ingo Molnar",
  where: [SEED],
  proposition: `a filter can be a simple test of labels, \`${LABELS}\``,
  subject: {
    design: "event-filters-2011@poc",
    scope: "in the filter language that the patch had, that of 2.6.39",
  },
  experiment({ refusal }) {
    const answers = (dialect: "2.6.39" | "6.18" | "extended"): Fact => {
      const message = refusal(LABELS, "file_open", dialect);
      const answer = message === null ? "takes it as it is written" : `refuses it: ${message}`;
      return fact(message === null, `the filter language of ${dialect} ${answer}`);
    };
    const made = answers("extended");
    const why = "this language was made to take it, so that is no evidence";
    return {
      evidence: [answers("2.6.39")],
      comparison: [
        answers("6.18"),
        made.speaks === "for" ? { text: `${made.text}; ${why}`, speaks: "neither" } : made,
      ],
    };
  },
};
