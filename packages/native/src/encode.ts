// `Lowered` as words, in which form the addon takes it. The layout stands in cpp/core/lowered.hh.

import {
  type Branch,
  type Catalog,
  type DictionaryTest,
  type Lowered,
  type Rule,
  rulesById,
  type Target,
  unreachable,
  type Verdict,
} from "@gatehouse/core";

const VERSION = 1;

/** What an event comes to: one of these, or a program by its number. */
const CODE = { deny: 0, allow: 1, firstProgram: 2, none: 0xffff } as const;
const TARGET = { deny: 0xffff_fffe, allow: 0xffff_ffff } as const;
const TEST = { masked: 0, below: 1, belowSigned: 2, table: 3 } as const;

const HEADER_WORDS = 6;
const BRANCH_WORDS = 8;
const EVENT_IDS = 65_536;

export type Encoded = {
  readonly words: Uint32Array;
  /** What the tables stand for that branches name by number. */
  readonly tables: readonly DictionaryTest[];
};

export function encode(lowered: Lowered, catalog: Catalog): Encoded {
  const sets = lowered.sections.length === 0 ? lowered.programs.slice(0, 1) : lowered.programs;
  const byId = sets.map((rules) => rulesById(rules, catalog));
  const events = Math.min(EVENT_IDS, Math.max(...byId.map(({ length }) => length)));
  const parts = newParts();
  const codes = byId.map((each) => codesOf(each, events, parts));
  const codeWords = Math.ceil(events / 2);
  const lengths = parts.programs.map((program) => program.length / BRANCH_WORDS);
  const branches = lengths.reduce((sum, length) => sum + length, 0);

  const codesAt = HEADER_WORDS + sets.length;
  const lengthsAt = codesAt + sets.length * codeWords;
  const words = new Uint32Array(lengthsAt + lengths.length + branches * BRANCH_WORDS);
  words.set([VERSION, sets.length, events, parts.tables.length, lengths.length, branches]);
  words.set(
    sets.map(({ otherEntry }) => (otherEntry === null ? CODE.none : CODE[otherEntry])),
    HEADER_WORDS,
  );
  const halves = new Uint16Array(words.buffer);
  for (const [set, each] of codes.entries()) halves.set(each, 2 * (codesAt + set * codeWords));
  words.set(lengths, lengthsAt);
  let at = lengthsAt + lengths.length;
  for (const program of parts.programs) {
    words.set(program, at);
    at += program.length;
  }
  return { words, tables: parts.tables };
}

/** What the sets share: programs and tables, each but once. */
type Parts = {
  readonly programs: number[][];
  readonly programIds: Map<string, number>;
  readonly tables: DictionaryTest[];
  readonly tableIds: Map<string, number>;
};

function newParts(): Parts {
  return { programs: [], programIds: new Map(), tables: [], tableIds: new Map() };
}

/** Of so many ids: behind the last rule that one stands which is for all ids beyond. */
function codesOf(byId: readonly Rule[], events: number, parts: Parts): Uint16Array {
  const its = byId.slice(0, events).map((rule) => codeOf(rule, parts));
  const codes = new Uint16Array(events).fill(its.at(-1) ?? CODE.deny);
  codes.set(its);
  return codes;
}

function codeOf(rule: Rule, parts: Parts): number {
  if (typeof rule === "string") return CODE[rule];
  if (rule.length === 0) return CODE.deny;
  const program = rule.flatMap((branch) => branchWords(branch, parts));
  return CODE.firstProgram + numberOf(parts.programIds, parts.programs, program.join(), program);
}

function branchWords({ test, whenTrue, whenFalse }: Branch, parts: Parts): number[] {
  const targets = [target(whenTrue), target(whenFalse)];
  switch (test.kind) {
    case "equal": {
      const { low, high } = test.value;
      return [TEST.masked, test.slot, ...targets, 0xffff_ffff, 0xffff_ffff, low, high];
    }
    case "masked": {
      const { mask, value } = test;
      return [TEST.masked, test.slot, ...targets, mask.low, mask.high, value.low, value.high];
    }
    case "below": {
      const kind = test.signed ? TEST.belowSigned : TEST.below;
      return [kind, test.slot, ...targets, 0, 0, test.value.low, test.value.high];
    }
    case "string":
      return [TEST.table, test.slot, ...targets, 0, 0, tableOf(test, `${test.op}${test.value}`, parts), 0];
    case "labels":
      return [TEST.table, test.slot, ...targets, 0, 0, tableOf(test, test.labels.join("\0"), parts), 0];
    default:
      return unreachable(test);
  }
}

function target(to: Target): number {
  return typeof to === "number" ? to : TARGET[to satisfies Verdict];
}

function tableOf(test: DictionaryTest, key: string, { tables, tableIds }: Parts): number {
  return numberOf(tableIds, tables, `${test.kind} ${key}`, test);
}

function numberOf<T>(ids: Map<string, number>, values: T[], key: string, value: T): number {
  const known = ids.get(key);
  if (known !== undefined) return known;
  ids.set(key, values.length);
  return values.push(value) - 1;
}
