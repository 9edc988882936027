// What a kernel answers when somebody gives it a filter: a write to an event's `filter` file, or perf's ioctl
// PERF_EVENT_IOC_SET_FILTER. Every dialect reads text, checks it and stores it here; what differs is in kernel-dialect.ts.

import type { ByteString } from "@gatehouse/core";
import { isSpace, skip } from "./ctype.js";
import type { KernelDialectName } from "./dialect.js";
import { dialect618 } from "./dialect-6.18.js";
import { dialect2638, dialect2639 } from "./dialect-2011.js";
import type { KernelDialect, KernelEvent, Machine, ParsedFilter } from "./kernel-dialect.js";
import type { KernelDiagnostic } from "./kernel-errors.js";
import type { RecordFormat } from "./record.js";

const KERNEL_DIALECTS: Readonly<Record<KernelDialectName, KernelDialect>> = {
  "2.6.38": dialect2638,
  "2.6.39": dialect2639,
  "6.18": dialect618,
};

export function kernelEvent(dialect: KernelDialectName, format: RecordFormat, machine: Machine): KernelEvent {
  return { dialect, fields: KERNEL_DIALECTS[dialect].fieldsOf(format), machine };
}

export type Entrance = "tracefs" | "perf";

export type FilterAnswer = {
  readonly ok: boolean;
  readonly errno: number;
  /** The kernel's own text. */
  readonly msg: string | null;
  /** The column in 6.18's error_log. */
  readonly col: number | null;
  /** What the filter file then holds, without its last newline. Null: what it held before. */
  readonly stored: ByteString | null;
  readonly refusal: KernelDiagnostic | null;
  /** Null where it is refused, and where `0` removed it. */
  readonly filter: ParsedFilter | null;
};

/** A page holds the text and the NUL behind it. */
const PAGE = 4096;
const EINVAL = 22;

/** `written`: the bytes of one write, or what the ioctl points at. */
export function applyEventFilter(written: ByteString, event: KernelEvent, via: Entrance): FilterAnswer {
  return via === "perf" ? setFromPerf(written, event) : writeToFile(written, event);
}

/** As it stands: nothing is trimmed, and `0` is no filter. Nothing but the errno comes back. */
function setFromPerf(written: ByteString, event: KernelEvent): FilterAnswer {
  const text = upToNul(written);
  if (text.length >= PAGE) return UNCHANGED;
  const parsed = KERNEL_DIALECTS[event.dialect].parse(text, event);
  if (parsed.ok) return { ...ACCEPTED, filter: parsed.value };
  return { ...UNCHANGED, errno: parsed.error.errno, refusal: parsed.error };
}

function writeToFile(written: ByteString, event: KernelEvent): FilterAnswer {
  if (written.length >= PAGE) return UNCHANGED;
  const dialect = KERNEL_DIALECTS[event.dialect];
  const text = dialect.trim(upToNul(written));
  if (text.endsWith("0") && skip(text, 0, isSpace) === text.length - 1)
    return { ...ACCEPTED, stored: "none" };
  const parsed = dialect.parse(text, event);
  if (parsed.ok) return { ...ACCEPTED, stored: text, filter: parsed.value };
  const refusal = parsed.error;
  return {
    ok: false,
    errno: refusal.errno,
    msg: refusal.reason ?? "Error",
    col: dialect.hasColumns ? refusal.column : null,
    stored: dialect.refusedText(text, refusal),
    refusal,
    filter: null,
  };
}

const ACCEPTED: FilterAnswer = {
  ok: true,
  errno: 0,
  msg: null,
  col: null,
  stored: null,
  refusal: null,
  filter: null,
};
const UNCHANGED: FilterAnswer = { ...ACCEPTED, ok: false, errno: EINVAL };

function upToNul(written: ByteString): ByteString {
  const nul = written.indexOf("\0");
  return nul < 0 ? written : written.slice(0, nul);
}
