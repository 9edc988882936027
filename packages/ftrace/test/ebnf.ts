// Whether a text can be derived from a grammar as the pages write them.
//
//   grammar = { NAME "=" choice ";" } ;
//   choice  = series { "|" series } ;
//   series  = { NAME | '"' text '"' | "'" text "'" | "(" choice ")" | "[" choice "]" | "{" choice "}" | "?" words "?" } ;
//
// `? words ?` is what no rule says: a test of the text up to there, given with the grammar. All ways through it are
// followed at once.

type Node =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "rule"; readonly name: string }
  | { readonly kind: "special"; readonly words: string }
  | { readonly kind: "choice" | "series"; readonly of: readonly Node[] }
  | { readonly kind: "repeat" | "option"; readonly of: Node };

/** Where what begins at `at` may end; `start` is where the rule began. */
export type Special = (text: string, at: number, start: number) => Iterable<number>;
export type Specials = Readonly<Record<string, Special>>;

export class Grammar {
  readonly #rules = new Map<string, Node>();
  readonly #specials: Specials;

  constructor(source: string, specials: Specials) {
    this.#specials = specials;
    const tokens = source.match(TOKEN) ?? [];
    for (let at = 0; at < tokens.length; ) {
      const name = tokens[at] ?? "";
      if (tokens[at + 1] !== "=") throw new SyntaxError(`\`${name}\` begins no rule`);
      const [node, end] = choice(tokens, at + 2);
      if (tokens[end] !== ";") throw new SyntaxError(`\`${name}\` has no end: \`${tokens[end]}\``);
      this.#rules.set(name, node);
      at = end + 1;
    }
  }

  derives(rule: string, text: string): boolean {
    return this.#ends({ kind: "rule", name: rule }, text, 0, 0, new Map()).has(text.length);
  }

  #ends(node: Node, text: string, at: number, start: number, seen: Map<string, Set<number>>): Set<number> {
    switch (node.kind) {
      case "literal":
        return text.startsWith(node.text, at) ? new Set([at + node.text.length]) : new Set();
      case "special": {
        const special = this.#specials[node.words];
        if (special === undefined) throw new ReferenceError(`nothing says what \`? ${node.words} ?\` is`);
        return new Set(special(text, at, start));
      }
      case "rule": {
        const key = `${at} ${node.name}`;
        const rule = this.#rules.get(node.name);
        if (rule === undefined) throw new ReferenceError(`there is no rule \`${node.name}\``);
        const ends = seen.get(key) ?? this.#ends(rule, text, at, at, seen);
        seen.set(key, ends);
        return ends;
      }
      case "choice":
        return new Set(node.of.flatMap((each) => [...this.#ends(each, text, at, start, seen)]));
      case "series": {
        let places = new Set([at]);
        for (const each of node.of) {
          const next = new Set<number>();
          for (const from of places) for (const to of this.#ends(each, text, from, start, seen)) next.add(to);
          places = next;
        }
        return places;
      }
      case "option":
        return this.#ends(node.of, text, at, start, seen).add(at);
      case "repeat": {
        const places = new Set([at]);
        for (const from of places)
          for (const to of this.#ends(node.of, text, from, start, seen)) places.add(to);
        return places;
      }
    }
  }
}

const TOKEN = /"[^"]+"|'[^']+'|\? [^?]+ \?|[\w-]+|[=|;()[\]{}]/g;

type Parsed = readonly [node: Node, end: number];

function choice(tokens: readonly string[], start: number): Parsed {
  const of: Node[] = [];
  let at = start;
  for (;;) {
    const [node, end] = series(tokens, at);
    of.push(node);
    if (tokens[end] !== "|") return [{ kind: "choice", of }, end];
    at = end + 1;
  }
}

const BRACKETS: Readonly<Record<string, readonly [close: string, kind: "repeat" | "option" | "series"]>> = {
  "(": [")", "series"],
  "[": ["]", "option"],
  "{": ["}", "repeat"],
};

function series(tokens: readonly string[], start: number): Parsed {
  const of: Node[] = [];
  let at = start;
  for (let token = tokens[at]; token !== undefined && !"|;)]}".includes(token); token = tokens[at]) {
    const [close, kind] = BRACKETS[token] ?? [];
    if (close === undefined || kind === undefined) {
      of.push(leaf(token));
      at++;
      continue;
    }
    const [inner, end] = choice(tokens, at + 1);
    if (tokens[end] !== close) throw new SyntaxError(`\`${token}\` is closed by \`${tokens[end]}\``);
    of.push(kind === "series" ? inner : { kind, of: inner });
    at = end + 1;
  }
  return [{ kind: "series", of }, at];
}

function leaf(token: string): Node {
  if (/^["']/.test(token)) return { kind: "literal", text: token.slice(1, -1) };
  if (token.startsWith("?")) return { kind: "special", words: token.slice(2, -2) };
  return { kind: "rule", name: token };
}
