// What kernels took for the same things, beside what our curves say, and why they differ. Figures of kernels are data with
// their source: measured once, by hand, on Linux 6.18 and such a machine, or published.

import type { ContestantName, SweepName } from "@gatehouse/cli/sweeps";
import { least, ofLaunches, type Ratio, type Sweep, samplesAt, slope } from "@gatehouse/harness";

export type Beside = {
  readonly what: string;
  readonly ours: Ratio;
  readonly kernel: number;
  readonly unit: string;
  readonly source: string;
  readonly because: string;
};

const MEASURED = "once on such a machine, Linux 6.18";
const LPC = "Hromatka, Linux Plumbers 2018";
/** Of a call with no filter at all, in the published figures. */
const LPC_FREE = 138;

export function kernelBeside(sweeps: readonly Sweep[], launches: number): Beside[] {
  const growth = (sweep: SweepName, id: ContestantName): Ratio => {
    const curve = find(sweeps, sweep).curves.find((each) => each.id === id);
    const one = curve && slope(curve);
    if (!one) throw new RangeError(`${sweep}: ${id} has no slope`);
    return one;
  };
  const at = (sweep: SweepName, id: ContestantName, x: number, launch: number) => {
    const ns = samplesAt(find(sweeps, sweep), { id, x })?.[launch];
    if (ns === undefined) throw new RangeError(`${sweep}: ${id} was not timed at ${x}`);
    return least(ns);
  };
  const inLaunches = (of: (launch: number) => number) => ofLaunches(launches, of);
  const [calls, place] = ["calls allowed", "place among 300 calls"] as const;
  const [linear, tree] = ["2012: BPF, linear", "2012: BPF, tree"] as const;
  return [
    {
      what: "one more call that a linear seccomp program compares with, at its end",
      ours: inLaunches((i) => (at(place, linear, 300, i) - at(place, linear, 1, i)) / 299),
      ...{ kernel: 0.15, unit: "ns", source: MEASURED },
      because:
        "the kernel has compiled the program to machine code since Linux 3.16 (2014); here it is interpreted, as in 2012",
    },
    {
      what: "the last of 300 calls over the first, linear",
      ours: inLaunches((i) => at(place, linear, 300, i) / at(place, linear, 1, i)),
      ...{ kernel: (1942 - LPC_FREE) / (256 - LPC_FREE), unit: "x", source: LPC },
      because: "the published first call has the way into the filter in it, which is not timed here",
    },
    {
      what: "linear over a tree, the last of 300 calls",
      ours: inLaunches((i) => at(place, linear, 300, i) / at(place, tree, 300, i)),
      ...{ kernel: (1942 - LPC_FREE) / (312 - LPC_FREE), unit: "x", source: LPC },
      because: "the same: the way into the filter is the greater part of what a tree takes there",
    },
    {
      what: "allowed by a bitmap, at 300 calls",
      ours: inLaunches((i) => at(calls, "2009: bitmap", 300, i)),
      ...{ kernel: 40, unit: "ns", source: MEASURED },
      because:
        "what the kernel's own bitmap takes is the way into seccomp at all; the bit itself cannot be seen in it",
    },
    {
      what: "one more filter on the stack, of four predicates",
      ours: growth("nesting", linear),
      ...{ kernel: 15, unit: "ns", source: MEASURED },
      because:
        "the kernel's has two instructions, compiled (since Linux 3.16), and a call; here are nine or so, interpreted",
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
      ours: inLaunches((i) => at("predicates", "2011: events, extended", 1, i)),
      ...{ kernel: 176, unit: "ns", source: MEASURED },
      because:
        "both write the record before they ask the filter; the kernel also reserves it in a buffer of the CPU, fills its " +
        "common fields and throws it away where the filter says no",
    },
  ];
}

function find(sweeps: readonly Sweep[], name: SweepName): Sweep {
  const sweep = sweeps.find((each) => each.name === name);
  if (sweep === undefined) throw new RangeError(`${name} was not drawn`);
  return sweep;
}
