// A program back to what it says of each call. The program's meaning is put together as a decision diagram and read off
// from that, so the answer does not depend on how the program goes about it: linear or tree, libseccomp's or ours.

import { fail, type Result, succeed } from "@gatehouse/core";
import { type Diagram, Diagrams, TooLarge } from "./decision-diagram.js";
import { meaningOf } from "./meaning.js";
import { X32_BIT } from "./program.js";
import {
  type Alternatives,
  conditionOn,
  MAX_COMPARISONS,
  type Register,
  runsOf,
} from "./register-condition.js";
import { LEVELS } from "./symbolic-word.js";
import type { VerifiedProgram } from "./verifier.js";

/** Numbers that follow each other, both ends included. */
export type NumberRange = { readonly from: number; readonly to: number };

/** What a call returns, and when; the last one, without a condition, is for all that is left. */
export type Outcome = { readonly value: number; readonly when: string | null };

/** Calls that fare alike. */
export type CallGroup = { readonly numbers: readonly NumberRange[]; readonly outcomes: readonly Outcome[] };

/** Architectures that fare alike. Of the groups the largest comes last: it stands for all others. */
export type ArchGroup = { readonly arches: readonly NumberRange[]; readonly calls: readonly CallGroup[] };

/** Runs of architectures or of call numbers that a program may tell apart. */
const MAX_RUNS = 8192;
/** Values that one call may return. */
const MAX_OUTCOMES = 64;

/** Fails, saying which limit it met, where a program was made to be hard to read. */
export function decompile(program: VerifiedProgram): Result<readonly ArchGroup[], string> {
  try {
    const diagrams = new Diagrams();
    const reader = new MeaningReader(diagrams);
    return succeed(reader.arches(meaningOf(program, diagrams)));
  } catch (error) {
    if (error instanceof TooLarge) return fail(error.message);
    throw error;
  }
}

const ARCH: Register = { name: "arch", level: LEVELS.arch, bits: 32 };
const NUMBER: Register = { name: "nr", level: LEVELS.nr, bits: 32 };
const ARGUMENTS: readonly Register[] = [
  ...Array.from({ length: 6 }, (_, i) => ({ name: `arg${i}`, level: LEVELS.args + 64 * i, bits: 64 })),
  { name: "instruction_pointer", level: LEVELS.ip, bits: 64 },
];

class MeaningReader {
  readonly #diagrams: Diagrams;
  readonly #conditions = new Map<string, Alternatives>();

  constructor(diagrams: Diagrams) {
    this.#diagrams = diagrams;
  }

