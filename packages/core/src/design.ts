// The one interface. A design says a policy in its own terms or says what it cannot say; a back-end is a design with
// another `evaluate`; so there is nothing else to implement.

import { Bitset } from "./bitset.js";
import type { Catalog, EventFormat } from "./catalog.js";
import { ABI, type Chunk, type Task, TraceEvent } from "./chunk.js";
import type { Truth } from "./decide.js";
import type { Result } from "./diagnostic.js";
import type { Lowered, Rules } from "./lowered.js";
import { Meter } from "./meter.js";
import {
  type Action,
  type Clause,
  compareActions,
  type Policy,
  permits,
  sectionSet,
  sectionsOf,
  showAction,
  type TaskPolicy,
  taskPolicies,
} from "./policy.js";
import type { TaskCall, TaskSide } from "./task-side.js";

export type Verdict = "allow" | "deny";

/**
 * The only direction in which an approximation may be wrong: `open` allows too much, `closed` too little. A call that a
 * design exempts passes all the same (see Loss).
 */
export type Fails = "closed" | "open";

/** Something that a design cannot say. */
export type Loss = {
  /** Null: the policy's default. */
  readonly clause: Clause | null;
  /** In the design's own terms, for people; the same for all clauses that are lost alike. */
  readonly reason: string;
  /** What becomes of this clause's event in particular; absent where the reason says all. */
  readonly effect?: string;
  readonly fails: Fails;
  /** Set where the design lets this call pass under every policy: no policy is inexpressible on that account. */
  readonly exempts?: string;
};

/** `actions`: those of the policy's actions that the design has not; a refusal is then the design's own. No Loss. */
export type Compilation<P> = { readonly actions: readonly string[] } & (
  | { readonly kind: "exact"; readonly program: P }
  | {
      readonly kind: "approximate";
      readonly program: P;
      readonly fails: Fails;
      readonly lost: readonly Loss[];
    }
  | { readonly kind: "inexpressible"; readonly lost: readonly Loss[] }
);

/** Whether the event is a call that passes under every policy, as one of the losses says. */
export function isExempted(compiled: Compilation<unknown>, event: TraceEvent): boolean {
  if (compiled.kind !== "approximate" || event.abi !== ABI.native) return false;
  return compiled.lost.some(({ exempts }) => exempts !== undefined && exempts === event.format?.name);
}

/** Whether the policy is said, but for calls that pass under every policy. */
export function isExactButForExempted<P>(
  compiled: Compilation<P>,
): compiled is Exclude<Compilation<P>, { kind: "inexpressible" }> {
  if (compiled.kind === "approximate") return compiled.lost.every(({ exempts }) => exempts !== undefined);
  return compiled.kind === "exact";
}

/** Verdicts of a chunk as two bitmaps, Arrow's nullable booleans: allowed or not, and whether that is known. */
export type Verdicts = { readonly allow: Bitset; readonly known: Bitset };

export function newVerdicts(rows: number): Verdicts {
  return { allow: new Bitset(rows), known: new Bitset(rows) };
}

/** What one evaluation read. */
export type Touched = {
  /** Predicates evaluated. */
  readonly predicates: number;
  /** Bytes of the event's row and of the program. */
  readonly bytes: number;
};

/** One thing that an evaluation looked at, as the design would write it, and what it found there. */
export type Step = { readonly text: string; readonly value: Truth };

/** What a task carries. */
export interface Filter<P = unknown> {
  /** What the kernel would hold: plain data. */
  readonly program: P;
  /** Total and pure: every event gets an answer, and none hangs on what was asked before. */
  evaluate(event: TraceEvent): Verdict | "unknown";
  /** The same for the rows of a chunk that `rows` holds. Bits of other rows are left clear. */
  evaluateAll(chunk: Chunk, rows: Bitset, verdicts: Verdicts): void;
  lower(): Lowered;
  touched(event: TraceEvent): Touched;
  /** What `evaluate` looks at, in order. */
  steps(event: TraceEvent): readonly Step[];
}

/** How a variant stands to what it rebuilds. */
export type Mark =
  | "as posted"
  | "as posted, code not found"
  | "as shipped"
  | "as merged"
  | "mended"
  | "as described";

/** Who wrote what a variant rebuilds, and when. */
export type Origin = { readonly by: string; readonly date: string };

/** A patch as the mail of 26 May 2011 counts it. */
export type Patch = {
  readonly date: string;
  readonly files: number;
  readonly added: number;
  readonly removed: number;
};

