// `gatehouse filter match`: which records each filter of standard input lets pass. A line without a filter begins a set
// of records; the filters behind it are put to these.

import { fail, succeed } from "@gatehouse/core";
import {
  type Formats,
  isBytes,
  isObject,
  type KernelDialectName,
  matchRecords,
  type RecordSet,
  readRecordSet,
  withRaw,
} from "@gatehouse/ftrace";
import { type Answer, answerLines, readFormatsFile } from "./filter-lines.js";

export type MatchOptions = { readonly dialect: KernelDialectName; readonly formats: string };

export async function matchFilters({ dialect, formats }: MatchOptions): Promise<void> {
  await answerLines(matching(await readFormatsFile(formats), dialect));
}

export function matching(formats: Formats, dialect: KernelDialectName): Answer {
  let set: RecordSet | null = null;
  return (line) => {
    if (!isObject(line)) return fail("this is no object");
    const { filter, raw } = line;
    if (filter === undefined) {
      const read = readRecordSet(line, formats, dialect);
      if (!read.ok) return read;
      set = read.value;
      return succeed(null);
    }
    if (!isBytes(filter)) return fail("`filter` is no string of bytes, one character each");
    if (set === null) return fail("a set of records must come before the first filter");
    const records = raw === undefined ? set : withRaw(set, raw);
    if (records === null) return fail("`raw` does not fill the field of every record");
    return succeed({ filter, ...matchRecords(filter, records) });
  };
}
