// `gatehouse bpf`: a policy as a seccomp program, and back to what the program means.

import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { run } from "../src/main.js";
import { capture } from "./capture.js";

const folder = mkdtempSync(join(tmpdir(), "gatehouse-bpf-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const bpf = (...args: readonly string[]) => capture(() => run(["node", "gatehouse", "bpf", ...args]));

const policy = file(
  "small.gate",
  "policy small\nallow read if fd == 0 || fd == 2\nallow write if count < 0x100000000\nallow exit_group\n",
);
const meaning = `arch x86_64:
  read: allow if arg0 == 0 || arg0 == 2; else errno 1
  write: allow if arg2 <= 0xffffffff; else errno 1
  exit_group: allow
  every other call: errno 1
every other arch: errno 1
`;

const PASSING =
  "`uretprobe` (335) and `uprobe` (336) pass every seccomp program by the native entry path of 6.18.44 x86_64, whatever it says\n";

describe("a program that was made", () => {
  test.each(["linear", "tree"])("as %s means the policy", async (shape) => {
    const output = join(folder, `${shape}.bpf`);
    const made = await bpf("make", "--policy", policy, "--shape", shape, "--denial", "errno", "-o", output);
    expect([made.code, made.err]).toEqual([0, ""]);
    expect(made.out).toMatch(new RegExp(`^\\d+ instructions, ${shape}: `));
    expect(made.out).toContain(PASSING);
    expect(await bpf("show", output)).toMatchObject({ code: 0, out: meaning + PASSING, err: "" });
    const { out } = await bpf("show", "--json", output);
    expect(JSON.parse(out).instructions).toHaveLength(readFileSync(output).length / 8);
  });

  test("can be printed, and what is printed can be read", async () => {
    const { out } = await bpf("make", "--policy", policy, "--denial", "errno");
    expect(await bpf("show", file("listing.txt", out))).toMatchObject({
      code: 0,
      out: meaning + PASSING,
    });
    expect(await bpf("show", "--listing", join(folder, "listing.txt"))).toMatchObject({ out });
  });

  test("says which of the calls that the policy refuses pass all the same", async () => {
    const make = async (text: string, ...more: readonly string[]) =>
      (await bpf("make", "--policy", file("passing.gate", `policy passing\n${text}`), ...more)).err;
    expect(await make("allow read\nallow uprobe\n")).toContain(
      "`uretprobe` (335) passes every seccomp program",
    );
    expect(await make("allow uretprobe\nallow uprobe\n")).not.toContain("every seccomp program");
    expect(await make("allow read\n", "--catalog", "2.6.39-x86_64")).not.toContain("every seccomp program");
  });

  test("says what its design loses, and what no seccomp program can say", async () => {
    const objects = file(
      "objects.gate",
      'policy objects\nallow read if fd == 0\ndeny EPERM file_open if filename == "/etc"\n',
    );
    const lossy = await bpf("make", "--policy", objects, "--design", "bitmask-2009", "--fails", "open");
    expect(lossy.err).toMatch(/objects: .*cannot look at arguments/);
    const unsaid = await bpf("make", "--policy", objects, "--design", "event-filters-2011@vision");
    expect(unsaid.err).toMatch(/file_open: .*fails open/);
  });

  test("says where a call that is refused ends otherwise than the policy says", async () => {
    const deny = file(
      "deny.gate",
      "policy deny\ndefault kill\nallow read\ndeny EPERM write\ndeny EACCES openat\n",
    );
    const made = async (...more: readonly string[]) => (await bpf("make", "--policy", deny, ...more)).err;
    expect(await made()).toContain(
      "it cannot `deny EPERM`, `deny EACCES`: a call that it refuses ends in `kill_process`",
    );
    expect(await made("--denial", "errno")).toContain("it cannot `kill`, `deny EACCES`: ");
    const { out } = await bpf("make", "--policy", deny, "--json", "-o", join(folder, "deny.bpf"));
    expect(JSON.parse(out).lost).toEqual([expect.stringContaining("it cannot `deny EPERM`")]);
  });

  test("goes through a link, and keeps who may read the file", async () => {
    const [output, link] = [file("old.bpf", "old"), join(folder, "link.bpf")];
    chmodSync(output, 0o600);
    symlinkSync(output, link);
    expect((await bpf("make", "--policy", policy, "-o", link)).code).toBe(0);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect([statSync(output).mode & 0o777, readFileSync(output).length % 8]).toEqual([0o600, 0]);
  });

  test.each([
    ["task sections", "policy s\nallow read\ntask sh\nallow write\n", [], /`task` sections/],
    [
      "what the design cannot say",
      "policy s\nkill file_open\nallow read\n",
      [],
      /filter-engine-2010@corrected cannot say it/,
    ],
    ["data without a file", "policy s\nallow read\n", ["--json"], /name a file with --output/],
    [
      "no such folder",
      "policy s\nallow read\n",
      ["-o", join(folder, "none/x.bpf")],
      /cannot be written: there is no such folder/,
    ],
  ])("is refused for %s", async (name, text, args, message) => {
    const { code, out, err } = await bpf("make", "--policy", file(`${name}.gate`, text), ...args);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/^ +at /m);
    expect([code, out]).toEqual([2, ""]);
  });

  test("leaves nothing beside it", () => {
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
    expect(existsSync(join(folder, "tree.bpf"))).toBe(true);
  });
});

describe("a file that is no program", () => {
  test.each([
    ["an empty one", "", /at least one instruction/],
    ["half an instruction", Uint8Array.of(6, 0, 0, 0), /not a whole number of instructions/],
    [
      "an unknown opcode",
      Uint8Array.of(0xff, 0xff, 0, 0, 0, 0, 0, 0),
      /refuses .*\(EINVAL\): instruction 0: /,
    ],
    ["a jump out", "ld [0]\njeq #1, 1, 9\nret #0\nret #0\n", /\^/],
    ["bad text", "ld [0]\nret #x\n", /ret #x\n +\^/],
    ["a text too large", " ".repeat(3_000_000), /larger than 2,097,152 bytes/],
  ])("%s", async (name, content, message) => {
    const { code, out, err } = await bpf("show", file(`${name}.bpf`, content));
    expect(err).toMatch(message);
    expect(err).not.toMatch(/^ +at /m);
    expect([code, out]).toEqual([2, ""]);
  });

  test("a missing one", async () => {
    expect(await bpf("show", join(folder, "none.bpf"))).toMatchObject({ code: 2 });
  });
});