  arches(meaning: Diagram): readonly ArchGroup[] {
    return this.#groups(meaning, ARCH).map(({ ranges, below }) => ({
      arches: ranges,
      calls: this.#groups(below, NUMBER).map((calls) => ({
        numbers: calls.ranges,
        outcomes: this.#outcomes(calls.below),
      })),
    }));
  }

  /** In order of their first number, the largest last. */
  #groups(diagram: Diagram, register: Register): readonly { ranges: NumberRange[]; below: Diagram }[] {
    const runs = runsOf(diagram, register, this.#diagrams, MAX_RUNS);
    if (runs === null) throw new TooLarge(`it tells more than ${MAX_RUNS} runs of ${register.name} apart`);
    const byMeaning = new Map<Diagram, NumberRange[]>();
    for (const { from, to, below } of runs) {
      const ranges = byMeaning.get(below) ?? [];
      byMeaning.set(below, ranges);
      ranges.push({ from: Number(from), to: Number(to) });
    }
    const groups = [...byMeaning].map(([below, ranges]) => ({ below, ranges }));
    const largest = groups.reduce((a, b) => (size(b.ranges, register) > size(a.ranges, register) ? b : a));
    return [...groups.filter((group) => group !== largest), largest];
  }

  #outcomes(diagram: Diagram): readonly Outcome[] {
    const values = [...this.#leaves(diagram)].sort((a, b) => (b | 0) - (a | 0));
    if (values.length > MAX_OUTCOMES) throw new TooLarge(`a call returns more than ${MAX_OUTCOMES} values`);
    return values.map((value, i) => ({
      value,
      when: i === values.length - 1 ? null : textOf(this.#when(diagram, value)),
    }));
  }

  #leaves(diagram: Diagram): ReadonlySet<number> {
    const seen = new Set([diagram]);
    const values = new Set<number>();
    for (const at of seen) {
      const level = this.#diagrams.levelOf(at);
      if (this.#diagrams.isLeaf(at)) values.add(this.#diagrams.valueOf(at));
      else seen.add(this.#diagrams.given(at, level, 0)).add(this.#diagrams.given(at, level, 1));
    }
    return values;
  }

  /** When `diagram` gives `value`: register by register, in the order of the diagram. */
  #when(diagram: Diagram, value: number): Alternatives {
    if (this.#diagrams.isLeaf(diagram)) return this.#diagrams.valueOf(diagram) === value ? [[]] : [];
    const key = `${diagram} ${value}`;
    const known = this.#conditions.get(key);
    if (known !== undefined) return known;
    const register = registerAt(this.#diagrams.levelOf(diagram));
    const parts = this.#below(diagram, register)
      .map((below) => ({ below, gives: this.#gives(below, value) }))
      .filter(({ gives }) => gives !== this.#diagrams.no);
    const alternatives: (readonly string[])[] = [];
    for (const { below, gives } of parts) {
      // Where all that `below` accepts is accepted there as well, the register need not be asked.
      const wider = parts.filter((other) => this.#diagrams.implies(gives, other.gives));
      const guard = this.#leadsTo(diagram, register, new Set(wider.map((other) => other.below)));
      const first = conditionOn(register, guard, this.#diagrams);
      for (const then of this.#when(below, value)) {
        for (const before of first) alternatives.push([...before, ...then]);
      }
      if (alternatives.length > MAX_COMPARISONS) {
        throw new TooLarge(`a condition has more than ${MAX_COMPARISONS} alternatives`);
      }
    }
    const distinct = [...new Map(alternatives.map((each) => [each.join(" && "), each])).values()];
    this.#conditions.set(key, distinct);
    return distinct;
  }

  /** What comes after a register's bits, in the order in which its values, from 0 up, first lead there. */
  #below(diagram: Diagram, { level, bits }: Register): readonly Diagram[] {
    const seen = new Set<Diagram>();
    const visited = new Set<Diagram>();
    const visit = (at: Diagram) => {
      if (visited.has(at)) return;
      visited.add(at);
      const top = this.#diagrams.levelOf(at);
      if (top >= level + bits) seen.add(at);
      else {
        visit(this.#diagrams.given(at, top, 0));
        visit(this.#diagrams.given(at, top, 1));
      }
    };
    visit(diagram);
    return [...seen];
  }

  #gives(diagram: Diagram, value: number): Diagram {
    return this.#diagrams.replace(diagram, LEVELS.end, (leaf) =>
      this.#diagrams.valueOf(leaf) === value ? this.#diagrams.yes : this.#diagrams.no,
    );
  }

  #leadsTo(diagram: Diagram, { level, bits }: Register, to: ReadonlySet<Diagram>): Diagram {
    return this.#diagrams.replace(diagram, level + bits, (below) =>
      to.has(below) ? this.#diagrams.yes : this.#diagrams.no,
    );
  }
}

function registerAt(level: number): Register {
  const found = ARGUMENTS.find((register) => level < register.level + register.bits);
  if (found === undefined) throw new Error(`no register has a bit at ${level}`);
  return found;
}

/** Of numbers those with the x32 bit do not count: they are no calls of the table that a program is about. */
function size(ranges: readonly NumberRange[], register: Register): number {
  const end = register === NUMBER ? X32_BIT : 2 ** 32;
  return ranges.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to + 1, end) - from), 0);
}

function textOf(alternatives: Alternatives): string {
  return alternatives.map((comparisons) => comparisons.join(" && ")).join(" || ");
}
