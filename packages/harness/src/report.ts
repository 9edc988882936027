// What a comparison found, as plain data: `gatehouse compare --json` prints it as it is.

import type { Compilation, Design, Fails, Mark, Origin } from "@gatehouse/core";
import type { Cost } from "./cost.js";
import type { TraceSummary, Witness } from "./trace.js";

export type Report = {
  readonly schema: "gatehouse.compare/1";
  /** Whether designs were asked by way of their task side. Costs are those of a decision, with or without. */
  readonly taskSide: boolean;
  readonly policy: string;
  readonly catalog: string;
  readonly trace: { readonly events: number } & TraceSummary;
  /** What the policy itself says. */
  readonly decide: Counts;
  /** The first events of the trace, on which costs were measured, and what the loop alone cost there. */
  readonly sample: { readonly events: number; readonly floorNsPerEvent: number | null };
  readonly designs: readonly DesignReport[];
};

export type Counts = { readonly allow: number; readonly deny: number; readonly unknown: number };

/** Counts and cost are null where the design cannot say the policy, the cost also where no event was judged. */
export type DesignReport = { readonly [name in keyof Counts]: number | null } & {
  readonly design: string;
  readonly title: string;
  readonly mark: Mark;
  readonly origin: Origin;
  readonly compilation: Compilation<unknown>["kind"];
  readonly fails: Fails | null;
  readonly lost: readonly ReportedLoss[];
  /** Events of the trace that a lost clause names, or, of a lost default, numbers that no table has. */
  readonly lostEvents: number;
  /** What the policy asks to be done with a refused call and the design cannot do; it does `refusal`. */
  readonly actions: readonly string[];
  readonly refusal: string;
  /** Events that the policy answers with an errno and the design with a kill. */
  readonly killedInstead: number | null;
  readonly falseAllow: number | null;
  readonly falseDeny: number | null;
  readonly firstFalseAllow: Witness | null;
  readonly firstFalseDeny: Witness | null;
  readonly codeSize: ReportedSize | null;
  readonly patch: Design["patch"];
  readonly cost: Cost | null;
};

/** `effect`: what becomes of this clause's event in particular; null where the reason says all. */
export type ReportedLoss = ShownClause & {
  readonly reason: string;
  readonly effect: string | null;
  readonly fails: Fails;
};

export type ShownClause = { readonly clause: string; readonly line: number | null };

/** Lines of code. */
export type ReportedSize = {
  /** Those of the design's own package that the variant reaches. */
  readonly adds: number;
  /** The same by whose side they are on. */
  readonly sides: { readonly kernel: number; readonly user: number; readonly bench: number };
  /** Those of other packages that it reaches. */
  readonly standsOn: number;
  /** How many of these only types reach. */
  readonly types: { readonly adds: number; readonly standsOn: number };
};
