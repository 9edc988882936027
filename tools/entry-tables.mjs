// Writes packages/catalog/src/data/linux-6.18-{i386,x32}.json: which number is which call by the entry paths that 6.18 has
// beside the native one. Numbers and names below 451 are those of Debian's linux-libc-dev, whose kernel is 6.1; from 451 on all
// architectures share the numbers, which are those of 6.18's own catalog.
//
//   node tools/entry-tables.mjs [FOLDER OF asm/unistd_*.h]

import { readFileSync, writeFileSync } from "node:fs";

const folder = process.argv[2] ?? "/usr/include/x86_64-linux-gnu/asm";
const data = new URL("../packages/catalog/src/data/", import.meta.url);
const native = JSON.parse(readFileSync(new URL("linux-6.18-x86_64.json", data), "utf8"));
const FIRST_SHARED = 451;

for (const [arch, header] of [
  ["i386", "unistd_32.h"],
  ["x32", "unistd_x32.h"],
]) {
  const text = readFileSync(`${folder}/${header}`, "utf8");
  const numbers = [...text.matchAll(/^#define __NR_(\w+) (?:\(__X32_SYSCALL_BIT \+ )?(\d+)\)?$/gm)]
    .map(([, name, nr]) => [Number(nr), name])
    .filter(([nr]) => nr < FIRST_SHARED || nr >= 512);
  const shared = native.syscalls.filter(({ nr }) => nr >= FIRST_SHARED).map(({ nr, name }) => [nr, name]);
  const calls = [...numbers, ...shared].sort(([a], [b]) => a - b);
  const source = `numbers below 451 and from 512 on: asm/${header} of Debian's linux-libc-dev 6.1; others: 6.18's own`;
  const table = { release: native.catalog.release, arch, source, calls };
  const lines = calls.map((call) => `    ${JSON.stringify(call)}`).join(",\n");
  const { calls: _, ...head } = table;
  const body = `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "calls": [\n${lines}\n  ]\n}\n`;
  writeFileSync(new URL(`linux-6.18-${arch}.json`, data), body);
}
