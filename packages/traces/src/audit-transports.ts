// One record is one event, though a log shows it by several transports: plain `journalctl` prints what came by the audit
// socket and what the kernel's log said, and a file may hold auditd's lines beside them. Records are paired one to one,
// by their serial where both show it, else by their text; equal records by one transport are several.

import type { AuditRecord, Transport } from "./audit-record.js";

/** Records between the two lines of one: the transports are a few lines apart. */
const REACH = 4_096;

type Group = {
  readonly serial: string | null;
  readonly text: string;
  readonly by: Set<Transport>;
};

export class Transports {
  /** By serial and by text, the oldest first. */
  readonly #open = new Map<string, Group[]>();
  readonly #order: Group[] = [];

  /** False where another transport has told of the record. */
  isNew({ transport, serial, text }: Pick<AuditRecord, "transport" | "serial" | "text">): boolean {
    const found =
      this.#find(`#${serial}`, serial !== null, transport) ?? this.#byText(transport, serial, text);
    if (found !== undefined) {
      found.by.add(transport);
      return false;
    }
    this.#add({ serial, text, by: new Set([transport]) });
    return true;
  }

  /** Where both show a serial, it decides. */
  #byText(transport: Transport, serial: string | null, text: string): Group | undefined {
    return this.#find(text, true, transport, (group) => serial === null || group.serial === null);
  }

  #find(
    key: string,
    isAsked: boolean,
    transport: Transport,
    fits: (group: Group) => boolean = () => true,
  ): Group | undefined {
    if (!isAsked) return undefined;
    return this.#open.get(key)?.find((group) => !group.by.has(transport) && fits(group));
  }

  #add(group: Group): void {
    for (const key of keysOf(group)) {
      const known = this.#open.get(key);
      if (known === undefined) this.#open.set(key, [group]);
      else known.push(group);
    }
    this.#order.push(group);
    if (this.#order.length <= 2 * REACH) return;
    for (const old of this.#order.splice(0, REACH)) this.#remove(old);
  }

  #remove(group: Group): void {
    for (const key of keysOf(group)) {
      const left = (this.#open.get(key) ?? []).filter((one) => one !== group);
      if (left.length === 0) this.#open.delete(key);
      else this.#open.set(key, left);
    }
  }
}

function keysOf({ serial, text }: Group): string[] {
  return serial === null ? [text] : [`#${serial}`, text];
}
