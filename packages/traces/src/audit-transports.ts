// One record is one event, though a log shows it by several transports: plain `journalctl` prints what came by the audit
// socket and what the kernel's log said, and a file may hold auditd's lines beside them. Records are paired one to one,
// by their serial where both show it, else by their text; equal records by one transport are several.

import type { AuditRecord, Transport } from "./audit-record.js";

/** Records between the two lines of one: the transports are a few lines apart. */
const REACH = 4_096;

type Record = Pick<AuditRecord, "transport" | "serial" | "text" | "pid" | "call" | "pointer">;

/** One record, by its first line. */
type Known = {
  readonly serial: string | null;
  readonly text: string;
  /** How many records came before. */
  readonly at: number;
};

const TRANSPORTS: readonly Transport[] = ["journal", "kernel", "auditd"];

export class Transports {
  /** Records that may be the same, and of these, for each transport, those that the transport has not told of: the oldest first. */
  readonly #alike = new Map<string, Map<Transport, Known[]>>();
  #records = 0;

  /** False where another transport has told of the record. */
  isNew(record: Record): boolean {
    const { transport, serial, text, pid, call, pointer } = record;
    const key = `${pid} ${call.id} ${pointer?.high} ${pointer?.low}`;
    const waiting = this.#alike.get(key) ?? new Map<Transport, Known[]>();
    this.#alike.set(key, waiting);
    if (this.#take(waiting.get(transport) ?? [], record)) return false;
    const known: Known = { serial, text, at: this.#records++ };
    for (const other of TRANSPORTS) {
      if (other === transport) continue;
      const its = waiting.get(other);
      if (its === undefined) waiting.set(other, [known]);
      else its.push(known);
    }
    if (this.#records % REACH === 0) this.#forget();
    return true;
  }

  #take(waiting: Known[], { serial, text }: Record): boolean {
    for (let i = 0; i < waiting.length; i++) {
      const known = waiting[i];
      // Where both show a serial, that decides.
      const byText = serial === null || known?.serial === null;
      if (known === undefined || (byText ? known.text !== text : known.serial !== serial)) continue;
      waiting.splice(i, 1);
      return true;
    }
    return false;
  }

  /** What lies too far back is no longer waited for. */
  #forget(): void {
    const least = this.#records - REACH;
    for (const [key, waiting] of this.#alike) {
      for (const [transport, known] of waiting)
        waiting.set(
          transport,
          known.filter(({ at }) => at >= least),
        );
      if ([...waiting.values()].every(({ length }) => length === 0)) this.#alike.delete(key);
    }
  }
}
