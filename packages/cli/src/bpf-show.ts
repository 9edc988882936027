// `gatehouse bpf show`: what a seccomp program does with each call. A linear program and a tree of one meaning read the
// same, whoever made them.

import {
  assemble,
  decompile,
  disassemble,
  fromBytes,
  MAX_INSTRUCTIONS,
  type Program,
  printMeaning,
  type VerifiedProgram,
  verify,
} from "@gatehouse/classic-bpf";
import { showPassing } from "./bpf-passes.js";
import { drawDiagnostics } from "./caret.js";
import { findCatalog } from "./case.js";
import { Failure } from "./failure.js";
import { notice, print, printJson } from "./terminal.js";
import { printable } from "./text.js";
import { isNone, type Limited, readWhole } from "./whole-file.js";

export type ShowProgramOptions = {
  readonly listing?: boolean;
  readonly catalog: string;
  readonly json?: boolean;
};

/** A line of text is longer than an instruction's bytes, and may have a comment. */
const LIMITED: Limited = { what: "seccomp program", maxBytes: 512 * MAX_INSTRUCTIONS };

export async function showProgram(file: string, options: ShowProgramOptions): Promise<void> {
  const catalog = findCatalog(options.catalog);
  const program = await readProgram(file);
  if (options.listing && !options.json) return print(disassemble(program, catalog).trimEnd());
  const meaning = decompile(program);
  if (!meaning.ok) throw new Failure(`${printable(file)}: ${meaning.error}`);
  const groups = meaning.value;
  const passing = showPassing(catalog);
  if (!options.json) return print([printMeaning(groups, catalog).trimEnd(), ...passing].join("\n"));
  printJson({ schema: "gatehouse.bpf-show/1", instructions: program, arches: groups });
  for (const sentence of passing) notice(sentence);
}

async function readProgram(file: string): Promise<VerifiedProgram> {
  const bytes = await readWhole(file, LIMITED);
  const verified = verify(isText(bytes) ? fromText(file, bytes) : fromRaw(file, bytes));
  if (verified.ok) return verified.value;
  const { errno, at, reason } = verified.error;
  const place = at === null ? "" : `instruction ${at}: `;
  throw new Failure(`${printable(file)}: the kernel refuses this program (${errno}): ${place}${reason}`);
}

/** Every program has bytes that no text has: the high ones of its opcodes are 0. */
function isText(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d));
}

function fromRaw(file: string, bytes: Uint8Array): Program {
  const read = fromBytes(bytes);
  if (!read.ok) throw isNone(file, LIMITED, read.error);
  return read.value;
}

function fromText(file: string, bytes: Uint8Array): Program {
  const text = new TextDecoder().decode(bytes);
  const read = assemble(text);
  if (!read.ok) throw new Failure(...drawDiagnostics(file, text, read.error));
  return read.value;
}
