// `gatehouse designs`: which designs there are.

import type { Design } from "@gatehouse/core";
import { codeSizeOf } from "./code-size.js";
import { variants } from "./known-designs.js";
import { colours, print, printJson } from "./terminal.js";
import { number, table } from "./text.js";

export type DesignsOptions = { readonly json?: boolean };

export function listDesigns(options: DesignsOptions): void {
  if (options.json) printJson({ schema: "gatehouse.designs/1", designs: variants.map(asData) });
  else print(showDesigns());
}

function asData(design: Design) {
  const { id, title, patch, refusal } = design;
  return {
    design: id,
    title,
    patch,
    refusal: refusal.kind,
    package: design.package,
    codeSize: codeSizeOf(design),
  };
}

function showDesigns(): string {
  const rows = variants.map((design) => {
    const size = codeSizeOf(design);
    const lines = size === null ? ["?", "?"] : [number(size.adds), number(size.standsOn)];
    return [design.id, design.patch.date, showPatch(design.patch), ...lines];
  });
  const heads = [
    ["", "", "", "", "lines"],
    ["design", "patch of", "the mail's count", "adds", "stands on"],
  ];
  const [top = "", head = "", ...body] = table([...heads, ...rows], 3);
  const titled = body.flatMap((line, i) => [line, `  ${colours.dim(variants[i]?.title ?? "")}`]);
  return [colours.dim(top), colours.dim(head), ...titled].join("\n");
}

/** `18 files, +1,100 −21`. */
function showPatch({ files, added, removed }: Design["patch"]): string {
  return `${files} files, +${number(added)} −${number(removed)}`;
}
