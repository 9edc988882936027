// Many programs of every design (ten thousand at full depth), a thousand events each, in every structure that holds them: the reference's
// verdicts, and on some of the programs what was looked at, event by event.

import { linux618, linux2639, linux2639i386 } from "@gatehouse/catalog";
import {
  ABI,
  Bitset,
  type Catalog,
  type Chunk,
  type Design,
  type EventFormat,
  FIRST_OTHER_EVENT,
  type Filter,
  newVerdicts,
  type TraceEvent,
} from "@gatehouse/core";
import { bitmaskAnd } from "@gatehouse/design-2009-bitmask";
import {
  filterEngineCorrected,
  filterEngineShipped,
  filterEngineV2,
} from "@gatehouse/design-2010-filter-engine";
import { eventFiltersPoc, eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import type { KernelDialectName } from "@gatehouse/ftrace";
import { expect, test } from "vitest";
import { type FaithfulFilter, faithful, openAddon, type Structure } from "../src/index.js";
import {
  chainLookUp,
  FilterModel,
  hashLookUp,
  indexLookUp,
  type Looked,
  type LookUp,
  lookThroughEngine,
  lookThroughEvents,
  treeLookUp,
} from "./faithful-model.js";
import {
  eventsOf,
  filterable,
  filterText,
  generator,
  type Operators,
  oneOf,
  type Random,
} from "./faithful-programs.js";

const { GATEHOUSE_NIGHTLY, GATEHOUSE_FULL } = process.env;
const PROGRAMS = GATEHOUSE_NIGHTLY ? 200_000 : GATEHOUSE_FULL ? 10_000 : 1_500;
const EVENTS = 1_000;
/** So many programs are about the same events, which take as long to make. */
const PROGRAMS_A_CHUNK = 10;
/** Of so many programs the first is also asked what it looked at. */
const COUNTED = 100;
/** Room for every entry of the lists of filters that are made here. */
const VISITED_WORDS = 8;

type Look = (event: TraceEvent) => Looked;

/** A program, and what a structure that holds it looks at; null where that is not modelled. */
type Made = {
  readonly program: unknown;
  look(structure: Structure): Look | null;
  /** What is asked of an event where that is more than the reference asks. */
  walk?(event: TraceEvent): Walked;
};

type Walked = { readonly predicates: number; readonly steps: number };

type Case = {
  readonly design: Design;
  readonly structures: readonly Structure[];
  readonly catalog: Catalog;
  /** A few events for programs to be about. */
  pick(random: Random): readonly EventFormat[];
  make(random: Random, formats: readonly EventFormat[]): Made;
};

const engineLookUps: Readonly<Partial<Record<Structure, LookUp>>> = {
  hash: hashLookUp,
  "hash-2.6.38": hashLookUp,
  index: indexLookUp,
  btree: treeLookUp,
  chain: chainLookUp,
};

const cases: readonly Case[] = [
  {
    design: bitmaskAnd,
    structures: ["bitmap", "list"],
    catalog: linux618,
    pick: (random) => Array.from({ length: 12 }, () => oneOf(random, linux618.formats)),
    make: (random, formats) => mask(random, linux618, formats),
  },
  engine(filterEngineV2, ["hash", "hash-2.6.38"], linux2639, "2.6.39"),
  engine(filterEngineV2, ["hash"], linux2639i386, "2.6.39"),
  engine(filterEngineShipped, ["chain", "btree", "index"], linux2639, "2.6.39"),
  engine(filterEngineCorrected, ["hash"], linux618, "6.18"),
  events(eventFiltersPoc, linux2639, "2011"),
  events(eventFiltersVision, linux618, "extended"),
];

const addon = openAddon();
if (!addon.ok) test.skip(`the native back-end is not there: ${addon.error}`);

test
  .skipIf(!addon.ok)
  .each(cases.map((each) => [each.design.id, each.structures.join(", "), each.catalog.title, each] as const))(
  `%s as %s on %s: ${PROGRAMS} programs × ${EVENTS} events as the reference`,
  (_id, _structures, _kernel, { design, structures, catalog, pick, make }) => {
    const held = structures.map((structure) => ({ structure, made: faithful(design, { structure }) }));
    for (let page = 0; page < PROGRAMS / PROGRAMS_A_CHUNK; page++) {
      const random = generator(page);
      const formats = pick(random);
      const chunk = eventsOf(random, catalog, formats, EVENTS);
      for (let run = 0; run < PROGRAMS_A_CHUNK; run++) {
        const { program, look, walk } = make(random, formats);
        const reference = design.load(program, catalog);
        const expected = verdictsOf(reference, chunk);
        const counted = (PROGRAMS_A_CHUNK * page + run) % COUNTED === 0;
        for (const { structure, made } of held) {
          if (!made.ok) throw new Error(made.error);
          const filter = made.value.load(program, catalog);
          const found = verdictsOf(filter, chunk);
          const where = `${structure}, page ${page}, program ${run}`;
          if (!isSame(found, expected)) expect(found, where).toEqual(expected);
          if (!counted) continue;
          const looked = look(structure);
          const walked = walk ?? walkOf(reference);
          expect(differences(walked, filter, chunk, expected, structure, looked), where).toEqual([]);
        }
      }
    }
  },
  600_000,
);

type Answers = { readonly allow: Uint32Array; readonly known: Uint32Array };

function isSame(a: Answers, b: Answers): boolean {
  return a.allow.every((word, i) => word === b.allow[i]) && a.known.every((word, i) => word === b.known[i]);
}

function verdictsOf(filter: Filter, chunk: Chunk): Answers {
  const verdicts = newVerdicts(chunk.length);
  filter.evaluateAll(chunk, Bitset.ones(chunk.length), verdicts);
  return { allow: verdicts.allow.words, known: verdicts.known.words };
}

/** Where the counted evaluation answers otherwise, or has looked at something else. */
function differences(
  walk: (event: TraceEvent) => Walked,
  filter: FaithfulFilter,
  chunk: Chunk,
  expected: Answers,
  structure: Structure,
  look: Look | null,
): string[] {
  const verdicts = newVerdicts(chunk.length);
  const { counts, visited } = filter.count(chunk, Bitset.ones(chunk.length), verdicts, VISITED_WORDS);
  expect({ allow: verdicts.allow.words, known: verdicts.known.words }).toEqual(expected);
  const wrong: string[] = [];
  for (let row = 0; row < chunk.length; row++) {
    const event = chunk.at(row);
    const [predicates, steps, bytes] = counts.subarray(3 * row, 3 * row + 3);
    const its = bitsOf(visited.subarray(VISITED_WORDS * row, VISITED_WORDS * row + VISITED_WORDS));
    const said = JSON.stringify({ predicates, bytes, visited: its });
    const looked = look?.(event);
    // 2.6.38 asks every predicate, whatever the others gave; the reference is lazy.
    const lazy = structure !== "hash-2.6.38";
    const asked = walk(event);
    const wanted = JSON.stringify({
      predicates: lazy ? asked.predicates : looked?.visited.length,
      bytes: looked === undefined ? bytes : looked.bytes,
      visited: looked === undefined ? its : looked.visited,
    });
    if (said !== wanted) wrong.push(`row ${row}, ${event}, ${structure}: ${said}, not ${wanted}`);
    if (row % 7 === 0 && lazy && steps !== asked.steps) {
      wrong.push(`row ${row}, ${event}, ${structure}: ${steps} steps, not ${asked.steps}`);
    }
  }
  return wrong;
}

function walkOf(filter: Filter): (event: TraceEvent) => Walked {
  return (event) => ({ predicates: filter.touched(event).predicates, steps: filter.steps(event).length });
}

function bitsOf(words: Uint32Array): number[] {
  const bits: number[] = [];
  for (const [at, word] of words.entries())
    for (let bit = 0; bit < 32; bit++) if ((word >>> bit) & 1) bits.push(32 * at + bit);
  return bits;
}

function ofOneTask(program: unknown) {
  return { sections: [], programs: [program] };
}

function mask(random: Random, catalog: Catalog, formats: readonly EventFormat[]): Made {
  const length = random(8) === 0 ? random(catalog.calls + 50) : catalog.calls;
  const words = new Uint32Array((length + 31) >>> 5);
  const allowed: number[] = [];
  const most = random(4) === 0 ? length : Math.min(length, 20);
  for (let i = 0; i < most; i++) {
    const nr = random(2) === 0 ? random(length) : oneOf(random, formats).id % length;
    words[nr >>> 5] = (words[nr >>> 5] ?? 0) | (1 << (nr & 31));
    allowed.push(nr);
  }
  const numbers = [...new Set(allowed)].sort((a, b) => a - b);
  return {
    program: ofOneTask({ length, words }),
    look: (structure) => (event) => ({
      visited: [],
      bytes: structure === "bitmap" ? 2 + 1 + 4 : 2 + 1 + listBytes(numbers, event),
    }),
  };
}

/** Four for every number up to the one that is looked for, or all of them and the 0. An empty list has one that is none. */
function listBytes(numbers: readonly number[], event: TraceEvent): number {
  if (event.abi !== ABI.native || event.id >= FIRST_OTHER_EVENT) return 0;
  const at = numbers.indexOf(event.id);
  return 4 * (at < 0 ? Math.max(numbers.length, 1) + 1 : at + 1);
}

function engine(
  design: Design,
  structures: readonly Structure[],
  catalog: Catalog,
  dialect: "2.6.39" | "6.18",
): Case {
  const covered = filterable(catalog);
  const pick = (random: Random) => Array.from({ length: 5 }, () => oneOf(random, covered));
  const make = (random: Random, formats: readonly EventFormat[]): Made => {
    const filters = new Map<number, { format: EventFormat; filter: string }>();
    for (let left = random(7); left > 0; left--) {
      const format = oneOf(random, formats);
      const filter = random(5) === 0 ? "1" : filterText(random, format, dialect === "6.18" ? "6.18" : "2011");
      filters.set(format.id, { format, filter });
    }
    const program = [...filters].map(([nr, { filter }]) => ({ nr, filter }));
    return {
      program: ofOneTask({ filters: program }),
      look(structure) {
        const lookUp = engineLookUps[structure]?.([...filters.keys()], catalog);
        if (lookUp === undefined) return null;
        const held: KernelDialectName = structure === "hash-2.6.38" ? "2.6.38" : dialect;
        const models = new Map(
          [...filters].map(([nr, { format, filter }]) => {
            // Six arguments of eight bytes do not fit into the buffer of those days, and nobody survives that.
            const overruns = dialect === "2.6.39" && recordEnd(format) > 60;
            const runs = filter !== "1" && !overruns;
            return [nr, runs ? new FilterModel(filter, format, held) : null];
          }),
        );
        return (event) => lookThroughEngine(event, models, lookUp);
      },
    };
  };
  return { design, structures, catalog, pick, make };
}

function recordEnd({ fields }: EventFormat): number {
  return Math.max(...fields.map(({ offset, size }) => offset + size));
}

function events(design: Design, catalog: Catalog, operators: Operators): Case {
  const covered = filterable(catalog, operators === "extended");
  // Object events are few and have what calls have not.
  const others = covered.filter(({ kind }) => kind === "other");
  const pick = (random: Random) =>
    Array.from({ length: 4 }, () => oneOf(random, others.length > 0 && random(2) === 0 ? others : covered));
  const make = (random: Random, formats: readonly EventFormat[]): Made => {
    const hung: { format: EventFormat; filter: string | null }[] = [];
    for (let left = random(6); left > 0; left--) {
      const format = oneOf(random, formats);
      for (let more = 1 + random(3); more > 0; more--) {
        const nothing = operators === "extended" && random(8) === 0;
        const filter = random(8) === 0 ? null : nothing ? "0" : filterText(random, format, operators);
        hung.push({ format, filter });
      }
    }
    const program = hung.map(({ format, filter }) => ({ event: `${format.system}:${format.event}`, filter }));
    // Every event of the list is asked, as if it were alone.
    const alone = program.map((each, i) => {
      const filter = design.load(ofOneTask({ events: [each] }), catalog);
      return { id: hung[i]?.format.id, walk: walkOf(filter) };
    });
    const whole = walkOf(design.load(ofOneTask({ events: program }), catalog));
    return {
      program: ofOneTask({ events: program }),
      walk(event) {
        const its = alone.filter(({ id }) => id === event.id && event.abi === ABI.native);
        if (its.length === 0) return whole(event);
        const walked = its.map(({ walk }) => walk(event));
        const sum = (of: (one: Walked) => number) => walked.reduce((total, one) => total + of(one), 0);
        return { predicates: sum(({ predicates }) => predicates), steps: sum(({ steps }) => steps) };
      },
      look() {
        // ftrace has no kernel's form of the extended dialect.
        if (operators === "extended") return null;
        const models = new Map<number, (FilterModel | null)[]>();
        for (const { format, filter } of hung) {
          const model = filter === null ? null : new FilterModel(filter, format, "2.6.39");
          models.set(format.id, [...(models.get(format.id) ?? []), model]);
        }
        return (event) => lookThroughEvents(event, models);
      },
    };
  };
  return { design, structures: ["events"], catalog, pick, make };
}
