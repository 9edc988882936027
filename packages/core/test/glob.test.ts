import { matchesGlob } from "@gatehouse/core";
import fc from "fast-check";
import { expect, test } from "vitest";

test.each([
  ["nginx", "nginx", true],
  ["nginx", "nginx2", false],
  ["", "", true],
  ["*", "", true],
  ["**", "abc", true],
  ["/usr/*", "/usr/lib", true],
  ["/usr/*", "/var", false],
  ["*.so", "libc.so", true],
  ["*.so", "libc.so.6", false],
  ["a*b*c", "aXbXbXc", true],
  ["a*b*c", "aXcXb", false],
  ["a?c", "abc", true],
  ["a?c", "ac", false],
  ["[a-c]x", "bx", true],
  ["[!a-c]x", "bx", false],
  ["[^a]", "^", true], // `^` is an ordinary member
  ["[^a]", "b", false],
  ["[]x]", "]", true], // the first `]` is a member
  ["[c-a]", "b", false], // a range the wrong way round holds nothing
  ["[ab", "[ab", true], // never closed: an ordinary byte
  ["[\\]", "\\", true], // no quoting inside a set
  ["\\*", "*", true],
  ["\\*", "x", false],
  ["ab\\", "ab", true], // quotes the end
  ["!a*", "abc", false],
  ["!a*", "xbc", true],
  ["!!", "!", false],
  ["1*", "1*", true], // a leading digit: no wildcards at all
  ["1*", "123", false],
])("`%s` against `%s` is %s", (pattern, text, answer) => {
  expect(matchesGlob(pattern, text)).toBe(answer);
});

test("a pattern of stars and letters means what the same regular expression means", () => {
  const pattern = fc
    .array(fc.constantFrom("a", "b", "*", "?"), { maxLength: 8 })
    .map((units) => units.join(""));
  const text = fc.array(fc.constantFrom("a", "b"), { maxLength: 10 }).map((units) => units.join(""));
  fc.assert(
    fc.property(pattern, text, (glob, subject) => {
      const expression = glob.replaceAll("*", "[ab]*").replaceAll("?", "[ab]");
      expect(matchesGlob(glob, subject)).toBe(new RegExp(`^(?:${expression})$`).test(subject));
    }),
    { seed: 20110526, numRuns: 2000 },
  );
});

test("many stars do not take exponential time", () => {
  expect(matchesGlob(`${"*a".repeat(2000)}b`, "a".repeat(4000))).toBe(false);
});
