// Expression engines from npm, each with the four predicates in its own words, over what it likes best: plain objects.
// None has 64-bit integers, so the values are small; `&` is a function where the language has none.

import assert from "node:assert/strict";
import type { Chunk } from "@gatehouse/core";
import type { Work } from "@gatehouse/harness";
import { _, Ajv } from "ajv";
import { compileExpression } from "filtrex";
import { compile, parse } from "subscript";
import { get, proveCase, rowsOf, SLOTS } from "./back-ends-cases.js";

export type Opening = { readonly fd: number; readonly flags: number; readonly mode: number };

type Engine = () => (event: Opening) => unknown;

export const ENGINES: Readonly<Record<string, Engine>> = {
  ajv() {
    const ajv = new Ajv({ strictTypes: false });
    ajv.addKeyword({
      keyword: "anyBit",
      type: "number",
      schemaType: "number",
      code: (context) => context.fail(_`(${context.data} & ${context.schema}) === 0`),
    });
    return ajv.compile({
      type: "object",
      required: ["fd", "flags", "mode"],
      properties: { fd: { enum: [1, 2] }, flags: { anyBit: 0x40 }, mode: { exclusiveMaximum: 0o777 } },
    });
  },
  subscript: () => compile(parse(`(fd == 1 || fd == 2) && (flags & ${0x40}) != 0 && mode < ${0o777}`)),
  filtrex: () =>
    compileExpression(`(fd == 1 or fd == 2) and bits(flags, ${0x40}) != 0 and mode < ${0o777}`, {
      extraFunctions: { bits: (a: number, b: number) => a & b },
      customProp: (name: string, _: unknown, event: Readonly<Record<string, number>>) => event[name],
    }),
  /** No engine: what they are all slower than. */
  "hand-written": () => (event) =>
    (event.fd === 1 || event.fd === 2) && (event.flags & 0x40) !== 0 && event.mode < 0o777,
};

export type EngineJob = { readonly kind: "engine"; readonly contestant: string; readonly rows: number };

/** The engine on objects of the same values, once it has answered each of them rightly. */
export function engine({ contestant, rows }: EngineJob): Work {
  const allows = ENGINES[contestant]?.();
  if (allows === undefined) throw new RangeError(`there is no ${contestant}`);
  proveCase("four predicates");
  const { judged, expected } = rowsOf("four predicates", rows);
  const openings = judged.flatMap(({ chunk }) =>
    Array.from({ length: chunk.length }, (_, row) => openingAt(chunk, row)),
  );
  const right = expected.reduce((sum, { allow }) => sum + allow.count(), 0);
  let row = 0;
  for (const { allow } of expected)
    for (let i = 0; i < allow.length; i++, row++)
      assert.equal(Boolean(allows(openings[row] ?? NOTHING)), allow.get(i), `${contestant}: row ${row}`);
  return {
    events: rows,
    run() {
      let allowed = 0;
      for (const opening of openings) if (allows(opening)) allowed++;
      // Also keeps the loop from being left out.
      if (allowed !== right) throw new Error(`${contestant} answered in two ways`);
    },
  };
}

export const NOTHING: Opening = { fd: 0, flags: 0, mode: 0 };

export function openingAt(chunk: Chunk, row: number): Opening {
  return {
    fd: get(chunk, SLOTS.fd, row),
    flags: get(chunk, SLOTS.flags, row),
    mode: get(chunk, SLOTS.mode, row),
  };
}
