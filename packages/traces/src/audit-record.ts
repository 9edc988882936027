// One audit record that tells of a call.
//
//   line    = … head … { " " key "=" value } …
//   head    = "type=" ( "1326" | "1701" | "1300" ) " audit(" time ":" serial "):"         the kernel's log
//           | "type=" ( "SECCOMP" | "ANOM_ABEND" | "SYSCALL" ) " msg=audit(" … ") :"       auditd's, and `ausearch -i`
//           | "audit[" pid "]: " ( "SECCOMP" | "ANOM_ABEND" | "SYSCALL" ) " "              journald's
//   value   = '"' … '"' | hex pairs | word          a comm that could be misread is printed in hexadecimal
//   arch    = hex | "x86_64" | "i386"               a name, and a call's name, where ausearch has put them
//
// In the kernel's order, so that nothing inside a name passes for a field. Records of 1701 have other reasons than seccomp,
// and no architecture: a pointer above 2^32 is that of 64-bit code.

import {
  ABI,
  type Abi,
  type ByteString,
  type Catalog,
  type EventId,
  NO_SUCH_CALL,
  type U64,
} from "@gatehouse/core";

export type AuditRecord = {
  readonly pid: number;
  readonly comm: ByteString;
  readonly call: { readonly id: EventId; readonly abi: Abi };
  /** By slot. */
  readonly registers: readonly (U64 | undefined)[];
  /** The instruction pointer, where the record has it. */
  readonly pointer: U64 | null;
  /** How the line came here. */
  readonly transport: Transport;
  /** `1795462403.189:2`: the same wherever the record is printed; null where it is not. */
  readonly serial: string | null;
  /** From `auid=` on, the same wherever a record of a filter is printed. */
  readonly text: ByteString;
};

/** journald's socket, the kernel's log, auditd's file. */
export type Transport = "journal" | "kernel" | "auditd";

/** AUDIT_ARCH_X86_64, of x32 too, and AUDIT_ARCH_I386: include/uapi/linux/audit.h. */
const X86_64 = ["c000003e", "x86_64"];
const I386 = ["40000003", "i386", "i486", "i586", "i686"];
const X32_BIT = 0x4000_0000;

const GROUP_SEPARATOR = "\u001d";

type Kind = "filter" | "abend" | "call";

/** By the number that the kernel prints, and the word that auditd and journald do. */
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ["1326", "filter"],
  ["SECCOMP", "filter"],
  ["1701", "abend"],
  ["ANOM_ABEND", "abend"],
  ["1300", "call"],
  ["SYSCALL", "call"],
]);
const HEAD =
  /\btype=(1326|1701|1300|SECCOMP|ANOM_ABEND|SYSCALL) (msg=)?audit\((.{1,64}?)\) ?:|audit\[\d{1,10}\]: (SECCOMP|ANOM_ABEND|SYSCALL) /;

const COMM = String.raw`comm=(?:"([^"]{0,15})"|((?:[0-9A-F]{2}){1,15})(?= |$)|(\S{1,15}))`;
const ARCH = String.raw`arch=(\w{1,10})`;
const NUMBER = String.raw`syscall=(-?\w{1,30})`;
const POINTER = String.raw`ip=0x([0-9a-f]{1,16})\b`;
const EXE = String.raw`(?:exe=(?:"[^"]*"|\S+) )?`;
const FILTER = new RegExp(
  `^.*? pid=(\\d{1,10}) ${COMM} ${EXE}sig=\\w+ ${ARCH} ${NUMBER} compat=\\d ${POINTER}`,
);
const ABEND = new RegExp(
  `^.*? pid=(\\d{1,10}) ${COMM} (?:exe=(?:"[^"]*"|\\S+) )?reason="?seccomp"? sig=\\w+ ${NUMBER} compat=\\d ${POINTER}`,
);
const CALL = new RegExp(
  `${ARCH} ${NUMBER}(?: per=\\w+)?(?: success=\\w+)?(?: exit=[^=]*)? a0=(?:0x)?([0-9a-f]{1,16}) a1=(?:0x)?([0-9a-f]{1,16}) a2=(?:0x)?([0-9a-f]{1,16}) a3=(?:0x)?([0-9a-f]{1,16}) .*? pid=(\\d{1,10}) .*? ${COMM}`,
);

