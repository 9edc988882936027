// Perf's events on their own, with no design that decides by them: who holds which, and what is on.

import { linux2639 } from "@gatehouse/catalog";
import { done, type Kernel, kernelOf, type PerfAttr, PR, refused, type TaskCall } from "@gatehouse/core";
import {
  bootPerf,
  callPerf,
  eventOf,
  eventsOf,
  execPerf,
  exitPerf,
  forkPerf,
  type Perf,
  withFreshTask,
} from "@gatehouse/perf-events";
import { expect, test } from "vitest";

const READ = "syscalls:sys_enter_read";

function booted(differs: Partial<Kernel> = {}): Perf {
  return bootPerf(kernelOf(linux2639, differs), 1);
}

function after(perf: Perf, pid: number, ...calls: readonly TaskCall[]): Perf {
  return calls.reduce((state, call) => callPerf(state, pid, call)?.perf ?? state, perf);
}

const open = (attr: PerfAttr = {}): TaskCall => ({ call: "perf_event_open", event: READ, attr });
const filter = (text: string | null): TaskCall => ({
  call: "ioctl",
  fd: "last",
  request: "SET_FILTER",
  filter: text,
});
const prctl = (option: number): TaskCall => ({ call: "prctl", option, args: [] });

/** `on fd == 0`, `off` */
function seen(perf: Perf, pid: number): string[] {
  return eventsOf(perf, pid).map(([, { enabled, filter: text }]) => {
    return `${enabled ? "on" : "off"}${text === null ? "" : ` ${text}`}`;
  });
}

test("a child has a copy of each event that inherits, without its filter", () => {
  const parent = after(booted(), 1, open({ inherit: true }), filter("fd == 0"), open());
  const forked = forkPerf(parent, 1, 2, false);
  expect([seen(forked, 1), seen(forked, 2)]).toEqual([["on fd == 0", "on"], ["on"]]);
  expect([eventOf(forked, 2, 3), eventOf(forked, 2, 5)]).toEqual([eventOf(forked, 1, 3), undefined]);
});

test("a grandchild's copy follows the first of its line; prctl 31 and 32 move what a task opened itself", () => {
  const two = forkPerf(after(booted(), 1, open({ inherit: true })), 1, 2, false);
  const three = forkPerf(two, 2, 3, false);
  const byChild = after(three, 2, prctl(PR.TASK_PERF_EVENTS_DISABLE));
  expect([1, 2, 3].map((pid) => seen(byChild, pid))).toEqual([["on"], ["on"], ["on"]]);
  const byOwner = after(three, 1, prctl(PR.TASK_PERF_EVENTS_DISABLE));
  expect([1, 2, 3].map((pid) => seen(byOwner, pid))).toEqual([["off"], ["off"], ["off"]]);
});

test("an event that tells of tasks is opened and filtered like any other", () => {
  const exits = after(
    booted({ ftrace: false }),
    1,
    { call: "perf_event_open", event: "sched:sched_process_exit", attr: {} },
    filter("pid == 7"),
  );
  expect(seen(exits, 1)).toEqual(["on pid == 7"]);
});

test("closing the last file removes an event, unless a copy came from it", () => {
  const close: TaskCall = { call: "close", fd: 3 };
  expect(seen(after(booted(), 1, open(), close), 1)).toEqual([]);
  const forked = forkPerf(after(booted(), 1, open({ inherit: true })), 1, 2, true);
  expect(seen(after(forked, 2, close), 1)).toEqual(["on"]);
  expect(seen(after(exitPerf(forked, 2), 1, close), 1)).toEqual([]);
});

test("enable_on_exec holds for one exec", () => {
  const perf = after(booted(), 1, open({ disabled: true, enableOnExec: true }));
  const run = execPerf(perf, 1);
  const off = after(run, 1, { call: "ioctl", fd: 3, request: "DISABLE" });
  expect([perf, run, off, execPerf(off, 1)].map((state) => seen(state, 1))).toEqual([
    ["off"],
    ["on"],
    ["off"],
    ["off"],
  ]);
});

test("a file is the lowest that is free, below RLIMIT_NOFILE; a failed open leaves nothing for `last`", () => {
  const full = after(booted({ files: 4 }), 1, open());
  const failed = callPerf(full, 1, open());
  expect(failed?.answer).toEqual(refused("EMFILE"));
  expect(callPerf(failed?.perf ?? full, 1, filter("fd == 0"))?.answer).toEqual(refused("EBADF"));
  expect(callPerf(after(full, 1, { call: "close", fd: 3 }), 1, open())?.answer).toEqual(done(3));
});

test.each([
  ["a bad one", "size < 9", "EINVAL"],
  ["a page", "fd == 0".padEnd(4096), "EINVAL"],
  ["no pointer", null, "EFAULT"],
])("a filter that is %s leaves the event without one", (_, text, errno) => {
  const perf = after(booted(), 1, open());
  expect(callPerf(perf, 1, filter(text))?.answer).toEqual(refused(errno));
  expect(seen(after(perf, 1, filter(text), filter("fd == 1"), filter("fd == 2")), 1)).toEqual(["on fd == 1"]);
});

test("who takes other texts as filters says which", () => {
  const perf = after(booted(), 1, open());
  expect(callPerf(perf, 1, filter("0"))?.answer).toEqual(refused("EINVAL"));
  expect(callPerf(perf, 1, filter("0"), (text) => text === "0")?.answer).toEqual(done());
});

test("perf has no part in the other calls, and a fresh task has nothing", () => {
  const perf = withFreshTask(after(booted(), 1, open({ inherit: true })), 2);
  expect([callPerf(perf, 2, prctl(PR.GET_SECCOMP)), callPerf(perf, 2, { call: "setuid" })]).toEqual([
    null,
    null,
  ]);
  expect([seen(perf, 2), eventOf(perf, 2, 3)]).toEqual([[], undefined]);
  expect(() => callPerf(perf, 3, open())).toThrow("there is no task 3");
});
