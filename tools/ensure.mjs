// Makes a bare clone ready: installs what package-lock.json pins when that has changed since the last time, and, asked to,
// builds when a source has changed. With nothing to do it costs a hash of the lock file, or of the sources.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`gatehouse needs Node 20.19 or newer; this is ${process.versions.node}`);
  process.exit(2);
}

once("node_modules/.ensure", ["package-lock.json"], () => {
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], "inherit");
});

if (process.argv[2] === "build") {
  const projects = [...readdirSync("packages").map((name) => `packages/${name}`), "benchmarks"];
  const sources = projects.flatMap((project) =>
    ["src", "cpp", "package.json", "tsconfig.json"].map((name) => `${project}/${name}`),
  );
  const built = projects.every((project) => existsSync(`${project}/dist/tsconfig.tsbuildinfo`));
  const bench = readdirSync("benchmarks")
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `benchmarks/${name}`);
  once(
    "node_modules/.ensure-build",
    ["package-lock.json", "tsconfig.base.json", ...sources, ...bench],
    build,
    !built,
  );
}

function build() {
  // nx puts back what it has built before and builds the rest; what it prints is of interest where it fails.
  run("node_modules/.bin/nx", ["run-many", "-t", "build", "addon", "--output-style=static"], "pipe");
}

/** Does `work` unless the stamp says that it was done for these very files. */
function once(stamp, paths, work, anyway = false) {
  const hash = createHash("sha256").update(process.version);
  for (const file of paths.flatMap(filesIn)) hash.update(file).update("\0").update(readFileSync(file));
  const wanted = hash.digest("hex");
  if (!anyway && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  work();
  writeFileSync(stamp, wanted);
}

function filesIn(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .map((name) => `${path}/${name}`)
    .filter((file) => statSync(file).isFile())
    .sort();
}

function run(command, args, stdio) {
  const done = spawnSync(command, args, { encoding: "utf8", stdio });
  if (done.status === 0) return;
  process.stderr.write(`${done.stdout ?? ""}${done.stderr ?? ""}`);
  console.error(
    `gatehouse: \`${[command, ...args].join(" ")}\` failed${done.error ? `: ${done.error.message}` : ""}`,
  );
  process.exit(1);
}
