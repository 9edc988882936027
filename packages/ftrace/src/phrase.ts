// Pieces of a filter's text that know how tightly they bind, so that they are joined with as few parentheses as the
// precedence needs: `||` < `&&` < `!`. Behind a `!` they always stand, since C would read `!flags & 1` differently.

export type Phrase = {
  readonly text: string;
  readonly binds: "any" | "all" | "tight";
  /** How deep its parentheses nest. */
  readonly depth: number;
};

export function predicatePhrase(text: string): Phrase {
  return { text, binds: "tight", depth: 0 };
}

export function anyOf(phrases: readonly Phrase[]): Phrase {
  return join(phrases, "any", " || ");
}

export function allOf(phrases: readonly Phrase[]): Phrase {
  const grouped = phrases.map((phrase) => (phrase.binds === "any" ? group(phrase) : phrase));
  return phrases.length === 1 ? join(phrases, "all", "") : join(grouped, "all", " && ");
}

export function notOf(phrase: Phrase): Phrase {
  const { text, depth } = group(phrase);
  return { text: `!${text}`, binds: "tight", depth };
}

function group({ text, depth }: Phrase): Phrase {
  return { text: `(${text})`, binds: "tight", depth: depth + 1 };
}

function join(phrases: readonly Phrase[], binds: "any" | "all", operator: string): Phrase {
  const [only] = phrases;
  if (only === undefined) throw new RangeError("nothing to join");
  if (phrases.length === 1) return only;
  const depth = phrases.reduce((deepest, phrase) => Math.max(deepest, phrase.depth), 0);
  return { text: phrases.map(({ text }) => text).join(operator), binds, depth };
}

/** In the quotes that do not occur in it; null where both do, since there are no escapes. */
export function quoted(text: string): string | null {
  if (!text.includes('"')) return `"${text}"`;
  return text.includes("'") ? null : `'${text}'`;
}
