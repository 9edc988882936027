// The task side of the proof of concept of 24 May 2011, on 2.6.39's perf. There is no new call: a task opens perf events on
// the calls that it wants to keep, each with a filter that is written once.
//
//   fd = perf_event_open(syscalls:sys_enter_write, { inherit })
//   ioctl(fd, PERF_EVENT_IOC_SET_FILTER, "fd == 1")
//   perf_event_open(…, { require_secure })          from here on a call that no event matches is a kill
//
// The code was not found; mails tell of two new bits in the attributes, perf itself was read (see perf-events/). So events
// are perf's: whoever holds the file may disable them, a child's are copies of the parent's without their filters, and one
// more can always be opened. Mode 2 is not prctl's to set or to see.

import {
  ABI,
  type Answer,
  done,
  FIRST_OTHER_EVENT,
  judged,
  type OneTaskSide,
  PASSES,
  PR,
  type Prctl,
  refused,
  register,
  STRICT,
  strictVerdict,
  type TraceEvent,
  type Verdict,
} from "@gatehouse/core";
import {
  bootPerf,
  callPerf,
  eventName,
  eventsOf,
  execPerf,
  exitPerf,
  forkPerf,
  matches,
  type Perf,
} from "@gatehouse/perf-events";
import { type EventFilters, isExempt, POC } from "./program.js";

/** Of each task 0, 1, or the hidden 2. */
type Modes = ReadonlyMap<number, number>;

type State = { readonly perf: Perf; readonly modes: Modes };

const SECURE = 2;

export const pocSide: Omit<OneTaskSide<EventFilters, State>, "install"> = {
  boot: (kernel, { pid }) => ({ perf: bootPerf(kernel, pid), modes: new Map([[pid, 0]]) }),

  call({ perf, modes }, pid, call) {
    const called = callPerf(perf, pid, call);
    if (called !== null) {
      const secures = call.call === "perf_event_open" && call.attr.requireSecure === true && called.answer.ok;
      const after: State = { perf: called.perf, modes: secures ? secured(modes, pid) : modes };
      return { state: after, answer: called.answer };
    }
    if (call.call !== "prctl") return { state: { perf, modes }, answer: done() }; // a setuid: nothing here asks for privilege
    const { after, answer } = prctl(modes, pid, call);
    return { state: { perf, modes: after }, answer };
  },

  fork: ({ perf, modes }, parent, child, thread = false) => ({
    perf: forkPerf(perf, parent, child, thread),
    modes: new Map(modes).set(child, modeOf(modes, parent)),
  }),

  exec: ({ perf, modes }, pid) => ({ perf: execPerf(perf, pid), modes }),

  exit: ({ perf, modes }, pid) => ({
    perf: exitPerf(perf, pid),
    modes: new Map([...modes].filter(([other]) => other !== pid)),
  }),

  check(state, event) {
    const mode = modeOf(state.modes, event.task.pid);
    if (mode === 0) return { state, outcome: PASSES };
    const verdict = mode === STRICT ? strictVerdict(state.perf.kernel, event) : judge(state.perf, event);
    return { state, outcome: judged(verdict) };
  },

  proc: () => null,
};

function modeOf(modes: Modes, pid: number): number {
  const mode = modes.get(pid);
  if (mode === undefined) throw new RangeError(`there is no task ${pid}`);
  return mode;
}

/** Events do not lead out of mode 1. */
function secured(modes: Modes, pid: number): Modes {
  return modeOf(modes, pid) === 0 ? new Map(modes).set(pid, SECURE) : modes;
}

function prctl(modes: Modes, pid: number, call: Prctl): { readonly after: Modes; readonly answer: Answer } {
  const mode = modeOf(modes, pid);
  if (call.option === PR.GET_SECCOMP) return { after: modes, answer: done(mode === SECURE ? 0 : mode) };
  if (call.option !== PR.SET_SECCOMP) return { after: modes, answer: refused("EINVAL") };
  if (mode !== 0) return { after: modes, answer: refused("EPERM") };
  if (register(call, 0) !== BigInt(STRICT)) return { after: modes, answer: refused("EINVAL") };
  return { after: new Map(modes).set(pid, STRICT), answer: done() };
}

/** Refused by one event that insists (err_on_discard), else allowed by one that matches. */
function judge(perf: Perf, event: TraceEvent): Verdict | "unknown" {
  if (event.abi !== ABI.native) return "deny"; // perf's system-call events had no compat support
  if (event.id >= FIRST_OTHER_EVENT) return "allow"; // no other call site looks at the answer
  if (isExempt(event.format, POC)) return "allow";
  const name = event.format === undefined ? null : eventName(event.format);
  const found = eventsOf(perf, event.task.pid)
    .filter(([, each]) => each.enabled && each.event === name)
    .map(([, { filter, attr }]) => ({
      match: matches(filter, event, POC.dialect),
      insists: attr.errOnDiscard === true,
    }));
  const insisting = found.filter(({ insists }) => insists).map(({ match }) => match);
  if (insisting.includes(false)) return "deny";
  if (insisting.includes("unknown")) return "unknown";
  const any = found.map(({ match }) => match);
  return any.includes(true) ? "allow" : any.includes("unknown") ? "unknown" : "deny";
}
