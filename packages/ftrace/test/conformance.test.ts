// Every recorded answer of the kernels to the text of a filter: what the write and the ioctl returned, what the log
// and the filter file said.

import type { ByteString } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import { applyEventFilter, type FilterAnswer, type KernelDialectName, kernelEvent } from "../src/index.js";
import { corpora } from "./corpus.js";

type Text = { readonly event: string; readonly filter?: string; readonly filter_b64?: string };

type Recorded618 = Text & {
  readonly errno: number;
  readonly msg?: string;
  readonly log_col?: number;
  readonly file_col?: number;
  readonly file_msg?: string;
  readonly file_error?: number;
  readonly file_len?: number;
  readonly stored_len?: number;
  readonly readback?: string;
  readonly perf_errno: number;
};

type Answer2011 = {
  readonly errno: number;
  readonly msg?: string;
  readonly stored_len?: number;
  readonly readback?: string;
  readonly perf_errno: number;
};
type Recorded2011 = Text & { readonly v38: Answer2011; readonly v39: Answer2011 };

describe.each(corpora.map((corpus) => [corpus.title, corpus] as const))("%s", (_, corpus) => {
  test.skipIf(corpus.isAbsent)("of 6.18 to a filter's text are given again", () => {
    const asked = asking("6.18");
    const wrong = corpus.lines("parse-6.18").flatMap((line) => {
      const record: Recorded618 = JSON.parse(line);
      const { written, tracefs, perf } = asked(record);
      const found = { ...answered(tracefs), col: tracefs.col, perf: perf.errno };
      const expected = {
        errno: record.errno,
        msg: record.msg ?? null,
        stored: stored618(record, written, tracefs),
        col: record.log_col ?? null,
        perf: record.perf_errno,
      };
      return differ(found, expected) ? [{ record, found, expected }] : [];
    });
    expect(wrong).toEqual([]);
  });

  test.skipIf(corpus.isAbsent).each([
    ["2.6.38", "v38"],
    ["2.6.39", "v39"],
  ] as const)("of %s to a filter's text are given again", (dialect, key) => {
    const asked = asking(dialect);
    const wrong = corpus.lines("parse-2011").flatMap((line) => {
      const record: Recorded2011 = JSON.parse(line);
      const { written, tracefs, perf } = asked(record);
      const found = { ...answered(tracefs), col: tracefs.col, perf: perf.errno };
      const { errno, msg = null, perf_errno, readback, ...rest } = record[key];
      const text = storedText(rest, written);
      const refused = `${text}\n^\nparse_error: ${msg}\n`;
      const stored = readback ?? (errno === 0 ? text : refused);
      const expected = {
        errno,
        msg,
        stored: written.length > 4095 ? null : stored,
        col: null,
        perf: perf_errno,
      };
      return differ(found, expected) ? [{ record, found, expected }] : [];
    });
    expect(wrong).toEqual([]);
  });

  function asking(dialect: KernelDialectName) {
    const { events, machine } = corpus.formats("formats-parse");
    const kernels = new Map(
      [...events].map(([name, format]) => [name, kernelEvent(dialect, format, machine)]),
    );
    return (record: Text) => {
      const written = textOf(record);
      const event = kernels.get(record.event);
      if (event === undefined) throw new Error(`no format of \`${record.event}\``);
      const [tracefs, perf] = [
        applyEventFilter(written, event, "tracefs"),
        applyEventFilter(written, event, "perf"),
      ];
      return { written, tracefs, perf };
    };
  }
});

function answered({ errno, msg, stored }: FilterAnswer) {
  return { errno, msg, stored };
}

/** What the record says that the filter file held. */
function stored618(record: Recorded618, written: ByteString, { stored }: FilterAnswer): ByteString | null {
  if (written.length > 4095) return null;
  if (record.readback !== undefined) return record.readback;
  const text = storedText(record, written);
  if (record.errno === 0) return text;
  if (record.file_error !== undefined) return `${text}\nError: (${record.file_error})\n`;
  const { file_col: column, file_msg: message, file_len: length } = record;
  if (column !== undefined) return `${text}\n${" ".repeat(column)}^\nparse_error: ${message}\n`;
  // Of texts that leave no room for the rest only the length is recorded.
  return stored?.startsWith(text) && stored.length + 1 === length ? stored : `${length} bytes`;
}

function storedText(
  { stored_len: length }: { readonly stored_len?: number },
  written: ByteString,
): ByteString {
  const text = written.split("\0", 1)[0] ?? "";
  return length === undefined ? text : text.slice(0, length);
}

function textOf({ filter, filter_b64 }: Text): ByteString {
  const bytes = filter === undefined ? Buffer.from(filter_b64 ?? "", "base64") : Buffer.from(filter);
  return bytes.toString("latin1");
}

function differ(found: object, expected: object): boolean {
  return JSON.stringify(found) !== JSON.stringify(expected);
}
