import { linux618 } from "@gatehouse/catalog";
import { type Action, ALLOW, ALWAYS, type Clause, KILL, type Policy } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import { LIMITS, parsePolicy } from "../src/index.js";
import { marked } from "./marked.js";

function policy(text: string): Policy {
  const parsed = parsePolicy(text, linux618);
  if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join("\n"));
  return parsed.value;
}

const clausesOf = (text: string) => policy(text).clauses.map(({ at: _, ...clause }) => clause);
const clause = (event: string, changes: Partial<Clause> = {}) => ({
  action: ALLOW,
  event,
  condition: ALWAYS,
  task: null,
  ...changes,
});
const denied: Action = { kind: "deny", errno: "EPERM", code: 1 };

test("an empty text is a policy that kills everything", () => {
  expect(policy("")).toEqual({ name: "", default: KILL, labels: [], clauses: [] });
});

test.each<[string, Partial<Policy>]>([
  ["policy pdftotext", { name: "pdftotext" }],
  ['policy "a \\"b\\" # c"', { name: 'a "b" # c' }],
  ["\ufeffpolicy ü # comment", { name: "ü" }],
  ["default allow", { default: ALLOW }],
  ["default kill", { default: KILL }],
  ["default deny EPERM", { default: denied }],
  ["default deny 1", { default: denied }],
  ["labels tmp_t etc_t\nlabels b", { labels: ["tmp_t", "etc_t", "b"] }],
])("%s", (text, parts) => {
  expect(policy(text)).toMatchObject(parts);
});

test.each<[string, ReturnType<typeof clause>[]]>([
  ["allow read", [clause("read")]],
  ["\t allow\tread \t # comment", [clause("read")]],
  ["allow read#comment", [clause("read")]],
  ["allow read\r\n\r\nkill write\r\n", [clause("read"), clause("write", { action: KILL })]],
  ["# only\n\n   # comments\n", []],
  ["allow newuname\nallow sys_enter_newuname", [clause("newuname"), clause("sys_enter_newuname")]],
  ["task nginx\nallow read", [clause("read", { task: "nginx" })]],
  ['task "net thread" # two words\nallow read', [clause("read", { task: "net thread" })]],
  ["task a\nallow read\ntask *\nallow write", [clause("read", { task: "a" }), clause("write")]],
  ['task "*"\nallow read', [clause("read", { task: "*" })]],
  ["task exactly15bytes_\nallow read", [clause("read", { task: "exactly15bytes_" })]],
  [
    "task a\nallow read\ntask a\nallow write",
    [clause("read", { task: "a" }), clause("write", { task: "a" })],
  ],
])("clauses of %j", (text, clauses) => {
  expect(clausesOf(text)).toEqual(clauses);
});

test.each([
  ["allow read if fd == 0", "fd"],
  ["allow read if(fd == 0)", "fd"],
  ["allow read if fd == 0 # comment", "fd"],
  ['allow file_open if filename == "a # b" # comment', "filename"],
  ["allow file_open if filename == 'it\"s # b' # comment", "filename"],
])("the condition of %j is of one predicate", (text, field) => {
  expect(clausesOf(text)[0]?.condition).toMatchObject({ field });
});

test("a string is held as its UTF-8 bytes", () => {
  const [first] = clausesOf('allow file_open if filename == "/tmp/é"');
  expect(first?.condition).toMatchObject({ kind: "string", value: "/tmp/\xc3\xa9" });
});

test("a clause knows where it stands, without its comment", () => {
  const text = "\ufeff# é\r\n  allow read if fd == 0  # first\n\tkill write #";
  const stand = policy(text).clauses.map(({ at }) => text.slice(at?.start, at?.end));
  expect(stand).toEqual(["allow read if fd == 0", "kill write"]);
});

describe("a mistake is marked where it stands", () => {
  test.each<[string, string, string?]>([
    // The file
    ["allow read«\0» if fd == 0", "NUL"],
    // Statements
    ["«alow» read", "`alow` is none of", "allow"],
    ["«log» read", "`log` is none of allow, deny, kill, default, labels, policy, task"],
    ["«,»", "`,` is none of"],
    ["allow read «write»", "`write` stands where", "if"],
    ["policy«»", "name of the policy"],
    ['policy «»"a', "not closed"],
    ['task «»"\\q"', "escape"],
    ["policy a «b»", "should end before `b`"],
    ["policy a\n«policy» b", "one name"],
    ["default kill\n«policy» b", "before everything else"],
    ["default«»", "action is missing", "default kill"],
    ["default «kil»", "`kil` is none of allow, deny, kill", "kill"],
    ["default kill «read»", "should end before `read`"],
    ["default kill\n«default» allow", "one default"],
    ["task a\n«default» allow", "same for all tasks", "before the first `task`"],
    ["labels«»", "names of the labels"],
    ["labels a «-c»", "`-c` is no name of a label"],
    ["labels a «é»", "`é` is no name"],
    ["labels a«, b»", "`, b` is no name"],
    ["labels a b «a»", "`a` is declared already"],
    ["task«»", "name of the task", "task net-thread"],
    ["task «sixteen_bytes_ab»", "at most 15 bytes", "cuts"],
    ["task «üüüüüüüü»", "at most 15 bytes"],
    ['task a «"b"»', "should end before"],
    // Clauses
    ["allow«»", "event is missing", "allow read"],
    ["deny EPERM«»", "event is missing", "deny EPERM read"],
    ["allow «if» fd == 0", "event is missing"],
    ["«deny»", "needs an errno", "deny EPERM"],
    ["deny «EPREM» socket", "`EPREM` is no errno", "EPERM"],
    ["deny «socket»", "`socket` is no errno", "deny EPERM"],
    ["deny «0» socket", "`0` is no errno"],
    ["deny «4096» socket", "`4096` is no errno"],
    ["allow «raed»", "has no event `raed`", "read"],
    ["allow «syscall_470»", "has no event"],
    ["allow «sched_process_fork»", "not judged"],
    ["allow read,«» write", "names one event", "a line for each"],
    ["allow read «fd» == 0", "`fd` stands where `if`", "allow read if"],
    ["allow read «IF» fd == 0", "`IF` stands where `if`"],
    ["allow read «if»", "no condition"],
    ["allow read «if» # fd == 0", "no condition"],
    // Conditions
    ["allow read if «fb» == 0", "fb", "fd"],
    ['allow read if «comm» == "nginx"', "never a field"],
    ['# é\nallow file_open if filename == "é" && «bar» == 0', "bar"],
    ["allow file_open if label & «tmp_t»", "tmp_t"],
    ["labels tmp_t\nallow file_open if label & (tmp_t | «etc_t»)", "etc_t"],
  ])("%j: %s", (source, message, hint = "") => {
    const { text, spans } = marked(source);
    const parsed = parsePolicy(text, linux618);
    const [first, ...more] = parsed.ok ? [] : parsed.error;
    expect(first).toMatchObject({ ...spans[0], message: expect.stringContaining(message) });
    expect(first?.hint ?? "").toContain(hint);
    expect(more).toEqual([]);
  });

  test("so are all of a file, in the order in which they stand", () => {
    const { text, spans } = marked(
      "policy a\n«policy» b\nallow «raed»\n# fine\nallow read if «fb» == 0\n«permit» write\nkill read\n",
    );
    const parsed = parsePolicy(text, linux618);
    expect(parsed.ok ? [] : parsed.error.map(({ start, end }) => ({ start, end }))).toEqual(spans);
  });

  test("but no more than the limit", () => {
    const parsed = parsePolicy("allow raed\n".repeat(1000), linux618);
    expect(parsed.ok ? 0 : parsed.error.length).toBe(LIMITS.errors);
  });
});

