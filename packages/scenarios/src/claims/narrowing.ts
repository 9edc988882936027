// The claim that tasks can only narrow: random histories, after each step of which nobody may do what he could not do before,
// nor a child what its parent could not. A history that breaks it is made as short as it gets, and is the evidence.

import { linux2639 } from "@gatehouse/catalog";
import { type Design, kernelOf } from "@gatehouse/core";
import { type Claim, type Fact, fact, M11, observeEach, P09, type Subject } from "../claim.js";
import { SteppedTasks } from "../task-run.js";
import { allowed, INJECTED, make } from "./guarded-task.js";
import { randomFrom } from "./random.js";

const SUBJECT: Subject = { design: "event-filters-2011@poc", scope: null };

export const C22: Claim = {
  id: "C22",
  who: "Ingo Molnar",
  where: [M11, P09],
  proposition: "children can only narrow what they are allowed",
  subject: SUBJECT,
  experiment: (apparatus) => observeEach(SUBJECT, apparatus, onlyNarrows),
};

const HISTORIES = 200;
const LONGEST = 60;

/** `who`: which of the tasks, counted round. */
type Move = { readonly who: number; readonly text: string };

/** What keeps a task able to ask for more: made before anything is observed. */
const FIRST = [
  'prctl SET_SECCOMP_FILTER prctl "1"',
  ...["prctl", "ioctl", "close", "perf_event_open"].map((call) => `perf_event_open ${call} inherit`),
];

/** Calls of all designs alike: one that a variant has not is answered with an errno. */
const MOVES = [
  ...["read write", "read", "read write open", "write getpid"].map(
    (mask) => `prctl SET_SECCOMP mask prctl execve ${mask}`,
  ),
  'prctl SET_SECCOMP_FILTER read "fd == 0"',
  'prctl SET_SECCOMP_FILTER read "fd == 1 || fd == 2"',
  INJECTED,
  'prctl SET_SECCOMP_FILTER read "1"',
  'prctl SET_SECCOMP_FILTER write "fd > 0"',
  "prctl CLEAR_SECCOMP_FILTER read",
  "prctl SET_SECCOMP filter",
  "prctl SET_SECCOMP filter on_exec",
  "setuid",
  "perf_event_open read inherit",
  "perf_event_open write",
  "perf_event_open read inherit require_secure",
  'ioctl 7 SET_FILTER "fd == 0"',
  'ioctl 8 SET_FILTER "fd == 1 || fd == 2"',
  "ioctl 7 DISABLE",
  "ioctl 7 ENABLE",
  "close 7",
  "prctl TASK_PERF_EVENTS_DISABLE",
  "prctl TASK_PERF_EVENTS_ENABLE",
];
const TREE = ["fork", "clone", "exec"];
/** Tasks of one history: more of them show nothing that three do not. */
const TASKS = 3;

function onlyNarrows(design: Design): Fact[] {
  const random = randomFrom(20110526);
  const pick = (words: readonly string[]) => words[random(words.length)] ?? "exec";
  for (let i = 0; i < HISTORIES; i++) {
    const history = Array.from({ length: 1 + random(LONGEST) }, (): Move => {
      return { who: random(TASKS), text: random(8) === 0 ? pick(TREE) : pick(MOVES) };
    });
    if (firstGain(design, history) === null) continue;
    const least = shortened(history, (shorter) => firstGain(design, shorter) !== null);
    return [fact(false, `${design.id}: ${firstGain(design, least) ?? ""}`)];
  }
  return [fact(true, `${design.id}: in ${HISTORIES} random histories nobody gains anything`)];
}

/** What is gained, and by which steps; null: nothing is. */
function firstGain(design: Design, history: readonly Move[]): string | null {
  const tasks = new SteppedTasks(design, kernelOf(linux2639));
  for (const text of FIRST) make(tasks, text);
  const before: Permitted = new Map([[null, allowed(tasks)]]);
  const told: string[] = [];
  for (const { who, text } of history) {
    const names = [...before.keys()];
    const name = names[who % names.length] ?? null;
    const forks = text === "fork" || text === "clone";
    if (forks && names.length === TASKS) continue;
    const child = forks ? `child${names.length}` : null;
    const step = `${name === null ? "" : `${name}: `}${child === null ? text : `${text} ${child}`}`;
    const answer = make(tasks, step);
    told.push(step);
    if (/^E[A-Z0-9]+$/.test(answer)) continue; // with an errno nothing changed
    if (child !== null) before.set(child, before.get(name) ?? []);
    const gain = gainSince(before, tasks);
    if (gain !== null) return `${gain} by ${told.join("; ")}`;
  }
  return null;
}

/** What each task may do; the first has no name. */
type Permitted = Map<string | null, readonly string[]>;

/** Who gained what, null: nobody; what each may do now is noted. */
function gainSince(before: Permitted, tasks: SteppedTasks): string | null {
  for (const [name, permitted] of before) {
    const now = allowed(tasks, name);
    const gained = now.filter((event) => !permitted.includes(event));
    if (gained.length > 0) return `${name ?? "the task"} gains ${gained.join(", ")}`;
    before.set(name, now);
  }
  return null;
}

/** Without every step that can be left out. */
function shortened(history: readonly Move[], breaks: (history: readonly Move[]) => boolean): readonly Move[] {
  const shorter = history.map((_, at) => history.toSpliced(at, 1)).find(breaks);
  return shorter === undefined ? history : shortened(shorter, breaks);
}
