// Texts of filters, as ByteStrings: such as a person would write, such as a person would get wrong, and such as nobody
// would write. Mostly near the grammar, since a text of random bytes seldom gets past its first word.

import fc from "fast-check";
import type { RecordFormat } from "../src/index.js";

/** `symbols`: names for `.function`. */
export function filterText(format: RecordFormat, symbols: readonly string[] = []): fc.Arbitrary<string> {
  const written = expression(comparison(format, symbols));
  return fc.oneof(
    { weight: 10, arbitrary: written },
    { weight: 4, arbitrary: mutated(written) },
    { weight: 2, arbitrary: soup(format) },
    { weight: 1, arbitrary: bytes },
  );
}

const words = (list: string) => list.split(" ");

const PLAIN_NUMBERS = words(
  "0 1 2 3 64 0x80 0xFF 256 010 2147483647 4294967295 4294967296 0xffffff9c 9223372036854775807",
);
const NUMBERS = words(
  `0 1 64 127 128 255 256 010 08 00 -0 -1 -2 -128 -129 - --1 +1 0x 0x0 0xff 0X1F -0x10 0b1 1_0 1u 1.5 1e3
  2147483648 4294967295 4294967296 0xffffff9c 0xffffffffffffff9c 9223372036854775807 9223372036854775808
  -9223372036854775808 -9223372036854775809 18446744073709551615 18446744073709551616
  00000000000000000000001 000000000000000000000001 0xfffffffffffffffff`.replaceAll(/\s+/g, " "),
);
const STRINGS = [
  ...words(
    "a ab bash a* *a *a* * ** *** a**b 1* !a !!a !*a [ab] [^a] [!a] [a-c]* [b-a] [a a? ? \\* a\\ ( ) && ||",
  ),
  ...["", "x y", "/etc/*", "\xe9\xa0\xff", "a".repeat(15), "a".repeat(255), "a".repeat(256)],
];
const CPU_LISTS = [
  ...words(
    "CPUS{} CPUS{0} CPUS{1} CPUS{0-1} CPUS{,0,} CPUS{all} CPUS{N} CPUS{0-N:1/2} CPUS{1-0} CPUS{99999}",
  ),
  ...words("CPUS{0-1:2/1} CPUS{0:1/2} CPUS{0-1:0/0} CPUS{a} CPUS{ALL} CPUS CPUS{ CPUS{0 cpus{0}"),
  ...["CPUS{ }", "CPUS {0}", "CPUS{0 1}", "CPUS{0 - 1}"],
];
const GENERIC = words("CPU cpu common_cpu COMM comm stacktrace common_pid nr __syscall_nr");
const SUFFIXES = [...words(".ustring .function .ustring.function .function.ustring .ustringx ."), "", "", ""];
const OPERATORS = [...words("== != < <= > >= & ~ = => && =~ ^="), ""];

/** Mostly one or none; all that a kernel takes for blanks. */
const blank = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("", " ") },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(..." \t\n\v\f\r\xa0"), maxLength: 3 }) },
);

const quotedString = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(...STRINGS),
      fc.string({ unit: fc.constantFrom(..."ab1*?[]!\\^-'\""), maxLength: 6 }),
    ),
    fc.constantFrom('"', "'"),
  )
  .map(([text, quote]) => `${quote}${text}${quote}`);

const number = fc.oneof(
  fc.constantFrom(...NUMBERS),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 65n }).map(String),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => `0x${value.toString(16)}`),
);

