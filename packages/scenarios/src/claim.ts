// A Claim is what somebody said in the debate of one design, and an experiment that says how the claim stands. Only what the
// experiment observes of that design is evidence; what it observes of other designs is comparison, and decides nothing.
// What an experiment needs beyond this package is passed in.

import type { Design } from "@gatehouse/core";

export type Claim = {
  /** `C22`: its number in the ledger of claims. */
  readonly id: string;
  readonly who: string;
  /** The mails, as docs/sources.md names them; `id` is the Message-ID, null where it is not known. */
  readonly where: readonly Mail[];
  /** In one line. */
  readonly proposition: string;
  readonly subject: Subject;
  experiment(apparatus: Apparatus): Findings;
};

export type Mail = { readonly mail: string; readonly id: string | null };

/** What a claim is about. */
export type Subject = {
  /** The id of the variant that stands for what the author had before him. */
  readonly design: string;
  /** The condition under which the claim is made, or the sense in which it can be tested; null: it holds as it stands. */
  readonly scope: string | null;
};

/** One thing that was observed. */
export type Fact = { readonly text: string; readonly speaks: "for" | "against" | "neither" };

/** What an experiment observed. */
export type Findings = {
  /** Of the subject, within its scope. */
  readonly evidence: readonly Fact[];
  /** Of anything else: shown beside the evidence. */
  readonly comparison: readonly Fact[];
};

/** What experiments are made with. */
export type Apparatus = {
  /** All variants. */
  readonly designs: readonly Design[];
  /** Why a dialect of the filter language refuses a filter on that event; null: it takes it. */
  refusal(filter: string, event: string, dialect: "2.6.39" | "6.18" | "extended"): string | null;
  /** Lines of a variant's code, and of what it stands on; null where the source is not here. */
  codeSize(design: Design): { readonly adds: number; readonly standsOn: number } | null;
};

export type Ruling = "supported" | "refuted" | "mixed" | "untestable";

/** Facts on both sides are mixed; none on any: it cannot be tested here. */
export function rule(evidence: readonly Fact[]): Ruling {
  const speaks = new Set(evidence.map((fact) => fact.speaks));
  if (speaks.has("for")) return speaks.has("against") ? "mixed" : "supported";
  return speaks.has("against") ? "refuted" : "untestable";
}

/** A claim after its experiment. */
export type Settled = Findings & {
  readonly claim: Claim;
  readonly ruling: Ruling;
  /** Why a ruling is mixed; null where it is another one. */
  readonly why: string | null;
};

export function settle(claim: Claim, apparatus: Apparatus): Settled {
  const findings = claim.experiment(apparatus);
  const ruling = rule(findings.evidence);
  return { claim, ruling, why: ruling === "mixed" ? whyMixed(claim, findings) : null, ...findings };
}

function whyMixed({ subject }: Claim, { evidence }: Findings): string {
  const count = (speaks: Fact["speaks"]) => evidence.filter((fact) => fact.speaks === speaks).length;
  const pro = count("for");
  return `of what was observed of ${subject.design}, ${pro} ${pro === 1 ? "fact speaks" : "facts speak"} for the claim and ${count("against")} against it`;
}

export function fact(holds: boolean, text: string): Fact {
  return { text, speaks: holds ? "for" : "against" };
}

/** Observes each variant: what is seen of the subject is the evidence. */
export function observeEach(
  { design: subject }: Subject,
  { designs }: Apparatus,
  observe: (design: Design) => readonly Fact[],
): Findings {
  const isSubject = ({ id }: Design) => id === subject;
  return {
    evidence: designs.filter(isSubject).flatMap(observe),
    comparison: designs
      .filter((design) => !isSubject(design))
      .flatMap((design) => observe(design).map((each) => asComparison(design, each))),
  };
}

/** The variants that were made to satisfy what the mails claim, or mended so that they do. */
const MADE_TO_SATISFY: readonly string[] = ["event-filters-2011@vision", "filter-engine-2010@corrected"];

/** That a variant keeps to what it was made from says nothing. */
export function asComparison({ id }: Pick<Design, "id">, { text, speaks }: Fact): Fact {
  if (speaks !== "for" || !MADE_TO_SATISFY.includes(id)) return { text, speaks };
  return { text: `${text}; it was made to keep to the claims, so that is no evidence`, speaks: "neither" };
}

// The mails that claims cite.
export const P09: Mail = { mail: "P09", id: null };
export const M11: Mail = { mail: "M11", id: "<20110513121034.GG21022@elte.hu>" };
export const M35: Mail = { mail: "M35", id: "<BANLkTinukLesDoXzXKdtdRwgHtJkthXK0A@mail.gmail.com>" };
export const M36: Mail = { mail: "M36", id: "<201105150842.07816.arnd@arndb.de>" };
export const M46: Mail = { mail: "M46", id: "<BANLkTimcYyTxUDN4QysyOitTJYJP9ZavZA@mail.gmail.com>" };
export const M57: Mail = { mail: "M57", id: "<20110517183459.GB16689@elte.hu>" };
export const SEED: Mail = { mail: "SEED", id: null };
export const M76: Mail = { mail: "M76", id: "<20110526091518.GE26775@elte.hu>" };
