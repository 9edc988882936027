// The grammars of docs/filter-language.md, held to what is accepted. 6.18's is exact: of any text it says whether the
// kernel takes it. Those of 2011 say what may be written; more is taken.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCpuList } from "../src/cpulist.js";
import { isAlnum, isNameByte, isSpace, skip } from "../src/ctype.js";
import { applyEventFilter, type KernelDialectName, type KernelEvent, kernelEvent } from "../src/index.js";
import { fits, parseInteger } from "../src/integer.js";
import { Grammar, type Special, type Specials } from "./ebnf.js";
import { everyClass } from "./every-class.js";
import { filterText } from "./filter-text.js";

const page = readFileSync(new URL("../../../docs/filter-language.md", import.meta.url), "utf8");
const machine = { cpus: 2, symbols: new Map([["schedule", { start: 0x1000n, end: 0x1100n }]]) };

function grammarNamed(name: string, specials: Specials): Grammar {
  const [, source] = new RegExp(`^\`\`\`ebnf ${name}\\n([^\`]*)\`\`\`$`, "m").exec(page) ?? [];
  if (source === undefined) throw new Error(`the page has no grammar of ${name}`);
  return new Grammar(source, specials);
}

describe("6.18's grammar on the page", () => {
  const event = kernelEvent("6.18", everyClass, machine);
  const grammar = grammarNamed("6.18", { ...BYTES, ...numbers(isAlnum), ...specials618(event) });

  test("derives what is accepted, and nothing else", () => {
    let accepted = 0;
    fc.assert(
      fc.property(filterText(everyClass, ["schedule"]), (text) => {
        const { ok } = applyEventFilter(text, event, "perf");
        expect(grammar.derives("filter", text)).toBe(ok);
        if (ok) accepted++;
      }),
      { seed: 20110526, numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(500);
  });
});

describe("the grammar of 2011 on the page", () => {
  test.each<KernelDialectName>(["2.6.38", "2.6.39"])("derives what %s accepts", (dialect) => {
    const event = kernelEvent(dialect, everyClass, machine);
    const grammar = grammarNamed("2011", { ...BYTES, ...numbers(isWordByte), ...specials2011(event) });
    let derived = 0;
    fc.assert(
      fc.property(filterText(everyClass), (text) => {
        if (!grammar.derives("filter", withoutBlanks(text))) return;
        const tooMany = dialect === "2.6.38" && (text.match(/&&|\|\|/g)?.length ?? 0) >= 16;
        expect(applyEventFilter(text, event, "perf").ok).toBe(!tooMany);
        derived++;
      }),
      { seed: 20110526, numRuns: 3000 },
    );
    expect(derived).toBeGreaterThan(200);
  });
});

function withoutBlanks(text: string): string {
  return text.replace(/"[^"]*"|[\t-\r \xa0]/g, (found) => (found.startsWith('"') ? found : ""));
}

/** One byte of a kind. */
function oneOf(pattern: RegExp): Special {
  return (text, at) => (pattern.test(text.charAt(at)) ? [at + 1] : []);
}

const BYTES: Specials = {
  "0 to 9": oneOf(/[0-9]/),
  "0 to 7": oneOf(/[0-7]/),
  "1 to 7": oneOf(/[1-7]/),
  "1 to 9": oneOf(/[1-9]/),
  "0 to 9, a to f or A to F": oneOf(/[0-9a-fA-F]/),
  "1 to 9, a to f or A to F": oneOf(/[1-9a-fA-F]/),
  "0x09 to 0x0d, 0x20 or 0xa0": oneOf(/[\t-\r \xa0]/),
  "not a double quote": oneOf(/[^"\0]/),
  "not a single quote": oneOf(/[^'\0]/),
  "no blank, quote, operator or parenthesis": oneOf(/[^\t-\r \xa0"|&~!=<>()\0]/),
};

/** A test of what stands between the rule's start and here. */
function when(holds: (found: string) => boolean): Special {
  return (text, at, start) => (holds(text.slice(start, at)) ? [at] : []);
}

/** `goesOn`: which bytes would still belong to the number. */
function numbers(goesOn: (unit: number) => boolean): Specials {
  const within = (signed: boolean): Special => {
    return (text, at, start) => {
      const value = parseInteger(text.slice(start, at));
      return !goesOn(text.charCodeAt(at)) && value !== null && fits(value, 8, signed) ? [at] : [];
    };
  };
  return {
    "0 to 2^64-1, in at most 23 bytes": within(false),
    "-2^63 to 2^63-1, in at most 23 bytes": within(true),
  };
}

function isWordByte(unit: number): boolean {
  return unit > 0 && !isSpace(unit) && !'"|&~!=<>()'.includes(String.fromCharCode(unit));
}

type Known = KernelEvent["fields"] extends ReadonlyMap<string, infer Field> ? Field : never;

/** The name of a field of some kind, which ends where the bytes of names do. */
function fieldOf(event: KernelEvent, isKind: (field: Known) => boolean, isName = isNameByte): Special {
  return (text, at) => {
    const end = skip(text, at, isName);
    const field = event.fields.get(text.slice(at, end));
    return field !== undefined && isKind(field) ? [end] : [];
  };
}

const isText = (field: Known) => field.class === "COMM" || field.class.endsWith("_STRING");

function specials618(event: KernelEvent): Specials {
  const symbols = [...machine.symbols];
  return {
    "an integer, a pointer, an array of them, or stacktrace": fieldOf(
      event,
      (field) => !isText(field) && !field.signed,
    ),
    "a signed integer, or CPU": fieldOf(event, (field) => !isText(field) && field.signed),
    "a number or a set of CPUs": fieldOf(event, (field) => /^(?:OTHER|CPU|CPUMASK)$/.test(field.class)),
    "a string, or COMM": fieldOf(event, isText),
    "a field of 8 bytes": fieldOf(event, ({ size }) => size === 8),
    "at most 257 bytes": when((found) => found.length <= 257),
    "NUL and anything": (text, at) => (text[at] === "\0" ? [text.length] : []),
    "a list of CPUs": (text, at) => {
      const end = text.indexOf("}", at);
      const list = text.slice(at, end);
      return end > at && parseCpuList(list, machine.cpus) !== null ? [end] : [];
    },
    "a function's name, up to a blank or the end": (text, at) => {
      const end = skip(text, at, (unit) => unit > 0 && !isSpace(unit));
      return symbols.some(([name]) => name === text.slice(at, end)) ? [end] : [];
    },
    "an address inside a function": (text, at, start) => {
      const value = parseInteger(text.slice(start, at));
      const isInside = symbols.some(
        ([, range]) => value !== null && range.start <= value && value < range.end,
      );
      return isInside && !isAlnum(text.charCodeAt(at)) ? [at] : [];
    },
  };
}

function specials2011(event: KernelEvent): Specials {
  const sizes = [1, 2, 4, 8];
  const isNumber = (field: Known) => !isText(field) && sizes.includes(field.size);
  return {
    "an unsigned integer or a pointer": fieldOf(
      event,
      (field) => isNumber(field) && !field.signed,
      isWordByte,
    ),
    "a signed integer": fieldOf(event, (field) => isNumber(field) && field.signed, isWordByte),
    "a string": fieldOf(event, isText, isWordByte),
    "1 to 255 bytes without the quotes": (text, at, start) => {
      const length = text.slice(start, at).replaceAll('"', "").length;
      const isWhole = text[at] !== '"' && !isWordByte(text.charCodeAt(at));
      return isWhole && length >= 1 && length <= 255 ? [at] : [];
    },
  };
}
