// The perf calls of both variants, errno by errno, and what their tasks may then do.

import { linux2639, linux2639i386 } from "@gatehouse/catalog";
import {
  type Answer,
  done,
  type Fd,
  type Kernel,
  kernelOf,
  type PerfAttr,
  PR,
  refused,
} from "@gatehouse/core";
import { eventFiltersPoc, eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { RunningKernel } from "@gatehouse/scenarios";
import { describe, expect, test } from "vitest";

type Variant = typeof eventFiltersPoc;

/** A task of a running kernel, and the calls as it would make them. */
class Task {
  readonly running: RunningKernel;
  readonly #pid: number;

  constructor(running: RunningKernel, pid = 1) {
    this.running = running;
    this.#pid = pid;
  }

  open(event: string, attr: PerfAttr = {}): Answer {
    return this.running.call(this.#pid, { call: "perf_event_open", event, attr });
  }

  filter(fd: Fd, filter: string | null): Answer {
    return this.running.call(this.#pid, { call: "ioctl", fd, request: "SET_FILTER", filter });
  }

  ioctl(fd: Fd, request: "ENABLE" | "DISABLE" | "RESET"): Answer {
    return this.running.call(this.#pid, { call: "ioctl", fd, request });
  }

  close(fd: number): Answer {
    return this.running.call(this.#pid, { call: "close", fd });
  }

  prctl(option: number, ...args: readonly number[]): Answer {
    return this.running.prctl(this.#pid, option, ...args);
  }

  /** Opens an event that only shuts the door. */
  secure(): Answer {
    return this.open(READ, { disabled: true, requireSecure: true });
  }

  verdicts(...events: readonly string[]): string[] {
    return events.map((event) => this.running.verdict(this.#pid, event));
  }

  fork(child: number): Task {
    this.running.fork(this.#pid, child);
    return new Task(this.running, child);
  }

  clone(child: number): Task {
    this.running.clone(this.#pid, child);
    return new Task(this.running, child);
  }
}

const READ = "syscalls:sys_enter_read";
const WRITE = "syscalls:sys_enter_write";

function booted({ task }: Variant, differs: Partial<Kernel> = {}): Task {
  return new Task(new RunningKernel(task, kernelOf(linux2639, differs)));
}

/** A task that may read from 0 and write anywhere, and nothing else. */
function guarded(variant: Variant, attr: PerfAttr = { inherit: true }): Task {
  const task = booted(variant);
  task.open(READ, attr);
  task.filter("last", "fd == 0");
  task.open(WRITE, attr);
  task.secure();
  return task;
}

describe.each([eventFiltersPoc, eventFiltersVision])("$id", (variant) => {
  test("events only count until one requires that they decide; then a call that none matches is refused", () => {
    const task = booted(variant);
    expect(task.open(READ)).toEqual(done(3));
    expect(task.filter(3, "fd == 0")).toEqual(done());
    expect(task.verdicts("read(fd=1)", "openat()")).toEqual(["allow", "allow"]);
    expect(task.secure()).toEqual(done(4));
    expect(task.verdicts("read(fd=0)", "read(fd=1)", "read()", "openat()", "no_such_call()")).toEqual([
      "allow",
      "deny",
      "unknown",
      "deny",
      "deny",
    ]);
    expect(task.verdicts("x32:read()", "file_open()")).toEqual(["deny", "allow"]);
    expect(task.running.check(1, "openat()")).toMatchObject({ verdict: "deny", log: [] });
    expect(task.running.proc(1)).toBe(null);
  });

  test("several events on a call: one that matches is enough", () => {
    const task = booted(variant);
    for (const filter of ["fd == 0", "fd == 3"]) {
      task.open(READ);
      task.filter("last", filter);
    }
    task.secure();
    expect(task.verdicts("read(fd=0)", "read(fd=3)", "read(fd=1)")).toEqual(["allow", "allow", "deny"]);
  });

  test("a filter is written once; one that is refused may be tried again", () => {
    const task = booted(variant);
    task.open(READ);
    expect(task.filter(3, null)).toEqual(refused("EFAULT"));
    expect(task.filter(3, "size < 9")).toEqual(refused("EINVAL"));
    expect(task.filter(3, "fd == 0")).toEqual(done());
    expect(task.filter(3, "fd == 1")).toEqual(refused("EEXIST"));
    expect(task.filter(3, "size < 9")).toEqual(refused("EEXIST"));
  });

  test.each([
    ["an event that there is none of", "syscalls:sys_enter_execve"],
    ["a name that is none", "read"],
  ])("%s cannot be opened", (_, event) => {
    expect(booted(variant).open(event)).toEqual(refused("EINVAL"));
  });

  test("without CONFIG_FTRACE_SYSCALLS there is nothing to open", () => {
    expect(booted(variant, { ftrace: false }).open(READ)).toEqual(refused("EINVAL"));
  });

  test("each event is a file: RLIMIT_NOFILE bounds the policy", () => {
    const task = booted(variant, { files: 5 });
    expect([task.open(READ), task.open(WRITE), task.open(READ)]).toEqual([
      done(3),
      done(4),
      refused("EMFILE"),
    ]);
    expect(task.filter("last", "fd == 0")).toEqual(refused("EBADF"));
    task.close(3);
    expect(task.open(READ)).toEqual(done(3));
  });

  test("what is not open is EBADF, and what no variant has is EINVAL", () => {
    const task = booted(variant);
    expect([task.filter(3, "fd == 0"), task.ioctl("last", "ENABLE"), task.close(3)]).toEqual([
      refused("EBADF"),
      refused("EBADF"),
      refused("EBADF"),
    ]);
    expect([task.prctl(PR.SET_SECCOMP, 2), task.prctl(PR.SET_SECCOMP_FILTER, 0)]).toEqual([
      refused("EINVAL"),
      refused("EINVAL"),
    ]);
  });

  test("mode 1 is as ever: four calls, once", () => {
    const task = booted(variant, { compat: linux2639i386 });
    expect(task.prctl(PR.SET_SECCOMP, 1)).toEqual(done());
    expect(task.prctl(PR.GET_SECCOMP)).toEqual(done(1));
    expect(task.prctl(PR.SET_SECCOMP, 1)).toEqual(refused("EPERM"));
    expect(task.verdicts("read()", "exit()", "openat()", "int80:exit()", "int80:restart_syscall()")).toEqual([
      "allow",
      "allow",
      "deny",
      "allow",
      "deny",
    ]);
  });

  test("the hidden mode is not shown by PR_GET_SECCOMP", () => {
    expect(guarded(variant).prctl(PR.GET_SECCOMP)).toEqual(done(0));
  });

  test("what `install` gives puts a task under the program", () => {
    const { running } = booted(variant);
    const program = variant.parse(`-e ${READ} --filter 'fd == 0'\n-e ${WRITE}\n`, linux2639);
    if (!program.ok) throw new Error("the program does not parse");
    const shell = { pid: 1, parent: null, comm: "sh", lineage: new Set(["sh"]) };
    const answers = running.calls(1, variant.task.install(program.value, shell));
    expect(answers).toEqual([done(3), done(), done(4), done(5)]);
    expect(["read(fd=0)", "read(fd=1)", "write()"].map((event) => running.verdict(1, event))).toEqual([
      "allow",
      "deny",
      "allow",
    ]);
  });

  test("registers are 64 bits wide: `fd != 2` lets 0x100000002 pass, which write takes for 2", () => {
    const task = booted(variant);
    task.open(WRITE);
    task.filter("last", "fd != 2");
    task.secure();
    expect(task.verdicts("write(fd=2)", "write(fd=0x100000002)")).toEqual(["deny", "allow"]);
  });

  test("calls that come in by `int 0x80` are refused: perf's events have no part in them", () => {
    const task = booted(variant, { compat: linux2639i386 });
    task.open("syscalls:sys_enter_munmap");
    task.secure();
    expect(task.verdicts("munmap()", "int80:execve()", "int80:munmap()")).toEqual(["allow", "deny", "deny"]);
  });
});

describe("event-filters-2011@poc", () => {
  test("execve and set_thread_area need no event, by the native path; other calls without metadata do", () => {
    const task = booted(eventFiltersPoc, { compat: linux2639i386 });
    task.secure();
    expect(task.verdicts("execve()", "set_thread_area()", "clone()", "int80:execve()")).toEqual([
      "allow",
      "allow",
      "deny",
      "deny",
    ]);
    const sealed = booted(eventFiltersVision);
    sealed.secure();
    expect(sealed.verdicts("execve()", "set_thread_area()")).toEqual(["deny", "deny"]);
  });

  test("a record holds the pid of its task; of the other common fields nothing is known", () => {
    const task = booted(eventFiltersPoc);
    for (const [event, filter] of [
      [READ, "common_pid == 1"],
      [WRITE, "common_preempt_count == 0"],
    ] as const) {
      task.open(event, { inherit: true });
      expect(task.filter("last", filter)).toEqual(done());
    }
    task.secure();
    expect(task.verdicts("read()", "write()")).toEqual(["allow", "unknown"]);
    const other = booted(eventFiltersPoc);
    other.open(READ);
    other.filter("last", "common_pid == 2");
    other.secure();
    expect(other.verdicts("read()")).toEqual(["deny"]);
  });

  test("filters are lost on fork: a child's events match everything", () => {
    const parent = guarded(eventFiltersPoc);
    const child = parent.fork(2);
    expect(parent.verdicts("read(fd=3)")).toEqual(["deny"]);
    expect(child.verdicts("read(fd=3)", "write()", "openat()")).toEqual(["allow", "allow", "deny"]);
  });

  test("without `inherit` a child has no events, and no call of its own is left", () => {
    const child = guarded(eventFiltersPoc, {}).fork(2);
    expect(child.verdicts("read(fd=0)", "write()")).toEqual(["deny", "deny"]);
  });

  const insisting = () => {
    const task = booted(eventFiltersPoc);
    task.open(READ);
    task.open(READ, { errOnDiscard: true });
    task.filter(4, "fd == 0");
    task.secure();
    return task;
  };

  test("err_on_discard: a mismatch of this event refuses, whatever the others say", () => {
    expect(insisting().verdicts("read(fd=0)", "read(fd=1)", "read()")).toEqual(["allow", "deny", "unknown"]);
  });

  test.each([
    ["close", (task: Task) => task.close(4)],
    ["PERF_EVENT_IOC_DISABLE", (task: Task) => task.ioctl(4, "DISABLE")],
  ])("an event is its owner's to remove: %s", (_, remove) => {
    const task = insisting();
    expect(remove(task)).toEqual(done());
    expect(task.verdicts("read(fd=1)")).toEqual(["allow"]);
  });

  test("prctl 31 switches all of a task's own events off, and 32 on", () => {
    const task = insisting();
    expect(task.prctl(PR.TASK_PERF_EVENTS_DISABLE)).toEqual(done());
    expect(task.verdicts("read(fd=0)")).toEqual(["deny"]);
    task.prctl(PR.TASK_PERF_EVENTS_ENABLE);
    expect(task.verdicts("read(fd=0)", "read(fd=1)")).toEqual(["allow", "deny"]);
  });

  test("one more event opens what the others left shut", () => {
    const task = guarded(eventFiltersPoc);
    task.open("syscalls:sys_enter_openat");
    expect(task.verdicts("openat()")).toEqual(["allow"]);
  });

  test("who has the file has the event, a child too; what it does reaches the copies", () => {
    const parent = guarded(eventFiltersPoc);
    const child = parent.fork(2);
    child.ioctl(3, "DISABLE");
    expect([...parent.verdicts("read(fd=0)"), ...child.verdicts("read(fd=0)")]).toEqual(["deny", "deny"]);
    expect(child.prctl(PR.TASK_PERF_EVENTS_ENABLE)).toEqual(done()); // it opened none
    expect(child.verdicts("read(fd=0)")).toEqual(["deny"]);
  });

  test("a file that another table still has is not gone; threads share one table", () => {
    const parent = guarded(eventFiltersPoc);
    parent.fork(2);
    parent.close(3);
    expect(parent.verdicts("read(fd=0)")).toEqual(["allow"]);
    const other = guarded(eventFiltersPoc, {});
    other.clone(2).close(3);
    expect(other.verdicts("read(fd=0)")).toEqual(["deny"]);
    expect(other.ioctl(3, "RESET")).toEqual(refused("EBADF"));
  });

  test("the files of a task that is gone stay with its child, and do nothing", () => {
    const parent = guarded(eventFiltersPoc);
    const child = parent.fork(2);
    parent.running.exit(1);
    expect([child.filter(3, "fd == 0"), child.ioctl(3, "DISABLE"), child.close(3)]).toEqual([
      done(),
      done(),
      done(),
    ]);
  });

  test("enable_on_exec: an event that is off comes on by exec, once", () => {
    const task = booted(eventFiltersPoc);
    task.open(READ, { disabled: true, enableOnExec: true });
    task.secure();
    expect(task.verdicts("read()")).toEqual(["deny"]);
    task.running.exec(1);
    expect(task.verdicts("read()")).toEqual(["allow"]);
    task.ioctl(3, "DISABLE");
    task.running.exec(1);
    expect(task.verdicts("read()")).toEqual(["deny"]);
  });

  test("a filter is less than a page", () => {
    const task = booted(eventFiltersPoc);
    task.open(READ);
    expect(task.filter(3, "fd == 0".padEnd(4096))).toEqual(refused("EINVAL"));
    expect(task.filter(3, "fd == 0".padEnd(4095))).toEqual(done());
  });

  test("it speaks 2.6.39's language: no `0` for what must never pass, no `!`", () => {
    const task = booted(eventFiltersPoc);
    task.open(READ);
    expect([task.filter(3, "0"), task.filter(3, "!(fd == 0)")]).toEqual([
      refused("EINVAL"),
      refused("EINVAL"),
    ]);
  });

  test("an event that is no system call is seen, and its answer is nobody's", () => {
    const task = booted(eventFiltersPoc);
    expect(task.open("object:file_open")).toEqual(done(3));
    task.secure();
    expect(task.verdicts("file_open()")).toEqual(["allow"]);
    expect(eventFiltersPoc.parse("-e object:file_open\n", linux2639).ok).toBe(false);
  });
});

describe("event-filters-2011@vision", () => {
  test("a child has its parent's filters, and neither file nor text of them", () => {
    const child = guarded(eventFiltersVision).fork(2);
    expect(child.verdicts("read(fd=0)", "read(fd=3)", "write()", "openat()")).toEqual([
      "allow",
      "deny",
      "allow",
      "deny",
    ]);
    expect([child.filter(3, "fd == 3"), child.close(3), child.running.proc(2)]).toEqual([
      refused("EBADF"),
      refused("EBADF"),
      null,
    ]);
  });

  test("what is sealed stays: close, IOC_DISABLE and prctl 31 do not remove it", () => {
    const task = guarded(eventFiltersVision);
    expect([task.ioctl(3, "DISABLE"), task.prctl(PR.TASK_PERF_EVENTS_DISABLE), task.close(3)]).toEqual([
      refused("EPERM"),
      done(),
      done(),
    ]);
    expect(task.verdicts("read(fd=0)", "read(fd=3)")).toEqual(["allow", "deny"]);
    expect(task.filter(4, "fd == 1")).toEqual(refused("EPERM")); // not even to narrow: that is another layer's
  });

  test("before it is sealed an event is as any other", () => {
    const task = booted(eventFiltersVision);
    task.open(READ);
    task.open(WRITE);
    task.ioctl(3, "DISABLE");
    task.close(4);
    task.secure();
    expect(task.verdicts("read()", "write()")).toEqual(["deny", "deny"]);
  });

  test("one more event is one more to count, and sealed it only narrows", () => {
    const task = guarded(eventFiltersVision);
    task.open("syscalls:sys_enter_openat");
    expect(task.verdicts("openat()")).toEqual(["deny"]);
    const child = task.fork(2);
    child.open(READ);
    child.secure();
    expect(child.verdicts("read(fd=0)", "read(fd=3)", "write()")).toEqual(["allow", "deny", "deny"]);
    expect(task.verdicts("write()")).toEqual(["allow"]);
  });

  test("any event with labels, where a filter hangs on it", () => {
    const task = booted(eventFiltersVision);
    task.open("object:file_open");
    expect(task.filter(3, "label & (tmp_t | user_home_t)")).toEqual(done());
    task.open("object:socket_connect");
    expect(task.filter(4, "0")).toEqual(done());
    task.secure();
    expect(
      task.verdicts(
        "file_open(label={tmp_t})",
        "file_open(label={etc_t})",
        "file_open()",
        "socket_connect()",
        "file_exec()",
      ),
    ).toEqual(["allow", "deny", "unknown", "deny", "allow"]);
  });
});