export interface Design<P = unknown> {
  /** `bitmask-2009@and`. A back-end adds its own name: `bitmask-2009@and@native`. */
  readonly id: string;
  /** One line. */
  readonly title: string;
  readonly mark: Mark;
  readonly origin: Origin;
  /** Null: the mail does not count this variant. */
  readonly patch: Patch | null;
  /** The workspace package that holds it, in the module that has the variant's name: where its lines are counted. */
  readonly package: string;
  /** What it does to a task whose call it refuses. */
  readonly refusal: Action;
  /** Says the policy in this design's own terms, or says exactly what it cannot say. `fails`: closed unless asked. */
  compile(policy: Policy, catalog: Catalog, fails?: Fails): Compilation<P>;
  /** Its native form, as its users would have written it. */
  parse(text: string, catalog: Catalog): Result<P>;
  print(program: P, catalog: Catalog): string;
  /** The reference back-end. */
  load(program: P, catalog: Catalog): Filter<P>;
  /** Who may install, narrow and remove a program, and who inherits it. */
  readonly task: TaskSide<P>;
}

/**
 * Filters hang on tasks, so a program is one for each set of task sections: `programs[i]` is for tasks that are in
 * exactly those `sections` whose bits are set in i. A policy without sections has one.
 */
export type PerTask<T> = { readonly sections: readonly string[]; readonly programs: readonly T[] };

/** A design as its patch had it, for one task: all that a design package has to write. */
export type TaskDesign<P> = Pick<
  Design<P>,
  "id" | "title" | "mark" | "origin" | "patch" | "package" | "refusal"
> & {
  /** `lost` says in which direction each Loss fails; `fails` is what the caller prefers where both are possible. */
  compile(
    policy: TaskPolicy,
    catalog: Catalog,
    fails: Fails,
  ): { readonly program: P; readonly lost: readonly Loss[] };
  parse(lines: readonly Line[], catalog: Catalog): Result<P>;
  print(program: P, catalog: Catalog): readonly string[];
  /** With a `meter` its `evaluate` also tells what it reads of the program. */
  load(program: P, catalog: Catalog, meter?: Meter): TaskFilter;
  readonly task: OneTaskSide<P>;
};

/** A task side whose programs are for one task. */
export type OneTaskSide<P, S = unknown> = Omit<TaskSide<P, S>, "install"> & {
  install(program: P): readonly TaskCall[];
};

export type TaskFilter = Pick<Filter, "evaluate" | "steps"> & { lower(): Rules };

/** A line of a native form and where it starts in the text. */
export type Line = { readonly text: string; readonly start: number };

export function design<P>(one: TaskDesign<P>): Design<PerTask<P>> {
  const { id, title, mark, origin, patch, refusal } = one;
  return {
    id,
    title,
    mark,
    origin,
    patch,
    package: one.package,
    refusal,

    compile(policy, catalog, fails = "closed") {
      const sections = sectionsOf(policy);
      const compiled = taskPolicies(policy, sections).map((taskPolicy) =>
        one.compile(taskPolicy, catalog, fails),
      );
      const lost = distinct(compiled.flatMap((each) => each.lost)).filter(
        ({ clause }) => clause === null || catalog.byName(clause.event)?.unimplemented !== true,
      );
      const program = { sections, programs: compiled.map((each) => each.program) };
      const actions = actionsBesides(policy, refusal);
      if (lost.length === 0) return { kind: "exact", program, actions };
      const wrong = lost.some((loss) => loss.fails !== fails && loss.exempts === undefined);
      if (wrong) return { kind: "inexpressible", lost, actions };
      return { kind: "approximate", program, fails, lost, actions };
    },

    parse: (text, catalog) => parseSections(text, (lines) => one.parse(lines, catalog)),
    print: ({ sections, programs }, catalog) =>
      programs.map((program, set) => header(sections, set) + lines(one.print(program, catalog))).join("\n"),

    load(program, catalog) {
      const { sections } = program;
      const filters = program.programs.map((each) => one.load(each, catalog));
      const filterOf = ({ task }: TraceEvent) => ofTask({ sections, programs: filters }, task);
      const meter = new Meter();
      let metered: readonly TaskFilter[] | null = null;
      return {
        program,
        evaluate: (event) => filterOf(event).evaluate(event),
        evaluateAll: oneByOne((event) => filterOf(event).evaluate(event)),
        lower: () => ({ sections, programs: filters.map((filter) => filter.lower()) }),
        touched(event) {
          metered ??= program.programs.map((each) => one.load(each, catalog, meter));
          const { evaluate } = ofTask({ sections, programs: metered }, event.task);
          return meter.measure(evaluate, event);
        },
        steps: (event) => filterOf(event).steps(event),
      };
    },

    task: { ...one.task, install: (program, task) => one.task.install(ofTask(program, task)) },
  };
}

