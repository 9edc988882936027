// Sizes for a terminal.

import type { Has } from "@gatehouse/scenarios";
import { showPatch } from "./comparison-text.js";
import { showMarks } from "./marks.js";
import type { SizedDesign } from "./size.js";
import type { Colours } from "./terminal.js";
import { number, table, wrap } from "./text.js";

export function showSizes(sizes: readonly SizedDesign[], colours: Colours): string {
  return [
    ...patches(sizes, colours),
    "",
    ...sizes.flatMap((each) => files(each, colours)),
    ...wrap(NOT_COUNTED).map(colours.dim),
    "",
    ...systems(sizes, colours),
    "",
    ...features(sizes, colours),
    ...wrap(FEATURES).map(colours.dim),
  ].join("\n");
}

const NOT_COUNTED =
  "A patch here is the kernel side alone, over what was there before. It removes `–`: no line of what was there before is changed, so there is nothing to count.";

const FEATURES =
  "Each by an experiment; `–`: there is no such call or file. docs/size.md says what each sees.";

function patches(sizes: readonly SizedDesign[], { bold, dim }: Colours): string[] {
  const rows = sizes.map(({ design, asPatch: { files, code, comment, blank, mail } }) => [
    design,
    number(files),
    number(code),
    number(comment),
    number(blank),
    "–",
    mail === null ? "–" : `${number(mail.files)}: ${showPatch(mail)}`,
  ]);
  const heads = ["as a patch", "files", "code", "comment", "blank", "removed", "the mail's files"];
  const [head = "", ...body] = table([heads, ...rows], 1);
  const marks = showMarks(sizes.map(({ design }) => design));
  return [bold("As a patch"), dim(head), ...body, ...marks.map(dim)];
}

/** Ours, and the patch's own. */
function files({ design, asPatch }: SizedDesign, { dim }: Colours): string[] {
  const { byFile, before, mailByFile } = asPatch;
  const ours = byFile.map(({ file, code, comment, blank }) => [
    `  ${file}`,
    number(code),
    number(comment),
    number(blank),
  ]);
  const theirs = (mailByFile?.files ?? []).map(({ file, changed }) => [`    ${file}`, number(changed)]);
  return [
    design,
    ...table([["  file", "code", "comment", "blank"], ...ours], 1).map((line, i) =>
      i === 0 ? dim(line) : line,
    ),
    ...wrap(`there before: ${before.join(", ")}`, "    ", "  "),
    ...(mailByFile === null ? [] : [`  ${mailByFile.source}: lines changed`, ...table(theirs, 1)]),
    "",
  ];
}

function systems(sizes: readonly SizedDesign[], { bold, dim }: Colours): string[] {
  const rows = sizes.map(({ design, asSystem: { adds, standsOn } }) => [
    design,
    ...[adds.kernel, adds.user, adds.bench, adds.types].map((each) => number(each)),
    ...[standsOn.kernel, standsOn.user, standsOn.bench, standsOn.types].map((each) => number(each)),
  ]);
  const sides = ["kernel", "user", "bench", "types"];
  const heads = [
    ["", "", "", "", "adds", "", "", "", "stands on"],
    ["lines of code", ...sides, ...sides],
  ];
  const paths = sizes.map(({ design, asSystem: { check, installation } }) => [
    design,
    ...[check.own, check.standsOn, installation.own, installation.standsOn].map((each) => number(each)),
  ]);
  const pathHeads = [
    ["", "", "the check", "", "installation"],
    ["reached by", "adds", "stands on", "adds", "stands on"],
  ];
  return [
    bold("As a system"),
    ...dimHeads(table([...heads, ...rows], 1), dim),
    "",
    ...dimHeads(table([...pathHeads, ...paths], 1), dim),
  ];
}

function dimHeads(lines: readonly string[], dim: Colours["dim"]): string[] {
  return lines.map((line, i) => (i < 2 ? dim(line) : line));
}

/** As many in a table as fit into a line. */
const FEATURES_IN_A_ROW = 5;

function features(sizes: readonly SizedDesign[], { dim }: Colours): string[] {
  const names = Object.keys(sizes[0]?.asSystem.features ?? {});
  const lines: string[] = [];
  for (let first = 0; first < names.length; first += FEATURES_IN_A_ROW) {
    const some = names.slice(first, first + FEATURES_IN_A_ROW);
    const rows = sizes.map(({ design, asSystem }) => [
      design,
      ...some.map((name) => showHas(asSystem.features[name])),
    ]);
    const [head = "", ...body] = table([["can it", ...some], ...rows], 1);
    lines.push(dim(head), ...body, "");
  }
  return lines;
}

export function showHas(has: Has | undefined): string {
  return has === true ? "yes" : has === false ? "no" : "–";
}
