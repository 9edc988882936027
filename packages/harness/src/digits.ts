// A figure with the digits that hold, and no more: a digit behind the first one of its spread says nothing.

import type { Ratio } from "./statistics.js";

/** However small its spread is: nobody reads more. */
const MOST_DIGITS = 3;

/** `2.23 ± 0.07`, `370 ± 50` */
export function showWithSpread({ value, spread }: Ratio): string {
  const places = placesThatHold({ value, spread });
  return `${show(value, places)} ± ${show(Math.max(spread, 10 ** -places), places)}`;
}

/** The same without the spread: `2.23`, `370`. */
export function showThatHolds(measured: Ratio): string {
  return show(measured.value, placesThatHold(measured));
}

/** How many places behind the point hold; -1: tens. */
export function placesThatHold({ value, spread }: Ratio): number {
  const most = MOST_DIGITS - 1 - exponentOf(value);
  return spread === 0 ? most : Math.min(most, -exponentOf(spread));
}

/** Of the first digit that counts, once rounded to it: 0 for 1 to 9, -2 for 0.05. */
function exponentOf(value: number): number {
  return value === 0 ? 0 : Number(Math.abs(value).toExponential(0).split("e")[1]);
}

function show(value: number, places: number): string {
  const unit = 10 ** -places;
  const rounded = places < 0 ? Math.round(value / unit) * unit : value;
  const digits = Math.max(places, 0);
  return rounded.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
