// A Claim is what somebody said in the debate, and an experiment that says how it stands: each thing that the experiment
// observes speaks for it, against it, or for neither. What an experiment needs beyond this package is passed in.

import type { Design } from "@gatehouse/core";
import { variantOf } from "./task-run.js";

export type Claim = {
  /** `C22`: its number in the ledger of claims. */
  readonly id: string;
  readonly who: string;
  /** The mails, as docs/sources.md names them; `id` is the Message-ID, null where it is not known. */
  readonly where: readonly Mail[];
  /** In one line. */
  readonly proposition: string;
  experiment(apparatus: Apparatus): readonly Fact[];
};

export type Mail = { readonly mail: string; readonly id: string | null };

/** One thing that was observed. */
export type Fact = { readonly text: string; readonly speaks: "for" | "against" | "neither" };

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

export function fact(holds: boolean, text: string): Fact {
  return { text, speaks: holds ? "for" : "against" };
}

/** The variant that nobody coded: it was rebuilt from what the mails say of it. */
const DESCRIBED = "vision";

/** A variant keeps to what is claimed. Of one that was made from the claim that says nothing. */
export function kept({ id }: Pick<Design, "id">, text: string): Fact {
  if (variantOf({ id }) !== DESCRIBED) return fact(true, text);
  return { text: `${text}; it was rebuilt from this claim, so that is no evidence`, speaks: "neither" };
}

export const SEED: Mail = { mail: "SEED", id: null };
export const M76: Mail = { mail: "M76", id: "<20110526091518.GE26775@elte.hu>" };
export const M11: Mail = { mail: "M11", id: "<20110513121034.GG21022@elte.hu>" };
