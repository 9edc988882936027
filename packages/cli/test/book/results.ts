// The result files of the benchmarks, and where their figures were taken, in a sentence.

import { fileURLToPath } from "node:url";
import type { Recorded, Results } from "@gatehouse/harness";
import { readResults } from "@gatehouse/harness/results";

/** `D`: what the benchmark has to say besides its figures. */
export type ResultsOf<D> = Omit<Results, "details"> & { readonly details: D & { readonly launches: number } };

export function resultsOf<D>(name: string): ResultsOf<D> {
  const file = new URL(`../../../../benchmarks/results/${name}.json`, import.meta.url);
  const read = readResults(fileURLToPath(file));
  if (!read.ok) throw new Error(read.error);
  return read.value as ResultsOf<D>;
}

export function figureNamed({ figures }: Pick<Results, "figures">, name: string): Recorded {
  const figure = figures[name];
  if (figure === undefined) throw new RangeError(`no results of \`${name}\``);
  return figure;
}

export function runLines(name: string): string[] {
  const { machine, isTrial, details } = resultsOf<object>(name);
  const { cpu, cores, processor, kernel, node, commit, date } = machine;
  const { family, model, stepping, mhz, caches, isVirtual } = processor;
  const kind = `family ${family ?? "?"}, model ${model ?? "?"}, stepping ${stepping ?? "?"}`;
  const clock = mhz === null ? "" : `, ${mhz} MHz`;
  return [
    `Taken ${date.slice(0, 10)} at commit ${commit ?? "?"} in ${details.launches} launches, on a${isVirtual ? " virtual" : ""} ${cpu} (${kind}${clock};`,
    `${caches ?? "caches unknown"}), ${cores} cores, Linux ${kernel}, Node ${node}.`,
    ...(isTrial
      ? ["**These figures are a trial in a hurry on a busy machine, and are to be replaced.**"]
      : []),
  ];
}
