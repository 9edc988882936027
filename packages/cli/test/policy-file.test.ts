// A seccomp profile where a policy is expected.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { run } from "../src/main.js";
import { capture } from "./capture.js";

const folder = mkdtempSync(join(tmpdir(), "gatehouse-profile-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

const rule = (name: string, more: object = {}) => ({ names: [name], action: "SCMP_ACT_ALLOW", ...more });
const profile = file(
  "profile.json",
  JSON.stringify({
    defaultAction: "SCMP_ACT_ERRNO",
    syscalls: [
      rule("read"),
      rule("chown32"),
      rule("mount", { includes: { caps: ["CAP_SYS_ADMIN"] } }),
      rule("chroot", { includes: { caps: ["CAP_SYS_CHROOT"] } }),
    ],
  }),
);
const gate = file("reading.gate", "allow read\n");

async function explain(...args: readonly string[]) {
  const { code, out, err } = await capture(() => run(["node", "gatehouse", "explain", "--policy", ...args]));
  return { code, err, verdict: /^verdict (.*)$/m.exec(out)?.[1] };
}

describe("a seccomp profile is a policy", () => {
  test.each([
    [["read()"], "allow"],
    [["mount()"], "deny EPERM"],
    [["mount()", "--caps", "CAP_SYS_ADMIN"], "allow"],
    [["mount()", "--caps", "CAP_CHOWN, CAP_SYS_ADMIN"], "allow"],
    [["chroot()"], "allow"],
    [["chroot()", "--caps", ""], "deny EPERM"],
  ])("%j: %s", async (args, verdict) => {
    expect(await explain(profile, ...args)).toMatchObject({ code: 0, verdict });
  });

  test("what is unknown of it is said", async () => {
    const { err } = await explain(profile, "read()");
    expect(err).toBe(`gatehouse: ${profile}: 1 call that 6.18.44 x86_64 does not have: \`chown32\`\n`);
  });

  test("what it says and a policy does not is shown in its place, up to a number of times", async () => {
    const logged = Array.from({ length: 50 }, () => rule("read", { action: "SCMP_ACT_LOG" }));
    const many = file(
      "many.json",
      JSON.stringify({ defaultAction: "SCMP_ACT_KILL", syscalls: logged }, null, 1),
    );
    const { err } = await explain(many, "read()");
    expect(err.match(/SCMP_ACT_LOG is read as `allow`/g)).toHaveLength(20);
    expect(err).toMatch(/many\.json:8:14: .*\n.*"action": "SCMP_ACT_LOG"\n +\^~+\n/);
    expect(err).toMatch(/many\.json: and 30 notes more\n$/);
  });

  test.each([
    [[file("cut.json", '{"defaultAction": '), "read()"], /cut\.json:1:19: a value is missing\n {2}\{/],
    [[profile, "read()", "--caps", "CAP_SYS_ADMN"], /no capability `CAP_SYS_ADMN`\nhint: .*`CAP_SYS_ADMIN`/],
    [[gate, "read()", "--caps", "CAP_BPF"], /--caps is for a seccomp profile/],
  ])("refused: %j", async (args, message) => {
    const { code, err } = await explain(...args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