function comparison({ fields }: RecordFormat, symbols: readonly string[]): fc.Arbitrary<string> {
  const names = fields.map(({ name }) => name);
  const strings = [...fields.filter(({ type }) => /char/.test(type)).map(({ name }) => name), "comm", "COMM"];
  const numbers = [...names.filter((name) => !strings.includes(name)), "CPU", "common_pid"];
  const name = fc.oneof(
    { weight: 10, arbitrary: fc.constantFrom(...names) },
    { weight: 3, arbitrary: fc.constantFrom(...GENERIC) },
    { weight: 1, arbitrary: fc.constantFrom("nosuch", "1", "\xe9", "f-d", "") },
  );
  const ofNumber = fc.tuple(
    fc.constantFrom(...numbers),
    fc.constantFrom("", "", "", ".ustring"),
    fc.constantFrom("==", "!=", "<", "<=", ">", ">=", "&"),
    fc.constantFrom(...PLAIN_NUMBERS),
  );
  const ofString = fc.tuple(
    fc.constantFrom(...strings),
    fc.constantFrom("", ".ustring"),
    fc.constantFrom("==", "!=", "~"),
    quotedString,
  );
  const ofFunction = fc.tuple(
    name,
    fc.constant(".function"),
    fc.constantFrom("==", "!=", "<"),
    fc.constantFrom(...symbols, "no_such_function", "0", "0x10", "schedule)"),
  );
  const anything = fc.tuple(
    name,
    fc.constantFrom(...SUFFIXES),
    fc.constantFrom(...OPERATORS),
    fc.oneof(number, quotedString, fc.constantFrom(...CPU_LISTS, "bash", "*sh*", "(1)", "fd", "")),
  );
  return fc
    .tuple(
      fc.oneof(
        { weight: 24, arbitrary: ofNumber },
        { weight: 6, arbitrary: ofString },
        { weight: 2, arbitrary: anything },
        { weight: 1, arbitrary: ofFunction },
      ),
      blank,
      blank,
    )
    .map(([[left, suffix, op, value], before, after]) => `${left}${suffix}${before}${op}${after}${value}`);
}

function expression(leaf: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const { node } = fc.letrec<{ node: string; group: string; chain: string }>((tie) => ({
    node: fc.oneof({ depthSize: "small", withCrossShrink: true }, leaf, tie("group"), tie("chain")),
    group: fc
      .tuple(fc.constantFrom("", "", "!", "! ", "!!"), blank, tie("node"), blank)
      .map(([not, before, inner, after]) => `${not}(${before}${inner}${after})`),
    chain: fc
      .array(
        fc.tuple(fc.constantFrom("&&", "||"), blank, fc.constantFrom("", "", "", "!"), tie("node"), blank),
        {
          minLength: 2,
          maxLength: 4,
        },
      )
      .map((parts) => parts.map(([joint, ...rest], i) => `${i === 0 ? "" : joint}${rest.join("")}`).join("")),
  }));
  const tail = fc.constantFrom(
    ...Array(30).fill(""),
    " ",
    " &&",
    " ||",
    "&& !",
    "|| !!",
    ")",
    "(",
    " x",
    "\0x",
    "\xa0",
  );
  return fc.tuple(blank, node, tail).map((parts) => parts.join(""));
}

/** A few of its bytes gone, doubled, or others. */
export function mutated(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat({ max: 4 }),
    put: fc.oneof(
      fc.constantFrom(
        "",
        ..."()!&|=<>~^{},'\" \n\0\xa0\xe9.-0",
        "&&",
        "||",
        "CPUS{",
        ".ustring",
        ".function",
      ),
      fc.constant(null), // what was there, twice
    ),
  });
  return fc.tuple(text, fc.array(edit, { minLength: 1, maxLength: 3 })).map(([before, edits]) =>
    edits.reduce((now, { at, length, put }) => {
      const start = Math.floor(at * now.length);
      const taken = now.slice(start, start + length);
      return `${now.slice(0, start)}${put ?? taken + taken}${now.slice(start + length)}`;
    }, before),
  );
}

function soup({ fields }: RecordFormat): fc.Arbitrary<string> {
  const names = fields.map(({ name }) => name);
  const token = fc.constantFrom(
    ...names,
    ...OPERATORS,
    ..."()!'\" \0\xa0\xe9",
    "||",
    "1",
    "-1",
    "'a*'",
    "CPUS{0}",
    "a == 1",
  );
  return fc.array(token, { maxLength: 40 }).map((tokens) => tokens.join(""));
}

const bytes = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
  maxLength: 60,
});
