// The JSON lines of `filter parse` and `filter match`.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Formats, readFormats } from "@gatehouse/ftrace";
import { afterAll, describe, expect, test } from "vitest";
import { matching } from "../src/filter-match.js";
import { parsing } from "../src/filter-parse.js";

const FORMATS = {
  nr_cpus: 2,
  symbols: {},
  events: {
    "test/one": {
      fields: [
        { name: "fd", type: "int", offset: 8, size: 4, signed: true },
        { name: "text", type: "__data_loc char[]", offset: 12, size: 4, signed: false },
        { name: "old", type: "char[4]", offset: 16, size: 4, signed: false },
      ],
    },
  },
};
const formats: Formats = formatsFrom(FORMATS);

function formatsFrom(json: unknown): Formats {
  const read = readFormats(json);
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

describe("filter parse", () => {
  const parse = parsing(formats, "6.18", "tracefs");

  test.each([
    [{ filter: "fd == 1" }, { ok: true, errno: 0, msg: null, col: null, stored: "fd == 1" }],
    [{ filter: " 0\n" }, { ok: true, errno: 0, msg: null, col: null, stored: "none" }],
    [
      { filter: "df == 1" },
      {
        ...{ ok: false, errno: 22, msg: "Field not found", col: 3 },
        stored: "df == 1\n   ^\nparse_error: Field not found\n",
      },
    ],
    [{ filter: "" }, { ok: false, errno: 22, msg: "Error", col: 0, stored: "\nError: (0)\n" }],
    [{ filter: "x".repeat(4096) }, { ok: false, errno: 22, msg: null, col: null, stored: null }],
    [{ filter: "text == 'é'" }, { ok: true, errno: 0, msg: null, col: null, stored: "text == 'é'" }],
    [
      { filter_b64: Buffer.from("text == '\xe9'", "latin1").toString("base64") },
      {
        ...{ ok: true, errno: 0, msg: null, col: null },
        stored_b64: Buffer.from("text == '\xe9'", "latin1").toString("base64"),
      },
    ],
  ])("%j", (given, expected) => {
    expect(parse({ id: 7, event: "test/one", ...given })).toEqual({
      ok: true,
      value: { id: 7, ...expected },
    });
  });

  test("through perf gives an errno and no more", () => {
    const answer = parsing(formats, "2.6.39", "perf")({ id: "a", event: "test/one", filter: "0" });
    expect(answer).toEqual({
      ok: true,
      value: { id: "a", ok: false, errno: 22, msg: null, col: null, stored: null },
    });
  });

  test.each([
    [7, "this is no object"],
    [{ event: "test/one" }, "there must be `filter` or `filter_b64`"],
    [{ event: "test/one", filter: "", filter_b64: "" }, "there must be `filter` or `filter_b64`"],
    [{ event: "test/one", filter_b64: "a" }, "`filter_b64` is no base64"],
    [{ filter: "fd == 1" }, "`event` is no name"],
    [
      { event: "test/two", filter: "fd == 1" },
      "the formats have no event `test/two`; did you mean `test/one`?",
    ],
  ])("takes no line like %j", (line, error) => {
    expect(parse(line)).toEqual({ ok: false, error });
  });
});

describe("filter match", () => {
  function answers(...lines: readonly unknown[]): unknown[] {
    const match = matching(formats, "6.18");
    return lines.map((line) => {
      const answer = match(line);
      return answer.ok ? answer.value : answer.error;
    });
  }

  const registers = {
    ...{ event: "test/one", fields: ["fd"], arg_index: [1] },
    values: [
      ["0x0", "0x1"],
      ["0x1", "0xffffffff"],
    ],
  };

  test("puts filters to the set before them, and says where one is refused", () => {
    expect(
      answers(
        registers,
        { filter: "fd == 1" },
        { set: "other", filter: "fd < 0" },
        { filter: "fd <" },
        { event: "test/one", field: "text", values: ["a", "b", ""], str2: "c" },
        { filter: "text != 'a'", match: "000" },
      ),
    ).toEqual([
      null,
      { filter: "fd == 1", match: "10" },
      { filter: "fd < 0", match: "01" },
      { filter: "fd <", errno: 22, msg: "Invalid value (did you forget quotes)?" },
      null,
      { filter: "text != 'a'", match: "011" },
    ]);
  });

  test("makes all combinations of bits where a set has no values", () => {
    expect(answers({ event: "test/one", fields: ["fd"] }, { filter: "fd == 1" })[1]).toMatchObject({
      match: "01",
    });
  });

  test("takes the raw bytes of a field", () => {
    const set = { event: "test/one", field: "old", values: ["a", "b"] };
    expect(answers(set, { filter: "old ~ '*z*'", raw: "61007a00".concat("62000000") })[1]).toMatchObject({
      match: "10",
    });
  });

  test("takes records as they are, of an event with its format", () => {
    const { fields } = FORMATS.events["test/one"];
    const set = {
      event: { event: "mine", fields },
      records_hex: ["00".repeat(20), `${"00".repeat(8)}01${"00".repeat(11)}`],
    };
    expect(answers(set, { filter: "fd == 1" })[1]).toMatchObject({ match: "01" });
  });

  test.each([
    [{ filter: "fd == 1" }, "a set of records must come before the first filter"],
    [{ event: "nope" }, "the formats have no event `nope`"],
    [{ event: 7 }, "`event` is no name and no format"],
    [{ event: "test/one" }, "there is no `field` and no list of `fields`"],
    [{ event: "test/one", fields: ["x"] }, "`test/one` has no field `x`"],
    [
      { event: "test/one", fields: ["fd"], values: [["q"]] },
      "`values` has a tuple without a number for each field",
    ],
    [{ event: "test/one", field: "text", values: [1] }, "`values` has something that `text` cannot hold"],
    [{ event: "test/one", field: "text", values: ["€"] }, "`values` has something that `text` cannot hold"],
    [{ event: "test/one", records_hex: ["00"] }, "a record has 1 bytes, and its fields need 20"],
  ])("takes no line like %j", (line, error) => {
    expect(answers(line)).toEqual([error]);
  });
});

describe.concurrent("the process", { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "gatehouse-filter-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "formats.json");
  writeFileSync(file, JSON.stringify(FORMATS));
  const bin = join(import.meta.dirname, "../bin/gatehouse.js");

  async function filter(input: string | Uint8Array, path = file) {
    const args = [bin, "filter", "parse", "--dialect", "6.18", "--formats", path];
    const child = spawn(process.execPath, args);
    child.stdin.on("error", () => {}); // it may end before it has read everything
    child.stdin.end(input);
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (part: string) => (out += part));
    child.stderr.setEncoding("utf8").on("data", (part: string) => (err += part));
    const code = await new Promise((resolve) => child.on("close", resolve));
    return { code, lines: out === "" ? 0 : out.trimEnd().split("\n").length, err };
  }

  const line = JSON.stringify({ event: "test/one", filter: "text == 'é'" });

  test("answers every line, also the last one without its end", async () => {
    const many = Array.from({ length: 5000 }, () => line).join("\n");
    expect(await filter(many)).toEqual({ code: 0, lines: 5000, err: "" });
  });

  test.each([
    ["no JSON", `${line}\n{oops\n${line}\n`, "gatehouse: line 2 is no JSON: `{oops`\n"],
    ["not UTF-8", Buffer.from(`${line}\n${line}\n"\xff"\n`, "latin1"), "gatehouse: line 1 is not UTF-8\n"],
    ["no line of ours", `${line}\n${line}\n[]\n`, "gatehouse: line 3: this is no object\n"],
  ])("stops at a line that is %s, and names it", async (_, input, err) => {
    expect(await filter(input)).toMatchObject({ code: 2, err });
  });

  test("needs formats that are there", async () => {
    expect(await filter("", join(folder, "none.json"))).toMatchObject({
      code: 2,
      err: expect.stringContaining("the formats cannot be read: there is no such file"),
    });
  });
});
