// A set of values of one register, given as a diagram over its bits, as a condition for people. The text follows from
// the set alone, so equal sets read alike. Of the ways to say it the first that is short enough is taken:
//
//   ranges     arg0 <= 37 || arg0 == 39                    a few runs of values
//   gaps       arg0 != 38 && arg0 != 40                    all but a few values
//   low half   arg0 & 0xffffffff == 3 || …                 a few values, whatever the high half
//   masks      arg0 & 0x7c020000 == 0 || …                 bits that are fixed
//   not masks  arg0 & 0x3 != 0 && …                        the same of the values outside

import { hex, u64 } from "@gatehouse/core";
import { type Diagram, type Diagrams, TooLarge } from "./decision-diagram.js";

/** A register's bits: `bits` of them from `level` on, the highest first. */
export type Register = { readonly name: string; readonly level: number; readonly bits: number };

/** Alternatives, each of them comparisons that must all hold. None: never; one without comparisons: always. */
export type Alternatives = readonly (readonly string[])[];

/** Ranges and gaps that still read well. */
const FEW = 16;
/** More comparisons than this are no condition that a person reads. */
export const MAX_COMPARISONS = 256;

export function conditionOn(register: Register, set: Diagram, diagrams: Diagrams): Alternatives {
  if (set === diagrams.no) return [];
  if (set === diagrams.yes) return [[]];
  const runs = runsOf(set, register, diagrams, FEW);
  const ranges = runs?.filter(({ below }) => below === diagrams.yes);
  const gaps = runs?.filter(({ below }) => below === diagrams.no);
  const comparisons = ranges?.map((run) => rangeText(register, run));
  if (gaps?.every(isSingle) && gaps.length < (comparisons?.flat().length ?? 0)) {
    return [gaps.map(({ from }) => `${register.name} != ${number(from)}`)];
  }
  return comparisons ?? lowHalf(register, set, diagrams) ?? byMasks(register, set, diagrams);
}

/** Programs that look at the low half alone most often compare it with a few values. */
function lowHalf({ name, level, bits }: Register, set: Diagram, diagrams: Diagrams): Alternatives | null {
  if (bits !== 64 || diagrams.levelOf(set) < level + 32) return null;
  const low = { name: `${name} & 0xffffffff`, level: level + 32, bits: 32 };
  const ranges = runsOf(set, low, diagrams, FEW)?.filter(({ below }) => below === diagrams.yes);
  return ranges?.every(isSingle) ? ranges.map((run) => rangeText(low, run)) : null;
}

function isSingle({ from, to }: Run): boolean {
  return from === to;
}

function byMasks(register: Register, set: Diagram, diagrams: Diagrams): Alternatives {
  const spell = (cube: Cube, operator: string) => {
    const { mask, value } = maskOf(cube, register);
    return mask === (1n << BigInt(register.bits)) - 1n
      ? `${register.name} ${operator} ${number(value)}`
      : `${register.name} & ${hex(u64(mask))} ${operator} ${number(value)}`;
  };
  const cubes = cubesOf(set, diagrams);
  const outside = cubesOf(diagrams.not(set), diagrams);
  if (cubes === null && outside === null) {
    throw new TooLarge(
      `what it asks of ${register.name} takes more than ${MAX_COMPARISONS} comparisons to say`,
    );
  }
  if (outside === null || (cubes !== null && cubes.length <= outside.length)) {
    return (cubes ?? []).map((cube) => [spell(cube, "==")]);
  }
  return [outside.map((cube) => spell(cube, "!="))];
}

/** Values that follow each other and lead to one diagram below the register's bits. */
export type Run = { readonly from: bigint; readonly to: bigint; readonly below: Diagram };

/** All values in ascending order; null where there are more than `most` runs. */
export function runsOf(
  diagram: Diagram,
  { level, bits }: Register,
  diagrams: Diagrams,
  most: number,
): readonly Run[] | null {
  const runs: { from: bigint; to: bigint; below: Diagram }[] = [];
  const end = level + bits;
  const visit = (at: Diagram, bit: number, from: bigint): boolean => {
    const size = 1n << BigInt(end - bit);
    if (diagrams.levelOf(at) >= end) {
      const last = runs.at(-1);
      if (last?.below === at) last.to = from + size - 1n;
      else runs.push({ from, to: from + size - 1n, below: at });
      return runs.length <= most;
    }
    return (
      visit(diagrams.given(at, bit, 0), bit + 1, from) &&
      visit(diagrams.given(at, bit, 1), bit + 1, from + size / 2n)
    );
  };
  return visit(diagram, level, 0n) ? runs : null;
}

function rangeText({ name, bits }: Register, { from, to }: Run): readonly string[] {
  const last = (1n << BigInt(bits)) - 1n;
  if (from === to) return [`${name} == ${number(from)}`];
  return [
    ...(from > 0n ? [`${name} >= ${number(from)}`] : []),
    ...(to < last ? [`${name} <= ${number(to)}`] : []),
  ];
}

/** By level, the bits that are fixed. */
type Cube = ReadonlyMap<number, 0 | 1>;

function maskOf(cube: Cube, { level, bits }: Register): { mask: bigint; value: bigint } {
  let mask = 0n;
  let value = 0n;
  for (const [at, bit] of cube) {
    const place = 1n << BigInt(level + bits - 1 - at);
    mask |= place;
    if (bit === 1) value |= place;
  }
  return { mask, value };
}

/**
 * Cubes that together are the set, none of them to spare (S. Minato, "Fast Generation of Prime-Irredundant Covers from
 * Binary Decision Diagrams", 1993). Null where there are too many.
 */
function cubesOf(set: Diagram, diagrams: Diagrams): readonly Cube[] | null {
  type Cover = { readonly cubes: readonly Cube[]; readonly covers: Diagram };
  let made = 0;
  const cover = (needed: Diagram, allowed: Diagram): Cover | null => {
    if (needed === diagrams.no) return { cubes: [], covers: diagrams.no };
    if (allowed === diagrams.yes) {
      return ++made > MAX_COMPARISONS ? null : { cubes: [new Map()], covers: diagrams.yes };
    }
    const level = Math.min(diagrams.levelOf(needed), diagrams.levelOf(allowed));
    const [need0, need1] = [diagrams.given(needed, level, 0), diagrams.given(needed, level, 1)];
    const [may0, may1] = [diagrams.given(allowed, level, 0), diagrams.given(allowed, level, 1)];
    // What only one side of the bit can cover asks for the bit; the rest does without it.
    const low = cover(diagrams.and(need0, diagrams.not(may1)), may0);
    const high = low && cover(diagrams.and(need1, diagrams.not(may0)), may1);
    if (low === null || high === null) return null;
    const rest = diagrams.or(
      diagrams.and(need0, diagrams.not(low.covers)),
      diagrams.and(need1, diagrams.not(high.covers)),
    );
    const both = cover(rest, diagrams.and(may0, may1));
    if (both === null) return null;
    const fixed = (bit: 0 | 1, cubes: readonly Cube[]) =>
      cubes.map((cube) => new Map([...cube, [level, bit]]));
    return {
      cubes: [...fixed(0, low.cubes), ...fixed(1, high.cubes), ...both.cubes],
      covers: diagrams.or(diagrams.choose(diagrams.bit(level), high.covers, low.covers), both.covers),
    };
  };
  return cover(set, set)?.cubes ?? null;
}

function number(value: bigint): string {
  return value < 1024n ? String(value) : hex(u64(value));
}
