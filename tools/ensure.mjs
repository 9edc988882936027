// Makes a bare clone ready: installs what package-lock.json pins when that has changed since the last time,
// and builds when asked to. With nothing to do it costs a hash of the lock file.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`gatehouse needs Node 20.19 or newer; this is ${process.versions.node}`);
  process.exit(2);
}

const stamp = "node_modules/.ensure";
const wanted = createHash("sha256")
  .update(readFileSync("package-lock.json"))
  .update(process.version)
  .digest("hex");

if (read(stamp) !== wanted) {
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  writeFileSync(stamp, wanted);
}
if (process.argv[2] === "build") {
  run("node_modules/.bin/nx", ["run-many", "-t", "build", "--output-style=static"], "quiet");
}

function run(command, args, how) {
  const done = spawnSync(command, args, { encoding: "utf8", stdio: how === "quiet" ? "pipe" : "inherit" });
  if (done.status === 0) return;
  process.stderr.write(`${done.stdout ?? ""}${done.stderr ?? ""}`);
  console.error(
    `gatehouse: \`${[command, ...args].join(" ")}\` failed${done.error ? `: ${done.error.message}` : ""}`,
  );
  process.exit(1);
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // not there yet: install
  }
}
