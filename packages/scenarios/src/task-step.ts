// One step of a task's life, as a scenario writes it: a call that concerns filters, a change of the task tree, or a
// question. Names, not numbers: what a variant makes of them, task-run.ts says.
//
//   step   = [ task ":" " " ] [ "int80:" ] action ;          without a task it is the first one's
//   action = "check" event | "log" event                     what would become of it; the line that is printed
//          | "fork" task | "clone" task | "exec" | "exit" | "setuid" | "install" | "proc"
//          | "prctl" "SET_SECCOMP" ( "strict" | "filter" [ "on_exec" ] | "mask" { call } | number )
//          | "prctl" "SET_SECCOMP_FILTER" id ( text | "NULL" )
//          | "prctl" "GET_SECCOMP_FILTER" id [ number ]      the size of the buffer
//          | "prctl" "CLEAR_SECCOMP_FILTER" id
//          | "prctl" ( "GET_SECCOMP" | "TASK_PERF_EVENTS_ENABLE" | "TASK_PERF_EVENTS_DISABLE" )
//          | "perf_event_open" event_name { attribute }
//          | "ioctl" number ( "SET_FILTER" ( text | "NULL" ) | "ENABLE" | "DISABLE" )
//          | "close" number ;
//   id     = call | number | "event:" number ;               a call's own number, or that of its trace event
//   text   = { [ number "*" ] JSON string } ;                 one after the other; `300*"A"`: so many of it

import { fail, type PerfAttr, type PerfIoctl, PR, type Result, succeed } from "@gatehouse/core";

/** A call by name, by number, or by the id of its trace event. */
export type CallId =
  | { readonly by: "name"; readonly name: string }
  | { readonly by: "number"; readonly number: number }
  | { readonly by: "event"; readonly number: number };

export type Wanted =
  | { readonly mode: "strict" }
  | { readonly mode: "filter"; readonly onExec: boolean }
  | { readonly mode: "mask"; readonly calls: readonly string[] }
  | { readonly mode: "number"; readonly number: number };

export type Action =
  | { readonly kind: "check" | "log"; readonly event: string }
  | { readonly kind: "fork" | "clone"; readonly child: string }
  | { readonly kind: "exec" | "exit" | "install" | "proc" }
  | { readonly kind: "setuid" }
  | { readonly kind: "enforce"; readonly wanted: Wanted }
  | { readonly kind: "set"; readonly id: CallId; readonly filter: string | null }
  | { readonly kind: "get"; readonly id: CallId; readonly size: number }
  | { readonly kind: "clear"; readonly id: CallId }
  | { readonly kind: "prctl"; readonly option: number }
  | { readonly kind: "open"; readonly event: string; readonly attr: PerfAttr }
  | { readonly kind: "setFilter"; readonly fd: number; readonly filter: string | null }
  | { readonly kind: "ioctl"; readonly fd: number; readonly request: PerfIoctl }
  | { readonly kind: "close"; readonly fd: number };

export type TaskStep = {
  /** As it was written. */
  readonly text: string;
  /** Null: the first task. */
  readonly task: string | null;
  /** It enters by `int 0x80`. */
  readonly compat: boolean;
  readonly action: Action;
};