/** Null: the line is no such record. Else the record, or why it is unreadable. */
export function readAuditRecord(line: ByteString, catalog: Catalog): AuditRecord | string | null {
  const head = HEAD.exec(line);
  if (head === null) return null;
  const [whole, type = "", auditd, serial = null, journals = ""] = head;
  const kind = kindOf(type || journals);
  // What auditd adds behind a group separator says the same in words.
  const text = line
    .slice(head.index + whole.length)
    .split(GROUP_SEPARATOR, 1)
    .join("");
  const fields = fieldsOf(kind, ` ${text}`);
  if (fields === null) return kind === "abend" && !/reason="?seccomp/.test(text) ? null : MISSING[kind];
  const call = callOf(fields, catalog);
  if (typeof call === "string") return call;
  return {
    ...fields,
    call,
    transport: journals !== "" ? "journal" : auditd === undefined ? "kernel" : "auditd",
    serial,
    text: text.slice(Math.max(0, text.indexOf("auid="))).trimEnd(),
  };
}

const MISSING = {
  filter: "it does not show a pid, a name, an architecture and a number",
  abend: "it does not show a pid, a name, a number and a pointer",
  call: "it does not show an architecture, a number, four registers, a pid and a name",
} as const;

function kindOf(type: string): Kind {
  const kind = KINDS.get(type);
  if (kind === undefined) throw new RangeError(`\`${type}\` is no type of a record that tells of a call`);
  return kind;
}

type Fields = Pick<AuditRecord, "pid" | "comm" | "registers" | "pointer"> & {
  /** Null: the record shows none. */
  readonly arch: string | null;
  readonly number: string;
};

function fieldsOf(kind: Kind, text: ByteString): Fields | null {
  if (kind === "call") {
    const [, arch, number, a0, a1, a2, a3, pid, comm, hexComm, bare] = CALL.exec(text) ?? [];
    if (arch === undefined || number === undefined) return null;
    const registers = [a0, a1, a2, a3].map((hex = "0") => wordOf(hex));
    return { arch, number, registers, pointer: null, pid: Number(pid), comm: nameOf(comm, hexComm, bare) };
  }
  const found = kind === "filter" ? FILTER.exec(text) : abendOf(text);
  const [, pid, comm, hexComm, bare, arch, number, ip] = found ?? [];
  if (number === undefined || ip === undefined) return null;
  const who = { pid: Number(pid), comm: nameOf(comm, hexComm, bare) };
  return { ...who, arch: arch ?? null, number, registers: [], pointer: wordOf(ip) };
}

/** As a record of a filter, without an architecture. */
function abendOf(text: ByteString): readonly (string | undefined)[] | null {
  const found = ABEND.exec(text);
  return found === null ? null : [...found.slice(0, 5), undefined, ...found.slice(5)];
}

function callOf({ arch, number, pointer }: Fields, catalog: Catalog): AuditRecord["call"] | string {
  if (arch === null && pointer?.high === 0) return "it does not show an architecture";
  const isI386 = arch !== null && I386.includes(arch);
  if (arch !== null && !isI386 && !X86_64.includes(arch)) return `\`arch=${arch}\` is not x86`;
  const nr = /^-?\d+$/.test(number) ? Number(number) : isI386 ? undefined : catalog.byName(number)?.id;
  if (nr === undefined) return `the catalog has no call \`${number}\`${isI386 ? " of i386" : ""}`;
  const isX32 = !isI386 && nr >= X32_BIT && nr < 2 * X32_BIT;
  const low = isX32 ? nr - X32_BIT : nr;
  const id = low >= 0 && low < NO_SUCH_CALL ? low : NO_SUCH_CALL;
  return { id, abi: isI386 ? ABI.int80 : isX32 ? ABI.x32 : ABI.native };
}

function nameOf(quoted: string | undefined, hex: string | undefined, bare: string | undefined): ByteString {
  return quoted ?? (hex === undefined ? (bare ?? "") : Buffer.from(hex, "hex").toString("latin1"));
}

function wordOf(hex: string): U64 {
  return {
    high: Number.parseInt(hex.slice(0, -8) || "0", 16),
    low: Number.parseInt(hex.slice(-8), 16),
  };
}
