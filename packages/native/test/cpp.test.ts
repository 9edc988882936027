// The fuzz targets of cpp/fuzz: their corpora as an ordinary test under address and undefined behaviour sanitizers, and
// a short run of libFuzzer where there is a clang. A target's corpus is the folder cpp/fuzz/corpus/NAME.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

/** Each stands in cpp/fuzz/NAME.cc and needs these files of cpp/core. */
const TARGETS: Readonly<Record<string, readonly string[]>> = {
  lowered: ["bits", "lowered", "evaluator"],
  bpf: ["bpf"],
  faithful: ["comparison", "folded", "postfix", "branches", "bitmask", "shipped", "faithful"],
};

const cpp = join(import.meta.dirname, "../cpp");
const sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
const flags = ["-std=c++20", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-fno-exceptions", "-fno-rtti"];
const nightly = process.env.GATEHOUSE_NIGHTLY !== undefined;
/** To build them with sanitizers takes most of the time. */
const full = nightly || process.env.GATEHOUSE_FULL !== undefined;

/** How often each file of a corpus is also run in a changed form. */
const CHANGES = nightly ? 2_000 : 20;
const FUZZ_RUNS = nightly ? 1_000_000 : 3_000;

const scratch = mkdtempSync(join(tmpdir(), "gatehouse-fuzz-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const gcc = full ? compilerThatLinks(["g++", "c++"], sanitizers, "int main() {}") : undefined;
const clang = full
  ? compilerThatLinks(
      ["clang++", "clang++-19", "clang++-18", "clang++-17", "clang++-16", "clang++-15", "clang++-14"],
      ["-fsanitize=fuzzer,address,undefined"],
      'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }',
    )
  : undefined;
const why = (missing: string) => ` (skipped: ${full ? missing : "at full depth alone"})`;

describe.each(Object.entries(TARGETS))("%s", (name, core) => {
  const sources = [`fuzz/${name}.cc`, ...core.map((file) => `core/${file}.cc`)].map((file) =>
    join(cpp, file),
  );
  const corpus = join(cpp, "fuzz/corpus", name);

  test.skipIf(gcc === undefined)(
    `its corpus passes under sanitizers${gcc === undefined ? why("no compiler with sanitizers") : ""}`,
    () => {
      const program = join(scratch, `replay-${name}`);
      build(gcc ?? "", [...flags, ...sanitizers, ...sources, join(cpp, "test/replay.cc")], program);
      expect(run(program, [corpus, String(CHANGES)])).toMatch(/^[1-9]\d* files\n$/);
    },
    nightly ? 3_600_000 : 600_000,
  );

  test.skipIf(clang === undefined)(
    `libFuzzer finds nothing in ${FUZZ_RUNS} runs${clang === undefined ? why("no clang with libFuzzer") : ""}`,
    () => {
      const program = join(scratch, `fuzz-${name}`);
      build(clang ?? "", [...flags, "-fsanitize=fuzzer", ...sanitizers, ...sources], program);
      // New inputs go to the first folder, and with it away; failures are shown, and not left in the package.
      const found = mkdtempSync(join(scratch, "found-"));
      const options = [
        `-runs=${FUZZ_RUNS}`,
        "-seed=20110526",
        "-max_len=1024",
        `-artifact_prefix=${scratch}/`,
      ];
      run(program, [...options, found, corpus]);
    },
    nightly ? 3_600_000 : 600_000,
  );
});

function build(compiler: string, args: readonly string[], program: string): void {
  const { status, stderr } = spawnSync(compiler, [...args, `-I${cpp}`, "-o", program], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${compiler} failed:\n${stderr}`);
}

function run(program: string, args: readonly string[]): string {
  const { status, signal, stdout, stderr } = spawnSync(program, args, {
    encoding: "utf8",
    maxBuffer: 64 * 2 ** 20,
  });
  if (status !== 0) throw new Error(`${program} ended with ${status ?? signal}:\n${stderr.slice(-8_000)}`);
  return stdout;
}

/** The first of `names` that makes a program of `source` with `args`. */
function compilerThatLinks(
  names: readonly string[],
  args: readonly string[],
  source: string,
): string | undefined {
  return names.find((name) => {
    const all = [...args, "-x", "c++", "-", "-o", join(scratch, "probe")];
    return spawnSync(name, all, { input: source }).status === 0;
  });
}
