// The book's policies as seccomp programs: what a design makes of one, as text of bpf_asm, and what that says of each
// call.

import { linux618 } from "@gatehouse/catalog";
import { compile, decompile, disassemble, printMeaning, type VerifiedProgram } from "@gatehouse/classic-bpf";
import type { Design } from "@gatehouse/core";
import { policyOf } from "./policy.js";

/** `form`: `linear` or `tree`, the program; `meaning`, the program read back. */
export function seccompForm(design: Design, text: string, form: string): string[] {
  if (form === "linear" || form === "tree") return lines(disassemble(program(design, text, form), linux618));
  if (form !== "meaning") throw new ReferenceError(`a seccomp program has no form \`${form}\``);
  const [linear, tree] = [meaningOf(design, text, "linear"), meaningOf(design, text, "tree")];
  if (linear !== tree) throw new Error(`linear and tree differ:\n${linear}\n${tree}`);
  return lines(tree);
}

function meaningOf(design: Design, text: string, shape: "linear" | "tree"): string {
  const meaning = decompile(program(design, text, shape));
  if (!meaning.ok) throw new Error(meaning.error);
  return printMeaning(meaning.value, linux618);
}

function program(design: Design, text: string, shape: "linear" | "tree"): VerifiedProgram {
  const made = design.compile(policyOf(text), linux618);
  if (made.kind === "inexpressible") throw new Error(`${design.id} cannot say:\n${text}`);
  const [rules] = design.load(made.program, linux618).lower().programs;
  if (rules === undefined) throw new Error("a design lowers to a program at least");
  const compiled = compile(rules, { shape });
  if (compiled.kind !== "program") throw new Error(compiled.reason);
  return compiled.program;
}

function lines(text: string): string[] {
  return text.trimEnd().split("\n");
}