/** The error is a message: a scenario's reader puts the line to it. */
export function parseStep(text: string): Result<TaskStep, string> {
  const [, task = null, entry, rest = ""] = /^(?:(\w+): +)?(int80:(?!\w+\())?(.*)$/.exec(text) ?? [];
  const action = actionOf(words(rest), rest);
  if (action === null) return fail(`\`${text}\` is no step`);
  return succeed({ text, task, compat: entry !== undefined, action });
}

function words(text: string): string[] {
  return text.match(/(?:\d+\*)?"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
}

function actionOf([verb = "", ...rest]: readonly string[], text: string): Action | null {
  const [first = ""] = rest;
  switch (verb) {
    case "check":
    case "log":
      return { kind: verb, event: text.slice(verb.length).trim() };
    case "fork":
    case "clone":
      return /^\w+$/.test(first) ? { kind: verb, child: first } : null;
    case "setuid":
      return { kind: verb };
    case "exec":
    case "exit":
    case "install":
    case "proc":
      return rest.length === 0 ? { kind: verb } : null;
    case "prctl":
      return prctlOf(rest);
    case "perf_event_open":
      return openOf(rest);
    case "ioctl":
      return ioctlOf(rest);
    case "close":
      return isNumber(first) ? { kind: "close", fd: Number(first) } : null;
    default:
      return null;
  }
}

function prctlOf([option = "", ...rest]: readonly string[]): Action | null {
  switch (option) {
    case "SET_SECCOMP":
      return enforceOf(rest);
    case "SET_SECCOMP_FILTER":
    case "GET_SECCOMP_FILTER":
    case "CLEAR_SECCOMP_FILTER":
      return ofCall(option, rest);
    case "GET_SECCOMP":
    case "TASK_PERF_EVENTS_ENABLE":
    case "TASK_PERF_EVENTS_DISABLE":
      return { kind: "prctl", option: PR[option] };
    default:
      return null;
  }
}

function ofCall(option: string, [call, ...rest]: readonly string[]): Action | null {
  if (call === undefined) return null;
  const id = idOf(call);
  if (option === "CLEAR_SECCOMP_FILTER") return { kind: "clear", id };
  if (option === "GET_SECCOMP_FILTER") {
    const [size = BUFFER] = rest;
    return isNumber(size) ? { kind: "get", id, size: Number(size) } : null;
  }
  const filter = textOf(rest);
  return filter === undefined ? null : { kind: "set", id, filter };
}

/** The buffer of a GET that says no size. */
const BUFFER = "4096";

function enforceOf([mode = "", ...rest]: readonly string[]): Action | null {
  if (isNumber(mode)) return { kind: "enforce", wanted: { mode: "number", number: Number(mode) } };
  switch (mode) {
    case "strict":
      return { kind: "enforce", wanted: { mode } };
    case "filter":
      if (rest.some((word) => word !== "on_exec")) return null;
      return { kind: "enforce", wanted: { mode, onExec: rest.length > 0 } };
    case "mask":
      return { kind: "enforce", wanted: { mode, calls: rest } };
    default:
      return null;
  }
}

function idOf(word: string): CallId {
  const event = /^event:(\d+)$/.exec(word)?.[1];
  if (event !== undefined) return { by: "event", number: Number(event) };
  return /^-?\d+$/.test(word) ? { by: "number", number: Number(word) } : { by: "name", name: word };
}

const ATTRIBUTES: Readonly<Record<string, keyof PerfAttr>> = {
  inherit: "inherit",
  disabled: "disabled",
  enable_on_exec: "enableOnExec",
  require_secure: "requireSecure",
  err_on_discard: "errOnDiscard",
};

function openOf([event = "", ...attributes]: readonly string[]): Action | null {
  const keys = attributes.map((word) => ATTRIBUTES[word]);
  if (event === "" || keys.includes(undefined)) return null;
  const attr = Object.fromEntries(keys.map((key) => [key, true]));
  return { kind: "open", event, attr };
}

function ioctlOf([fd = "", request, ...rest]: readonly string[]): Action | null {
  if (!isNumber(fd)) return null;
  if (request === "ENABLE" || request === "DISABLE") return { kind: "ioctl", fd: Number(fd), request };
  const filter = textOf(rest);
  return request === "SET_FILTER" && filter !== undefined
    ? { kind: "setFilter", fd: Number(fd), filter }
    : null;
}

/** Undefined where it is no text; null: a pointer that leads nowhere. */
function textOf(words: readonly string[]): string | null | undefined {
  if (words[0] === "NULL") return null;
  const parts = words.map((word) => /^(?:(\d+)\*)?("(?:[^"\\]|\\.)*")$/.exec(word));
  if (parts.length === 0 || parts.includes(null)) return undefined;
  return parts.map((part) => String(JSON.parse(part?.[2] ?? '""')).repeat(Number(part?.[1] ?? 1))).join("");
}

function isNumber(word: string): boolean {
  return /^\d+$/.test(word);
}
