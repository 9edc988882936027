// `gatehouse size`: how much code each design is, as a patch and as a system, and what it can do for that.

import type { Design } from "@gatehouse/core";
import { made } from "@gatehouse/harness/provenance";
import type { Counted, Reached, Side, VariantSize, Workspace } from "@gatehouse/harness/size";
import { features, type Has } from "@gatehouse/scenarios";
import { sizeOf } from "./code-size.js";
import { NotPossible } from "./failure.js";
import { findDesigns } from "./known-designs.js";
import { type PatchTable, patchTable } from "./patch-tables.js";
import { showSizes } from "./size-text.js";
import { colours, print, printJson } from "./terminal.js";
import { version } from "./version.js";

export type SizeOptions = { readonly designs?: readonly string[]; readonly json?: boolean };

export function size({ designs, json = false }: SizeOptions, workspace?: Workspace): void {
  const sizes = findDesigns(designs).map((design) => sized(design, workspace));
  if (json) printJson({ schema: "gatehouse.size/1", designs: sizes, provenance: made(version()) });
  else print(showSizes(sizes, colours));
}

export type Lines = { readonly code: number; readonly comment: number; readonly blank: number };

/** Lines of code. `types`: how many of them only types reach. */
export type BySide = Readonly<Record<Side, number>> & { readonly types: number };

export type SizedDesign = Pick<Design, "title" | "mark" | "origin"> & {
  readonly design: string;
  readonly asPatch: Lines & {
    readonly files: number;
    /** Null: nothing of what was there before is changed. */
    readonly removed: null;
    readonly byFile: readonly (Lines & { readonly file: string })[];
    /** The packages on which the kernel side stands, for what was there before. */
    readonly before: readonly string[];
    readonly mail: Design["patch"];
    readonly mailByFile: PatchTable | null;
  };
  readonly asSystem: {
    readonly adds: BySide;
    readonly standsOn: BySide;
    readonly check: OwnAndOthers;
    readonly installation: OwnAndOthers;
    readonly features: Readonly<Record<string, Has>>;
  };
};

export type OwnAndOthers = { readonly own: number; readonly standsOn: number };

function sized(design: Design, workspace?: Workspace): SizedDesign {
  const size = sizeOf(design, workspace);
  if (!size.ok) throw new NotPossible(`${design.id}: ${size.error}`);
  const { id, title, mark, origin } = design;
  const { sides, check, installation } = size.value;
  return {
    design: id,
    title,
    mark,
    origin,
    asPatch: asPatch(design, size.value),
    asSystem: {
      adds: bySide(sides, ({ own }) => own),
      standsOn: bySide(sides, ({ standsOn }) => standsOn),
      check: codeOf(check),
      installation: codeOf(installation),
      features: Object.fromEntries(features.map(({ name, has }) => [name, has(design)])),
    },
  };
}

function asPatch({ patch }: Design, { patch: files, before, sides }: VariantSize): SizedDesign["asPatch"] {
  return {
    files: files.length,
    ...linesOf(sides.kernel.own),
    removed: null,
    byFile: files.map((each) => ({ file: each.file, ...linesOf(each) })),
    before,
    mail: patch,
    mailByFile: patchTable(patch),
  };
}

function linesOf({ code, comment, blank }: Counted): Lines {
  return { code, comment, blank };
}

function bySide(sides: VariantSize["sides"], part: (reached: Reached) => Counted): BySide {
  const [kernel, user, bench] = [part(sides.kernel), part(sides.user), part(sides.bench)];
  const types = kernel.types + user.types + bench.types;
  return { kernel: kernel.code, user: user.code, bench: bench.code, types };
}

function codeOf({ own, standsOn }: Reached): OwnAndOthers {
  return { own: own.code, standsOn: standsOn.code };
}
