// The reader of audit logs: the kernel's, auditd's, journald's and what `ausearch -i` makes of them.
//
//   [ 3677.391892] audit: type=1326 audit(1795462403.189:2): auid=… pid=2323 comm="logf" … arch=c000003e syscall=110 ip=0x…
//   type=SECCOMP msg=audit(1795462403.189:2): auid=… pid=2323 comm=6C6F6766 …
//   type=SYSCALL msg=audit(1748950460.871:1241): arch=c000003e syscall=263 … a0=334 a1=c0014d3943 a2=0 a3=0 … pid=926 …
//
// What a seccomp filter reported (1326, and 1701 in kernels 3.2 to 3.7) shows the call's number, and SYSCALL (1300, as
// `auditctl -S` asks for it) four registers besides. audit-record.ts is the grammar. Other records are about something else.

import type { ByteString } from "@gatehouse/core";
import { type AuditRecord, readAuditRecord } from "./audit-record.js";
import { Transports } from "./audit-transports.js";
import type { LineFormat } from "./line-reader.js";
import type { ReaderOptions, TraceStats } from "./reader.js";
import { Rows } from "./rows.js";
import { byteString } from "./scan.js";

/** Other records, and other lines of a kernel's or a system's log. */
const OTHER =
  /\btype=\w{1,40} (?:msg=)?audit\(|^(?:<\d{1,3}>)?\[ *\d+\.\d{6}\] |^\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\] |^(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? |^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d|^-- .* --$|^----$|^time->/;
/** What the kernel says where it could not print all. */
const LOST =
  /\baudit_printk_skb: (\d{1,9}) callbacks suppressed|\baudit: (\d{1,9}) callbacks suppressed|\baudit_lost=(\d{1,9})\b/;
/** Colours, as dmesg prints them. */
const COLOUR = new RegExp(`${"\u001b"}\\[[\\d;]{0,20}m`, "g");

export class Audit implements LineFormat {
  readonly rows: Rows;
  readonly #options: ReaderOptions;
  readonly #stats: TraceStats;
  readonly #transports = new Transports();
  /** What `audit_lost` has come to: the kernel counts on. */
  #lost = 0;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#stats = options.stats;
    this.rows = new Rows(options.catalog, { ip: true });
  }

  line(bytes: Uint8Array, start: number, end: number): string | null {
    const line = byteString(bytes, start, end).replace(COLOUR, "").trimEnd();
    if (line === "") return null;
    const record = readAuditRecord(line, this.#options.catalog);
    if (typeof record === "string") return record;
    if (record !== null) return this.#add(record);
    if (!OTHER.test(line)) return "it is no line of an audit log";
    this.#countLost(line);
    this.#stats.skipped++;
    return null;
  }

  #add(record: AuditRecord): null {
    if (!this.#transports.isNew(record)) {
      this.#stats.skipped++;
      return null;
    }
    const { rows } = this;
    const { pid, comm, call, registers, pointer } = record;
    rows.by(rows.tasks.named(pid, comm));
    const row = rows.event(call.id, call.abi, registers);
    if (pointer !== null && rows.chunk.ip !== null) {
      rows.chunk.ip[2 * row] = pointer.low;
      rows.chunk.ip[2 * row + 1] = pointer.high;
    }
    this.#stats.events++;
    rows.turn();
    return null;
  }

  #countLost(line: ByteString): void {
    const [, skb, callbacks, total] = LOST.exec(line) ?? [];
    this.#stats.lostEvents += Number(skb ?? callbacks ?? 0);
    if (total === undefined) return;
    this.#stats.lostEvents += Math.max(0, Number(total) - this.#lost);
    this.#lost = Number(total);
  }
}
