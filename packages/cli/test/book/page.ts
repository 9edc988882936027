// A page of the book as its parts: prose, fenced blocks, and tables that code makes.
//
//   page      = { prose | fence | generated } ;
//   fence     = [ "<!-- code: " PATH "#" NAME " -->" ] "```" info { line } "```" ;
//   generated = "<!-- generated: " NAME " -->" { line } "<!-- end -->" ;

export type Prose = { readonly kind: "prose"; readonly lines: readonly string[] };

export type Fence = {
  readonly kind: "fence";
  /** `gate refused` */
  readonly info: string;
  readonly lines: readonly string[];
  /** `packages/core/src/decide.ts#decide`, where its lines are that of the source. */
  readonly code: string | null;
  /** Where it opens, counted from 1. */
  readonly at: number;
};

export type Generated = { readonly kind: "generated"; readonly name: string };

export type Part = Prose | Fence | Generated;

export function parsePage(text: string): Part[] {
  const lines = text.split("\n");
  const parts: Part[] = [];
  let prose: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const [, info] = /^```(.*)$/.exec(line) ?? [];
    const [, name] = GENERATED.exec(line) ?? [];
    if (info === undefined && name === undefined) {
      prose.push(line);
      continue;
    }
    const close = lines.indexOf(info === undefined ? END : "```", at + 1);
    if (close < 0) throw new SyntaxError(`line ${at + 1} opens a block that is never closed`);
    const code = CODE.exec(prose.at(-1) ?? "")?.[1] ?? null;
    if (prose.length > 0) parts.push({ kind: "prose", lines: prose });
    prose = [];
    if (name !== undefined) parts.push({ kind: "generated", name });
    else parts.push({ kind: "fence", info: info ?? "", lines: lines.slice(at + 1, close), code, at: at + 1 });
    at = close;
  }
  return prose.length > 0 ? [...parts, { kind: "prose", lines: prose }] : parts;
}

const CODE = /^<!-- code: (\S+) -->$/;
const GENERATED = /^<!-- generated: (\S+) -->$/;
const END = "<!-- end -->";

export function printProse({ lines }: Prose): string[] {
  return [...lines];
}

export function printFence({ info }: Fence, lines: readonly string[]): string[] {
  return [`\`\`\`${info}`, ...lines, "```"];
}

export function printGenerated({ name }: Generated, lines: readonly string[]): string[] {
  return [`<!-- generated: ${name} -->`, ...lines, END];
}

/** The targets of its links that are no addresses. */
export function linksOf(text: string): string[] {
  const prose = parsePage(text).flatMap((part) => (part.kind === "prose" ? part.lines : []));
  return [...prose.join("\n").matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** What a `#` in a link can name. */
export function anchorsOf(text: string): string[] {
  const prose = parsePage(text).flatMap((part) => (part.kind === "prose" ? part.lines : []));
  return prose.flatMap((line) => {
    const [, heading] = /^#+ (.+)$/.exec(line) ?? [];
    return heading === undefined ? [] : [anchor(heading)];
  });
}

function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}
