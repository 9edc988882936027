// `gatehouse claims` and `gatehouse claims run`.

import { linux2639, nearestWord } from "@gatehouse/catalog";
import { toByteString } from "@gatehouse/core";
import { parseFilter } from "@gatehouse/ftrace";
import { type Apparatus, type Claim, claims, type Fact, type Ruling, rule } from "@gatehouse/scenarios";
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

type Settled = { readonly claim: Claim; readonly ruling: Ruling; readonly evidence: readonly Fact[] };

export function runClaims(ids: readonly string[], { json = false }: ClaimsOptions): void {
  const settled = findClaims(ids).map((claim): Settled => {
    const evidence = claim.experiment(apparatus);
    return { claim, ruling: rule(evidence), evidence };
  });
  if (json) {
    const data = settled.map(({ claim, ruling, evidence }) => ({ ...asData(claim), ruling, evidence }));
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

function asData({ id, who, where, proposition }: Claim) {
  return { claim: id, who, where, proposition };
}

function showClaim({ id, who, where, proposition }: Claim): string[] {
  const mails = where.map(({ mail }) => mail).join(", ");
  return [...wrap(proposition, "     ", `${id}  `), colours.dim(`     ${who}, ${mails}`)];
}

const SIGN = { for: "+", against: "−", neither: " " } as const;

function showSettled({ claim, ruling, evidence }: Settled): string[] {
  const facts = evidence.flatMap(({ text, speaks }) => wrap(text, "       ", `     ${SIGN[speaks]} `));
  return [...showClaim(claim), `     ${colourOf(ruling)(ruling)}`, ...facts, ""];
}

function colourOf(ruling: Ruling) {
  if (ruling === "supported") return colours.green;
  return ruling === "refuted" ? colours.red : colours.yellow;
}
