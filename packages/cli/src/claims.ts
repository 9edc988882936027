// `gatehouse claims` and `gatehouse claims run`.

import { linux2639, nearestWord } from "@gatehouse/catalog";
import { toByteString } from "@gatehouse/core";
import { parseFilter } from "@gatehouse/ftrace";
import {
  type Apparatus,
  type Claim,
  claims,
  type Fact,
  type Ruling,
  type Settled,
  settle,
} from "@gatehouse/scenarios";
import { codeSizeOf } from "./code-size.js";
import { EXIT, Failure } from "./failure.js";
import { variants } from "./known-designs.js";
import { colours, print, printJson } from "./terminal.js";
import { printable, wrap } from "./text.js";

export type ClaimsOptions = { readonly json?: boolean };

const SCHEMA = "gatehouse.claims/1";

export function listClaims({ json = false }: ClaimsOptions): void {
  if (json) printJson({ schema: SCHEMA, claims: claims.map(asData) });
  else print(claims.flatMap(showClaim).join("\n"));
}

export function runClaims(ids: readonly string[], { json = false }: ClaimsOptions): void {
  const settled = findClaims(ids).map((claim) => settle(claim, apparatus));
  if (json) {
    const data = settled.map(({ claim, ...found }) => ({ ...asData(claim), ...found }));
    printJson({ schema: SCHEMA, claims: data });
  } else print(settled.flatMap(showSettled).join("\n"));
  if (settled.some(({ ruling }) => ruling === "refuted")) process.exitCode = EXIT.refused;
}

/** What the experiments need beyond scenarios. */
const apparatus: Apparatus = {
  designs: variants,
  codeSize: codeSizeOf,
  refusal(filter, event, dialect) {
    const format = linux2639.byName(event);
    if (format === undefined) throw new RangeError(`${linux2639.title} has no event \`${event}\``);
    const parsed = parseFilter(toByteString(filter), format, dialect);
    return parsed.ok ? null : (parsed.error[0]?.message ?? "refused");
  },
};

function findClaims(ids: readonly string[]): readonly Claim[] {
  if (ids.length === 0) return claims;
  const known = claims.map(({ id }) => id);
  return [...new Set(ids)].map((wanted) => {
    const found = claims.find(({ id }) => id === wanted.toUpperCase());
    if (found !== undefined) return found;
    const near = nearestWord(wanted, known);
    const hint = near === null ? "" : `\nhint: did you mean \`${near}\`?`;
    throw new Failure(`there is no claim \`${printable(wanted)}\`; known: ${known.join(", ")}${hint}`);
  });
}

function asData({ id, who, where, proposition, subject }: Claim) {
  return { claim: id, who, where, proposition, subject };
}

const INDENT = "     ";

function showClaim({ id, who, where, proposition, subject: { design, scope } }: Claim): string[] {
  const mails = where.map(({ mail }) => mail).join(", ");
  const about = scope === null ? design : `${design}, ${scope}`;
  return [
    ...wrap(proposition, INDENT, `${id}  `),
    colours.dim(`${INDENT}${who}, ${mails}`),
    ...wrap(about, `${INDENT}  `, `${INDENT}subject: `),
  ];
}

function showSettled({ claim, ruling, why, evidence, comparison }: Settled): string[] {
  return [
    ...showClaim(claim),
    `${INDENT}ruling: ${colourOf(ruling)(WORDS[ruling])}`,
    ...(why === null ? [] : wrap(why, `${INDENT}  `, `${INDENT}why mixed: `)),
    ...showFacts("evidence", evidence),
    ...showFacts("comparison, which decides nothing", comparison),
    "",
  ];
}

const WORDS: Readonly<Record<Ruling, string>> = {
  supported: "supported",
  refuted: "refuted",
  mixed: "mixed",
  untestable: "untestable here",
};

const SIGN = { for: "+", against: "−", neither: " " } as const;

function showFacts(title: string, facts: readonly Fact[]): string[] {
  if (facts.length === 0) return [];
  const lines = facts.flatMap(({ text, speaks }) =>
    wrap(text, `${INDENT}    `, `${INDENT}  ${SIGN[speaks]} `),
  );
  return [`${INDENT}${title}:`, ...lines];
}

function colourOf(ruling: Ruling) {
  if (ruling === "supported") return colours.green;
  return ruling === "refuted" ? colours.red : colours.yellow;
}
