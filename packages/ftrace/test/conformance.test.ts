// Every recorded answer of a 6.18 kernel to the text of a filter: accepted or not, errno, message, column.

import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { EventFormat, Field } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import type { Surroundings } from "../src/comparison.js";
import { isSpace } from "../src/ctype.js";
import { fieldsOf } from "../src/field-class.js";
import { isKernelDiagnostic, KERNEL_ERRORS } from "../src/kernel-errors.js";
import { parse618 } from "../src/parse-6.18.js";

const corpora = new URL("../../../../shared/data/conformance/", import.meta.url);

type Recorded = {
  readonly id: number;
  readonly event: string;
  readonly filter?: string;
  readonly filter_b64?: string;
  readonly errno: number;
  readonly msg?: string;
  readonly log_col?: number;
  readonly stored_len?: number;
};

describe.skipIf(!existsSync(corpora))(
  "the recorded answers of 6.18 (skipped where ../shared is absent)",
  () => {
    test("are given again: errno, message and column", () => {
      const surroundings = readSurroundings();
      const wrong = readRecords().flatMap((record) => {
        const found = answer(record, surroundings);
        const expected = { errno: record.errno, msg: record.msg ?? null, col: record.log_col ?? null };
        return JSON.stringify(found) === JSON.stringify(expected) ? [] : [{ record, found }];
      });
      expect(wrong).toEqual([]);
    });
  },
);

function answer(record: Recorded, surroundings: ReadonlyMap<string, Surroundings>) {
  const around = surroundings.get(record.event);
  if (around === undefined) throw new Error(`no format of \`${record.event}\``);
  const text = trimmed(textOf(record));
  const accepted = { errno: 0, msg: null, col: null };
  if (text.replace(/^[\t-\r \xa0]+/, "") === "0") return accepted; // removes the filter; no filter itself
  const parsed = parse618(text, around);
  if (parsed.ok) return accepted;
  if (!isKernelDiagnostic(parsed.error)) throw new Error(parsed.error.message);
  const { errno, code, column } = parsed.error;
  if (textOf(record).length > 4095) return { errno, msg: null, col: null };
  return { errno, msg: code === null ? "Error" : KERNEL_ERRORS[code].text, col: column };
}

/** What a write to the filter file leaves of its text. */
function trimmed(written: string): string {
  if (written.length > 4095) return written;
  const text = written.split("\0", 1)[0] ?? "";
  let end = text.length;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}

function textOf({ filter, filter_b64 }: Recorded): string {
  const bytes = filter === undefined ? Buffer.from(filter_b64 ?? "", "base64") : Buffer.from(filter);
  return bytes.toString("latin1");
}

function readRecords(): Recorded[] {
  const lines = gunzipSync(readFileSync(new URL("parse-6.18.jsonl.gz", corpora)))
    .toString()
    .trimEnd();
  return lines.split("\n").map((line) => JSON.parse(line));
}

type Formats = {
  readonly nr_cpus: number;
  readonly symbols: Record<string, [string, string]>;
  readonly events: Record<string, { fields: (Omit<Field, "kind" | "slot"> & { common?: boolean })[] }>;
};

function readSurroundings(): Map<string, Surroundings> {
  const formats: Formats = JSON.parse(readFileSync(new URL("formats-parse.json", corpora), "utf8"));
  const symbols = new Map(
    Object.entries(formats.symbols).map(([name, [start, end]]) => [
      name,
      { start: BigInt(start), end: BigInt(end) },
    ]),
  );
  const machine = { cpus: formats.nr_cpus, symbols };
  return new Map(
    Object.entries(formats.events).map(([name, { fields }]) => [
      name,
      { fields: fieldsOf(eventFormat(name, fields)), machine },
    ]),
  );
}

function eventFormat(name: string, fields: Formats["events"][string]["fields"]): EventFormat {
  const own = fields.filter(({ common }) => common !== true);
  return {
    id: 5000,
    kind: "other",
    name,
    names: [name],
    event: name,
    system: "",
    fields: own.map((field) => ({ ...field, kind: "number", slot: 0 })),
  };
}
