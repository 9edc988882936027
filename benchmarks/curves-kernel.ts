// What kernels took for the same things, beside what our curves say, and why they differ. Figures of kernels are data with
// their source: measured once, by hand, on Linux 6.18 and such a machine, or published.

import { nsAt, type Sweep, slope } from "@gatehouse/harness";
import type { ContestantName } from "./curves-contestants.js";
import type { SweepName } from "./curves-sweeps.js";

export type Beside = {
  readonly what: string;
  readonly ours: number;
  readonly kernel: number;
  readonly unit: string;
  readonly source: string;
  readonly because: string;
};

const MEASURED = "once on such a machine, Linux 6.18";
const LPC = "Hromatka, Linux Plumbers 2018";
/** Of a call with no filter at all, in the published figures. */
const LPC_FREE = 138;

export function kernelBeside(sweeps: readonly Sweep[]): Beside[] {
  const growth = (sweep: SweepName, id: ContestantName) => {
    const curve = find(sweeps, sweep).curves.find((each) => each.id === id);
    return (curve && slope(curve)) ?? Number.NaN;
  };
  const at = (sweep: SweepName, id: ContestantName, x: number) =>
    nsAt(find(sweeps, sweep), { id, x }) ?? Number.NaN;
  const [calls, place] = ["calls allowed", "place among 300 calls"] as const;
  const [linear, tree] = ["2012: BPF, linear", "2012: BPF, tree"] as const;
  return [
    {
      what: "one more call that a linear seccomp program compares with, at its end",
      ours: (at(place, linear, 300) - at(place, linear, 1)) / 299,
      ...{ kernel: 0.15, unit: "ns", source: MEASURED },
      because:
        "the kernel has compiled the program to machine code since 2013; here it is interpreted, as in 2012",
    },
    {
      what: "the last of 300 calls over the first, linear",
      ours: at(place, linear, 300) / at(place, linear, 1),
      ...{ kernel: (1942 - LPC_FREE) / (256 - LPC_FREE), unit: "x", source: LPC },
      because: "the published first call has the way into the filter in it, which is not timed here",
    },
    {
      what: "linear over a tree, the last of 300 calls",
      ours: at(place, linear, 300) / at(place, tree, 300),
      ...{ kernel: (1942 - LPC_FREE) / (312 - LPC_FREE), unit: "x", source: LPC },
      because: "the same: the way into the filter is the greater part of what a tree takes there",
    },
    {
      what: "allowed by a bitmap, at 300 calls",
      ours: at(calls, "2009: bitmap", 300),
      ...{ kernel: 40, unit: "ns", source: MEASURED },
      because:
        "what the kernel's own bitmap takes is the way into seccomp at all; the bit itself cannot be seen in it",
    },
    {
      what: "one more filter on the stack, of four predicates",
      ours: growth("nesting", linear),
      ...{ kernel: 15, unit: "ns", source: MEASURED },
      because: "the kernel's has two instructions, compiled, and a call; here are nine or so, interpreted",
    },
    {
      what: "one more predicate of an event's filter, 6.18's form",
      ours: growth("predicates", "2010: hash, 6.18"),
      ...{ kernel: 2.2, unit: "ns", source: MEASURED },
      because:
        "the same program of branches, one indirect call or switch for each; no return trampoline stands here",
    },
    {
      what: "an event with one predicate that says no",
      ours: at("predicates", "2011: events, extended", 1),
      ...{ kernel: 176, unit: "ns", source: MEASURED },
      because:
        "the kernel writes the whole record before it asks the filter, and throws it away where that says no",
    },
  ];
}

function find(sweeps: readonly Sweep[], name: SweepName): Sweep {
  const sweep = sweeps.find((each) => each.name === name);
  if (sweep === undefined) throw new RangeError(`${name} was not drawn`);
  return sweep;
}
