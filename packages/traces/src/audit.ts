// The reader of audit lines of type 1326: what a seccomp filter reported, from the kernel's log, auditd's or journald's.
//
//   [ 3677.391892] audit: type=1326 audit(1795462403.189:2): auid=… pid=2323 comm="logf" … arch=c000003e syscall=110 ip=0x…
//   type=SECCOMP msg=audit(1795462403.189:2): auid=… pid=2323 comm=6C6F6766 …
//
//   line   = … ( "type=1326" | "type=SECCOMP" ) … "audit(" … "):" { " " key "=" value } …
//   value  = '"' … '"' | hex pairs                             a comm that could be misread is printed in hexadecimal
//
// Only the number is shown: all registers stay unknown. Other lines of such a log are about something else.

import { ABI, type ByteString, type Chunk, NO_SUCH_CALL } from "@gatehouse/core";
import type { LineFormat } from "./line-reader.js";
import type { ReaderOptions, TraceStats } from "./reader.js";
import { Rows, setNumber } from "./rows.js";
import { byteString } from "./scan.js";

/** AUDIT_ARCH_X86_64, of x32 too, and AUDIT_ARCH_I386: include/uapi/linux/audit.h. */
const X86_64 = "c000003e";
const I386 = "40000003";

const HEAD = /\b(?:type=(?:1326 |SECCOMP msg=)audit\([^)]{1,64}\):|audit\[\d{1,10}\]: SECCOMP) /;
/** In the kernel's order, so that nothing inside a name passes for a field. */
const RECORD =
  /^.*? pid=(\d{1,10}) comm=(?:"([^"]{0,15})"|((?:[0-9A-F]{2}){1,15})) (?:exe=(?:"[^"]*"|\S+) )?sig=\d+ arch=([0-9a-f]{1,8}) syscall=(-?\d{1,10}) compat=\d ip=0x([0-9a-f]{1,16})\b/;
/** Other records, and other lines of a kernel's or a system's log. */
const OTHER = /\btype=\w{1,40} (?:msg=)?audit\(|^\[ *\d+\.\d{6}\] |^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d /;

export class Audit implements LineFormat {
  readonly rows: Rows;
  readonly #stats: TraceStats;

  constructor({ catalog, stats }: ReaderOptions) {
    this.#stats = stats;
    this.rows = new Rows(catalog, { ip: true });
  }

  line(bytes: Uint8Array, start: number, end: number): string | null {
    const line = byteString(bytes, start, end);
    if (line.trim() === "") return null;
    const head = HEAD.exec(line);
    if (head !== null) return this.#record(line.slice(head.index));
    if (!OTHER.test(line)) return "it is no line of an audit log";
    this.#stats.skipped++;
    return null;
  }

  /** Answers why it is unreadable; null: it is not. */
  #record(record: ByteString): string | null {
    const [, pid, comm, hexComm = "", arch, nr, ip = ""] = RECORD.exec(record) ?? [];
    if (pid === undefined) return "it does not show a pid, a name, an architecture and a number";
    if (arch !== X86_64 && arch !== I386) return `\`arch=${arch}\` is not x86`;
    const { rows } = this;
    rows.by(rows.tasks.named(Number(pid), comm ?? Buffer.from(hexComm, "hex").toString("latin1")));
    const row = rows.call(Number(nr), []);
    if (arch === I386) onInt80(rows.chunk, row, Number(nr));
    setPointer(rows.chunk, row, ip);
    this.#stats.events++;
    rows.turn();
    return null;
  }
}

function onInt80(chunk: Chunk, row: number, nr: number): void {
  setNumber(chunk, row, nr >= 0 && nr < NO_SUCH_CALL ? nr : NO_SUCH_CALL);
  chunk.abi[row] = ABI.int80;
}

function setPointer({ ip }: Chunk, row: number, hex: string): void {
  if (ip === null) return;
  ip[2 * row] = Number.parseInt(hex.slice(-8), 16);
  ip[2 * row + 1] = Number.parseInt(hex.slice(0, -8) || "0", 16);
}
