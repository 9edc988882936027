// Builds the addon with node-gyp. Without a compiler nothing fails: the reason is left in build/unavailable.txt, where
// the package reads it, and everything else works. With one, a build that fails is an error in our code or in its setup
// and is shown; the reason is left all the same, so that a user can go on.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const here = import.meta.dirname;
const built = join(here, "build/Release/gatehouse.node");
const excuse = join(here, "build/unavailable.txt");

if (process.argv.includes("--toolchain")) console.log(toolchain());
else if (process.argv.includes("--sources")) console.log(sources().join(" "));
else build();

/** What decides whether a built addon may be used again. */
function toolchain() {
  const { modules } = process.versions;
  return `${modules} ${process.platform} ${process.arch} ${compiler() ?? "no compiler"}`;
}

function sources() {
  return ["core", "addon"].flatMap((folder) =>
    readdirSync(join(here, "cpp", folder))
      .filter((name) => name.endsWith(".cc"))
      .sort()
      .map((name) => `cpp/${folder}/${name}`),
  );
}

function compiler() {
  const { status, stdout } = spawnSync(process.env.CXX ?? "c++", ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.split("\n")[0] : null;
}

function build() {
  rmSync(excuse, { force: true });
  if (compiler() === null) return leave("there was no C++ compiler when it was to be built");
  // Beside an installed node lie its headers; node-gyp would fetch them where they are not.
  const prefix = dirname(dirname(process.execPath));
  const headers = existsSync(join(prefix, "include/node/node_api.h")) ? [`--nodedir=${prefix}`] : [];
  const gyp = createRequire(import.meta.url).resolve("node-gyp/bin/node-gyp.js");
  const args = [gyp, "rebuild", "-C", here, "--loglevel=error", "--jobs=2", ...headers];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status === 0 && existsSync(built)) return;
  process.stderr.write(stdout + stderr);
  leave("building it failed: `npm run addon -w packages/native` shows why");
}

function leave(reason) {
  mkdirSync(dirname(excuse), { recursive: true });
  rmSync(built, { force: true });
  writeFileSync(excuse, `${reason}\n`);
  console.error(`the native back-end is left out: ${reason}`);
}