/** The one of a task's own set of sections. */
function ofTask<T>({ sections, programs }: PerTask<T>, task: Task): T {
  const program = programs[sections.length === 0 ? 0 : sectionSet(sections, task)];
  if (program === undefined) throw new RangeError("a program is missing for a set of sections");
  return program;
}

/** What a design loses that sees system calls alone: every other event passes it by, and none can be refused. */
export function lossesBeyondCalls(
  policy: TaskPolicy,
  byEvent: ReadonlyMap<EventFormat, readonly Clause[]>,
): Loss[] {
  return [...byEvent].flatMap(([format, clauses]) => {
    const condition = permits(policy, clauses);
    const harmless = condition.kind === "constant" && condition.value;
    if (format.kind === "syscall" || harmless) return [];
    const reason = `\`${format.name}\` is no system call: it is never seen and always passes`;
    return clauses.map((clause): Loss => ({ clause, reason, fails: "open" }));
  });
}

/** `evaluateAll` by way of `evaluate`. */
export function oneByOne(evaluate: Filter["evaluate"]): Filter["evaluateAll"] {
  return (chunk, rows, { allow, known }) => {
    const event = new TraceEvent(chunk, 0);
    rows.forEach((row) => {
      event.row = row;
      const verdict = evaluate(event);
      if (verdict === "unknown") return;
      known.add(row);
      if (verdict === "allow") allow.add(row);
    });
  };
}

/** What several sets of sections lose alike is one Loss. */
function distinct(lost: readonly Loss[]): Loss[] {
  const reasons = new Map<Loss["clause"], Set<string>>();
  return lost.filter(({ clause, reason }) => {
    const known = reasons.get(clause) ?? new Set();
    reasons.set(clause, known);
    if (known.has(reason)) return false;
    known.add(reason);
    return true;
  });
}

/** What a policy wants done with refused calls, but for `refusal`: in the words of its language, each once. */
export function actionsBesides(policy: Policy, refusal: Action | null): string[] {
  const used = [policy.default, ...policy.clauses.map(({ action }) => action)];
  const missing = used.filter(
    (action) => action.kind !== "allow" && (refusal === null || compareActions(action, refusal) !== 0),
  );
  return [...new Set(missing.map(showAction))];
}

// Native forms of several tasks stand one after the other, each under a line that says whose it is:
//
//   task *                    every task in no section (left out where there are no sections)
//   task "nginx" "cache"      tasks in both of these

function header(sections: readonly string[], set: number): string {
  if (sections.length === 0) return "";
  const names = sections.filter((_, i) => (set >>> i) & 1);
  return `task ${names.length === 0 ? "*" : names.map((name) => JSON.stringify(name)).join(" ")}\n`;
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}

function parseSections<P>(text: string, parse: (lines: readonly Line[]) => Result<P>): Result<PerTask<P>> {
  const parts: { names: readonly string[]; lines: Line[] }[] = [{ names: [], lines: [] }];
  let start = 0;
  for (const line of text.split("\n")) {
    const head = /^task\s+(\*|"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*)\s*$/.exec(line);
    if (head?.[1] !== undefined) {
      const names = [...head[1].matchAll(/"(?:[^"\\]|\\.)*"/g)].map(([quoted]) => String(JSON.parse(quoted)));
      parts.push({ names, lines: [] });
    } else if (line.trim() !== "" && !line.startsWith("#")) parts.at(-1)?.lines.push({ text: line, start });
    start += line.length + 1;
  }
  // Lines before the first header belong to every task, which is only right where no header follows.
  const [bare, ...headed] = parts;
  if (headed.length > 0 && bare?.lines[0] !== undefined) {
    return misplaced(bare.lines[0], "this line stands before the first `task` line");
  }
  const blocks = headed.length > 0 ? headed : parts;
  const sections = [...new Set(blocks.flatMap(({ names }) => names))];
  const programs: P[] = [];
  for (let set = 0; set < 2 ** sections.length; set++) {
    const block = blocks.find(({ names }) =>
      sections.every((name, i) => names.includes(name) === (((set >>> i) & 1) === 1)),
    );
    if (block === undefined) {
      return misplaced(
        { text: "", start: text.length },
        `nothing is said of \`${header(sections, set).trim()}\``,
      );
    }
    const parsed = parse(block.lines);
    if (!parsed.ok) return parsed;
    programs.push(parsed.value);
  }
  return { ok: true, value: { sections, programs } };
}

function misplaced({ text, start }: Line, message: string): Result<never> {
  return { ok: false, error: [{ message, start, end: start + text.length }] };
}
