// 6.18's language against the kernel that runs: what it answers to generated filters, written to the filter files of a
// tracing instance of our own and set on perf events of our own, and which calls it then records. How all of it goes
// away again, live/instance.ts says.

import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import {
  applyEventFilter,
  type Entrance,
  type EventRecord,
  eventRecord,
  kernelEvent,
  type RecordFormat,
  writeRecord,
} from "../src/index.js";
import { filterText } from "./filter-text.js";
import { Caller, Helpers, setPerfFilters } from "./live/helper.js";
import { openInstance, type TracingInstance } from "./live/instance.js";
import { isNeverToBeSent } from "./live/never-sent.js";
import { loggedError, otherLanguage, parseFormat, runningMachine } from "./live/running-kernel.js";
import { liveSuite } from "./live/suite.js";

const FILTERS = 2000;
/** Fields of every class; which of the events a kernel has is its configuration's. */
const EVENTS = [
  ..."syscalls/sys_enter_openat syscalls/sys_enter_read syscalls/sys_exit_lseek raw_syscalls/sys_enter".split(
    " ",
  ),
  ..."sched/sched_switch sched/sched_process_exec task/task_rename signal/signal_generate".split(" "),
  ..."kmem/kmalloc ipi/ipi_send_cpumask ipi/ipi_send_cpu irq/irq_handler_entry".split(" "),
];
const LSEEK = "syscalls/sys_enter_lseek";
/** Where the limits are. */
const EDGES = [
  "",
  " ",
  "\0",
  "0",
  " 0 ",
  "00",
  "!",
  "()",
  `fd == 1${" ".repeat(4088)}`,
  `fd == 1${" ".repeat(4089)}`,
].concat([
  "(fd == 1".padStart(2000, "("),
  `${"(".repeat(2040)}fd == 1${")".repeat(2040)}`,
  "fd==1||".repeat(585),
]);

const RECORDED_FILTERS = 300;
const REGISTERS = [0n, 1n, 2n, 3n, 64n, 255n, 256n, 2n ** 31n, 2n ** 32n - 100n, 2n ** 32n, 2n ** 64n - 100n];
const LSEEK_NUMBER = 8n; // on x86-64
const COMM = "lseek-calls";

const helpers = new Helpers();
const opened = await open();
afterAll(async () => {
  helpers.close();
  if (opened.kind === "ready") expect(await opened.instance.close()).toBe(0);
});

async function open() {
  const reason = otherLanguage();
  return reason === null ? openInstance() : { kind: "unavailable" as const, reason };
}

/** The instance, where the reason says that there is one. */
function instance(): TracingInstance {
  if (opened.kind !== "ready") throw new Error(opened.reason);
  return opened.instance;
}

const noInstance = opened.kind === "ready" ? null : opened.reason;
const machine = noInstance === null ? runningMachine() : { cpus: 0, symbols: new Map() };

function formatOf(event: string): RecordFormat {
  return parseFormat(event, instance().read(`events/${event}/format`).toString("latin1"));
}

const NEVER_SENT = Buffer.from("fd == 1 || fd == 2 &&");

type Case = { readonly event: string; readonly text: Buffer };

function generatedCases(): Case[] {
  const present = EVENTS.filter((event) => instance().has(`events/${event}`));
  const symbols = fc.sample(fc.constantFrom(...functionNames()), { seed: 1, numRuns: 20 });
  const each = Math.ceil(FILTERS / present.length);
  const cases = present.flatMap((event) => {
    // Some of them are never to be sent.
    const texts = fc.sample(filterText(formatOf(event), symbols), { seed: 20110526, numRuns: 2 * each });
    const sendable = texts
      .map((text) => Buffer.from(text, "latin1"))
      .filter((text) => !isNeverToBeSent(text));
    return sendable.slice(0, each).map((text) => ({ event, text }));
  });
  const edges = EDGES.map((text) => ({ event: LSEEK, text: Buffer.from(text) }));
  return [...edges, ...cases.slice(0, FILTERS - edges.length)];
}

function functionNames(): string[] {
  return [...machine.symbols.keys()].filter((name) => /^[a-z]\w+$/.test(name));
}

/** What the model answers, with the file as it then reads. */
function expected({ event, text }: Case, via: Entrance) {
  const { errno, msg, col, stored } = applyEventFilter(
    text.toString("latin1"),
    kernelEvent("6.18", formatOf(event), machine),
    via,
  );
  return { errno, error: msg === null || col === null ? null : { msg, col }, stored };
}

const shown = ({ event, text }: Case) => `${event}: ${JSON.stringify(text.toString("latin1"))}`;

liveSuite("the running kernel's filter files", noInstance, () => {
  test(`answer ${FILTERS} generated filters as the model does`, () => {
    const cases = generatedCases();
    expect(cases.length).toBe(FILTERS);
    const accepted = cases.filter((each) => {
      const before = instance().read(`events/${each.event}/filter`).toString("latin1");
      const { errno, file, log } = instance().writeFilter(each.event, each.text);
      const wanted = expected(each, "tracefs");
      const found = { errno, error: loggedError(log), file: file.toString("latin1") };
      expect(found, shown(each)).toEqual({
        errno: wanted.errno,
        error: wanted.error,
        file: wanted.stored === null ? before : `${wanted.stored}\n`,
      });
      return errno === 0;
    });
    expect(accepted.length).toBeGreaterThan(FILTERS / 4);
    expect(accepted.length).toBeLessThan((3 * FILTERS) / 4);
  });

  test("are never given what may corrupt the kernel", () => {
    const before = instance().read(`events/${LSEEK}/filter`);
    expect(() => instance().writeFilter(LSEEK, NEVER_SENT)).toThrow("never to be sent");
    expect(instance().read(`events/${LSEEK}/filter`)).toEqual(before);
  });
});

