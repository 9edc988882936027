import type { Condition, EventFormat, Predicate, Result } from "@gatehouse/core";
import type { DialectName } from "./dialect.js";

/** Something that a dialect cannot say; `predicate` is null where that is the filter as a whole. */
export type Unsayable = { readonly predicate: Predicate | null; readonly reason: string };

/** The condition as text of a dialect, or every part that the dialect cannot say. */
export function printFilter(
  _condition: Condition,
  _format: EventFormat,
  _dialect: DialectName,
): Result<string, readonly Unsayable[]> {
  throw new Error("being written");
}