test("eight task sections are the most", () => {
  const sections = (count: number) =>
    Array.from({ length: count }, (_, i) => `task t${i}\nallow read\n`).join("");
  expect(parsePolicy(sections(8), linux618).ok).toBe(true);
  expect(parsePolicy(sections(9), linux618)).toMatchObject({
    ok: false,
    error: [{ message: expect.stringContaining("8 task sections"), start: sections(8).length + 5 }],
  });
});

const labels = (count: number) => `labels ${Array.from({ length: count }, (_, i) => `l${i}`).join(" ")}`;

describe("a policy has at most", () => {
  test("so many clauses", () => {
    const clauses = (count: number) => "allow read\n".repeat(count);
    expect(parsePolicy(clauses(LIMITS.clauses), linux618).ok).toBe(true);
    expect(parsePolicy(clauses(LIMITS.clauses + 1), linux618)).toMatchObject({
      ok: false,
      error: [{ message: expect.stringContaining("clauses"), start: clauses(LIMITS.clauses).length }],
    });
  });

  test("so many labels", () => {
    expect(parsePolicy(labels(LIMITS.labels), linux618).ok).toBe(true);
    expect(parsePolicy(labels(LIMITS.labels + 1), linux618)).toMatchObject({
      ok: false,
      error: [{ message: expect.stringContaining("labels"), start: labels(LIMITS.labels).length + 1 }],
    });
  });

  test.each([
    ["ASCII", "#"],
    ["three bytes a code unit", "€"],
  ])("so many bytes, in %s", (_, unit) => {
    const size = new TextEncoder().encode(unit).length;
    const comment = (bytes: number) => `#${unit.repeat(Math.floor((bytes - 1) / size))}`;
    expect(parsePolicy(comment(LIMITS.policyBytes), linux618).ok).toBe(true);
    expect(parsePolicy(comment(LIMITS.policyBytes + size), linux618)).toMatchObject({
      ok: false,
      error: [{ message: expect.stringContaining("bytes") }],
    });
  });
});

describe("a hostile text of the greatest size is answered at once, and the stack holds", () => {
  const fill = (unit: string, head = "") =>
    head + unit.repeat((LIMITS.policyBytes - head.length) / unit.length);
  const fill65k = (unit: string, last: string) =>
    `allow read if ${unit.repeat(65_000 / unit.length)}${last}\n`;
  test.each([
    ["parentheses", fill("(", "allow read if ")],
    ["negations", fill("!", "allow read if ")],
    ["letters", fill("a", "allow read if ")],
    ["quotes", fill('"', "allow read if ")],
    ["conjunctions", fill("fd==1&&", "allow read if ").slice(0, -2)],
    ["two-byte letters", fill("é", "allow read if ").slice(0, LIMITS.policyBytes / 2)],
    ["a word", fill("a")],
    ["an event", fill("a", "allow ")],
    ["an errno", fill("E", "deny ")],
    ["a name in quotes", fill("a", 'policy "')],
    ["a name of escapes", fill("\\n", 'policy "')],
    ["labels", fill("a", "labels ")],
    ["blanks", fill(" ")],
    ["line ends", fill("\n")],
    ["carriage returns", fill("\r")],
    ["comments", fill("#\n")],
    ["mistakes", fill("a\n")],
    ["task lines", fill("task a\n")],
    ["conditions, each as long as it may be", fill65k("fd==1&&", "fd==1").repeat(16)],
    [
      "labels that are not declared",
      labels(LIMITS.labels) + "\nallow file_open if label & l77777x".repeat(20),
    ],
    ["too many labels", labels(400_000)],
  ])("%s", (_, text) => {
    const start = performance.now();
    parsePolicy(text, linux618);
    // Linear work takes a second or two, on a busy machine too; quadratic work takes minutes.
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
