// `gatehouse designs`: which designs there are.

import type { Design } from "@gatehouse/core";
import { codeSizeOf } from "./code-size.js";
import { showPatch } from "./comparison-text.js";
import { variants } from "./known-designs.js";
import { colours, print, printJson } from "./terminal.js";
import { number, table } from "./text.js";

export type DesignsOptions = { readonly json?: boolean };

export function listDesigns(options: DesignsOptions): void {
  if (options.json) printJson({ schema: "gatehouse.designs/1", designs: variants.map(asData) });
  else print(showDesigns());
}

function asData(design: Design) {
  const { id, title, mark, origin, patch, refusal } = design;
  return {
    design: id,
    title,
    mark,
    origin,
    patch,
    refusal: refusal.kind,
    package: design.package,
    codeSize: codeSizeOf(design),
  };
}

function showDesigns(): string {
  const rows = variants.map((design) => {
    const size = codeSizeOf(design);
    const { by, date } = design.origin;
    return [
      design.id,
      `${by}, ${date}`,
      showPatch(design.patch),
      size === null ? "?" : number(size.adds),
      size === null ? "?" : number(size.standsOn),
    ];
  });
  const heads = [
    ["", "", "", "", "lines"],
    ["design", "written by", "the mail", "adds", "stands on"],
  ];
  const [top = "", head = "", ...body] = table([...heads, ...rows], 2);
  const titled = body.flatMap((line, i) => {
    const design = variants[i];
    return [line, `  ${colours.dim(design === undefined ? "" : `${design.mark}: ${design.title}`)}`];
  });
  return [colours.dim(top), colours.dim(head), ...titled].join("\n");
}
