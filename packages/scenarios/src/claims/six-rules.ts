// The claim that the six rules which the mail of 26 May 2011 gives as examples work as filters of events.

import { linux2639 } from "@gatehouse/catalog";
import { type Apparatus, type Claim, type Fact, fact, M76 } from "../claim.js";

/** Each is one rule of the mail: the calls that it is for, and the filter as the mail writes it. */
const RULES = [
  { calls: ["close"], filter: "fd == 0 || fd == 1 || fd == 2" },
  { calls: ["ioperm"], filter: "from != 128 || num != 1" },
  { calls: ["listen"], filter: "backlog > 16" },
  { calls: ["mprotect", "mmap", "munmap", "mremap"], filter: "addr < 0x00100000" },
  { calls: ["sched_setscheduler"], filter: "policy != 0" },
];

export const C13: Claim = {
  id: "C13",
  who: "Ingo Molnar",
  where: [M76],
  proposition: "the rules that the mail gives as examples work as event filters",
  subject: {
    design: "event-filters-2011@poc",
    scope: "as filters that 2.6.39 takes; what security modules can do is not tested",
  },
  experiment: (apparatus) => ({
    evidence: [
      ...RULES.flatMap(({ calls, filter }) => calls.map((call) => takes(call, filter, apparatus))),
      {
        text: "each rule says what to refuse, and the patch allows what a filter matches: each has to be turned round",
        speaks: "neither",
      },
    ],
    comparison: [],
  }),
};

function takes(call: string, filter: string, { refusal }: Apparatus): Fact {
  const rule = `\`${filter}\` on ${call}`;
  const format = linux2639.byName(call);
  if (format === undefined) throw new RangeError(`${linux2639.title} has no call \`${call}\``);
  if (format.event === null) return fact(false, `${rule}: tracing has no event of this call`);
  const message = refusal(filter, call, "2.6.39");
  return fact(message === null, `${rule}: ${message === null ? "is taken" : `is refused: ${message}`}`);
}
