// What a program says, as text:
//
//   arch x86_64:
//     read write exit_group: allow
//     personality: allow if arg0 == 0 || arg0 == 8; else errno 1
//     every other call: errno 1
//   every other arch: kill_process
//
// Conditions are written like those of policies, with the registers in place of the arguments' names.

import type { Catalog } from "@gatehouse/core";
import { archOf } from "./backend.js";
import type { ArchGroup, CallGroup, NumberRange, Outcome } from "./decompile.js";
import { archName, describeReturn } from "./disassembler.js";

/** `catalog`: what the numbers of its architecture are called; those of others stay numbers. */
export function printMeaning(groups: readonly ArchGroup[], catalog?: Catalog): string {
  const lines = groups.flatMap(({ arches, calls }, i) => {
    const isRest = i === groups.length - 1;
    const title = isRest && i > 0 ? "every other arch" : isRest ? "every arch" : `arch ${archNames(arches)}`;
    const [only, ...more] = calls;
    if (only !== undefined && more.length === 0) return [`${title}: ${outcomesText(only.outcomes)}`];
    const names = namesFor(arches, catalog);
    return [
      `${title}:`,
      ...calls.map((group, at) => `  ${callsText(group, at === calls.length - 1, names)}`),
    ];
  });
  return `${lines.join("\n")}\n`;
}

function archNames(arches: readonly NumberRange[]): string {
  const name = (value: number) => archName(value) ?? hexNumber(value);
  return arches
    .map(({ from, to }) => (from === to ? name(from) : `${hexNumber(from)}-${hexNumber(to)}`))
    .join(" ");
}

function namesFor(arches: readonly NumberRange[], catalog: Catalog | undefined): Catalog | undefined {
  const [range] = arches;
  const isOne = arches.length === 1 && range?.from === range?.to;
  return isOne && catalog !== undefined && range?.from === archOf(catalog) ? catalog : undefined;
}

function callsText({ numbers, outcomes }: CallGroup, isRest: boolean, names: Catalog | undefined): string {
  const calls = isRest ? "every other call" : numbers.map((range) => rangeText(range, names)).join(" ");
  return `${calls}: ${outcomesText(outcomes)}`;
}

function rangeText({ from, to }: NumberRange, names: Catalog | undefined): string {
  const calls: string[] = [];
  let at = from;
  for (; at <= to; at++) {
    const name = names?.byId(at)?.name;
    if (name === undefined) break;
    calls.push(name);
  }
  if (at <= to) calls.push(at === to ? callNumber(at) : `${callNumber(at)}-${callNumber(to)}`);
  return calls.join(" ");
}

function outcomesText(outcomes: readonly Outcome[]): string {
  return outcomes
    .map(({ value, when }, i) => {
      const text = describeReturn(value);
      return when === null ? (i === 0 ? text : `else ${text}`) : `${text} if ${when}`;
    })
    .join("; ");
}

function callNumber(value: number): string {
  return value < 4096 ? String(value) : hexNumber(value);
}

function hexNumber(value: number): string {
  return `0x${value.toString(16)}`;
}