liveSuite("the running kernel's perf events", noInstance ?? reasonAgainst(tryPerf), () => {
  test(`answer ${FILTERS} generated filters as the model does`, () => {
    const cases = generatedCases();
    const filters = cases.map(({ event, text }) => ({ tracepoint: tracepoint(event), text }));
    const errnos = setPerfFilters(helpers.build("perf-filter"), filters);
    expect(errnos.length).toBe(FILTERS);
    for (const [i, each] of cases.entries())
      expect(errnos[i], shown(each)).toBe(expected(each, "perf").errno);
  });

  test("are never given what may corrupt the kernel", () => {
    const filter = { tracepoint: tracepoint(LSEEK), text: NEVER_SENT };
    expect(() => setPerfFilters(helpers.build("perf-filter"), [filter])).toThrow("never to be sent");
  });
});

function tracepoint(event: string): bigint {
  return BigInt(instance().read(`events/${event}/id`).toString());
}

function tryPerf(): void {
  const filter = { tracepoint: tracepoint(LSEEK), text: Buffer.from("fd == 1") };
  const [errno] = setPerfFilters(helpers.build("perf-filter"), [filter]);
  if (errno !== 0) throw new Error(`perf refuses a filter with ${errno}`);
}

/** Why it fails; null where it does not. */
function reasonAgainst(attempt: () => void): string | null {
  try {
    attempt();
    return null;
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
}

liveSuite("the running kernel's records", noInstance ?? reasonAgainst(() => helpers.build(COMM)), () => {
  test(`are those that ${RECORDED_FILTERS} filters of the model match`, async () => {
    const register = fc.constantFrom(...REGISTERS);
    const sampled = fc
      .sample(fc.tuple(register, register, register), { seed: 20110526, numRuns: 100 })
      .map((registers) => registers.map((value) => value.toString(16)).join(","));
    const calls = [...new Set(sampled)];
    const caller = new Caller(helpers.build(COMM), calls);
    try {
      instance().write(`events/${LSEEK}/filter`, "0");
      instance().write("set_event_pid", String(caller.pid));
      instance().write(`events/${LSEEK}/enable`, "1");
      await caller.call();
      expect(recordedCalls()).toEqual(calls);
      for (const text of acceptedTexts()) await compareRecords(text, caller, calls);
    } finally {
      caller.close();
    }
  });
});

/** Filters on nothing that a record does not tell beforehand, as its flags are. */
function acceptedTexts(): Buffer[] {
  const format = formatOf(LSEEK);
  const told = format.fields.filter(({ name }) => name !== "common_flags" && name !== "common_preempt_count");
  const event = kernelEvent("6.18", format, machine);
  return fc
    .sample(filterText({ ...format, fields: told }), { seed: 20110526, numRuns: 10 * RECORDED_FILTERS })
    .filter((text) => applyEventFilter(text, event, "tracefs").filter !== null)
    .map((text) => Buffer.from(text, "latin1"))
    .filter((text) => !isNeverToBeSent(text))
    .slice(0, RECORDED_FILTERS);
}

async function compareRecords(text: Buffer, caller: Caller, calls: readonly string[]): Promise<void> {
  const format = formatOf(LSEEK);
  const answer = applyEventFilter(text.toString("latin1"), kernelEvent("6.18", format, machine), "tracefs");
  const filter = answer.filter?.hold();
  if (filter === undefined) throw new Error(`refused: ${text}`);
  instance().emptyTrace();
  expect(instance().writeFilter(LSEEK, text).errno).toBe(0);
  const cpu = await caller.call();
  const matching = calls.filter((call) => filter.matches(recordOf(call, format, caller.pid, cpu)));
  expect(recordedCalls(), shown({ event: LSEEK, text })).toEqual(matching);
}

/** `1,ff,0`, in the order made. */
function recordedCalls(): string[] {
  const trace = instance().read("trace").toString("latin1");
  return [...trace.matchAll(/sys_lseek\(fd: (\w+), offset: (\w+), whence: (\w+)\)/g)].map(
    ([, ...registers]) => registers.map((text) => BigInt(text).toString(16)).join(","),
  );
}

function recordOf(call: string, format: RecordFormat, pid: number, cpu: number): EventRecord {
  const [fd = 0n, offset = 0n, whence = 0n] = call.split(",").map((register) => BigInt(`0x${register}`));
  const values = { common_pid: BigInt(pid), __syscall_nr: LSEEK_NUMBER, fd, offset, whence };
  const bytes = writeRecord(format, new Map(Object.entries({ ...values, common_type: tracepoint(LSEEK) })));
  return eventRecord(bytes, { cpu, comm: Buffer.from(COMM.padEnd(16, "\0")) });
}
