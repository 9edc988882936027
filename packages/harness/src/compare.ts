// The main question: a policy, a trace and some designs. Which of them can say the policy, where does each go wrong,
// how much code is it, what does a decision cost? The trace is read once; `decide` judges every answer.

import {
  type Bitset,
  type Catalog,
  type Chunk,
  type Clause,
  type Design,
  type Fails,
  type Filter,
  type Policy,
  showAction,
} from "@gatehouse/core";
import {
  type Answers,
  bitmap,
  type Contestant,
  decideContestant,
  filterContestant,
  lowest,
  word,
} from "./contestant.js";
import { type Cost, measureFloor, measureReads, measureTime, Sample } from "./cost.js";
import { LostEvents } from "./lost-events.js";
import type { Counts, DesignReport, Report, ReportedSize, ShownClause } from "./report.js";
import type { Selection } from "./selection.js";
import { type TaskSideRun, taskSideContestant } from "./task-side.js";
import { judgedRows, summary, type TraceSource, type Witness, witness } from "./trace.js";

export type Question = {
  readonly policy: Policy;
  readonly trace: TraceSource;
  readonly catalog: Catalog;
  readonly designs: readonly Design[];
  readonly fails?: Fails;
  readonly selection?: Selection | null;
  /** Verdicts by way of the designs' task side; null or none: each filter is asked about each event. */
  readonly taskSide?: TaskSideRun | null;
  /** A clause, or for null the default, as the policy's own text has it. */
  showClause(clause: Clause | null): ShownClause;
  /** Lines of a design's code; null where there is no source to count. */
  codeSize(design: Design): ReportedSize | null;
};

export async function compare(question: Question): Promise<Report> {
  const { policy, trace, catalog, selection = null } = question;
  const runs = question.designs.map((design) => new Run(design, question));
  const itself = decideContestant(policy);
  const decided = new Counter();
  const sample = new Sample();
  let events = 0;
  for await (const chunk of trace) {
    const rows = judgedRows(chunk, selection);
    const truth = itself.judge(chunk, rows);
    const sampled = sample.take(chunk, rows);
    decided.add(rows, truth);
    for (const run of runs) run.judge(chunk, rows, truth, events, sampled);
    events += rows.count();
  }
  const floorNsPerEvent = measureFloor(sample);
  for (const run of runs) run.time(sample);
  return {
    schema: "gatehouse.compare/1",
    taskSide: (question.taskSide ?? null) !== null,
    policy: policy.name,
    catalog: catalog.title,
    trace: { events, ...summary(trace) },
    decide: decided.counts,
    sample: { events: sample.events, floorNsPerEvent },
    designs: runs.map((run) => run.report(sample, question)),
  };
}

/** One design's way through the trace. */
class Run {
  readonly #design: Design;
  readonly #compiled: ReturnType<Design["compile"]>;
  readonly #filter: Filter | null;
  readonly #contestant: Contestant | null;
  readonly #counter = new Counter();
  readonly #falseAllow = new Mistakes();
  readonly #falseDeny = new Mistakes();
  #killedInstead = 0;
  readonly #lostEvents: LostEvents;
  /** The answers for the sample, which its timing must give again. */
  readonly #sampled: Answers[] = [];
  #time: ReturnType<typeof measureTime> = null;

  constructor(design: Design, { policy, catalog, fails = "closed", taskSide = null }: Question) {
    this.#design = design;
    const compiled = design.compile(policy, catalog, fails);
    this.#compiled = compiled;
    this.#lostEvents = new LostEvents(compiled.kind === "exact" ? [] : compiled.lost, catalog);
    this.#filter = compiled.kind === "inexpressible" ? null : design.load(compiled.program, catalog);
    if (compiled.kind === "inexpressible" || this.#filter === null) this.#contestant = null;
    else if (taskSide === null) this.#contestant = filterContestant(design, this.#filter);
    else this.#contestant = taskSideContestant(design, compiled.program, taskSide);
  }

  judge(chunk: Chunk, rows: Bitset, truth: Answers, before: number, sampled: boolean): void {
    this.#lostEvents.add(chunk, rows);
    if (this.#filter === null || this.#contestant === null) return;
    const answers = this.#contestant.judge(chunk, rows);
    this.#counter.add(rows, answers);
    this.#falseAllow.add(chunk, rows, both(allowed(answers), denied(truth)), before);
    this.#falseDeny.add(chunk, rows, both(denied(answers), allowed(truth)), before);
    this.#killedInstead += both(killed(answers), answeredWithErrno(truth)).count();
    if (!sampled) return;
    const filtered = this.#contestant.taskSide ? filterContestant(this.#design, this.#filter) : null;
    this.#sampled.push(filtered?.judge(chunk, rows) ?? answers);
  }

  /** Of all designs before one of them reports. */
  time(sample: Sample): void {
    if (this.#filter !== null) this.#time = measureTime(this.#filter, sample, this.#sampled);
  }

  report(sample: Sample, { showClause, codeSize }: Question): DesignReport {
    const { id, title, mark, origin, refusal, patch } = this.#design;
    const compiled = this.#compiled;
    const lost = compiled.kind === "exact" ? [] : compiled.lost;
    const said = this.#filter !== null;
    return {
      design: id,
      title,
      mark,
      origin,
      compilation: compiled.kind,
      fails: compiled.kind === "approximate" ? compiled.fails : null,
      lost: lost.map(({ clause, reason, effect = null, fails }) => {
        return { ...showClause(clause), reason, effect, fails };
      }),
      lostEvents: this.#lostEvents.count,
      actions: compiled.actions,
      refusal: showAction(refusal),
      ...(said ? this.#counter.counts : { allow: null, deny: null, unknown: null }),
      killedInstead: said ? this.#killedInstead : null,
      falseAllow: said ? this.#falseAllow.count : null,
      falseDeny: said ? this.#falseDeny.count : null,
      firstFalseAllow: this.#falseAllow.first,
      firstFalseDeny: this.#falseDeny.first,
      codeSize: codeSize(this.#design),
      patch,
      cost: this.#cost(sample),
    };
  }

  #cost(sample: Sample): Cost | null {
    const reads = this.#filter === null ? null : measureReads(this.#filter, sample);
    return this.#time === null || reads === null ? null : { ...this.#time, ...reads };
  }
}

class Counter {
  #allow = 0;
  #deny = 0;
  #unknown = 0;

  add(rows: Bitset, answers: Answers): void {
    const allow = allowed(answers).count();
    const deny = denied(answers).count();
    this.#allow += allow;
    this.#deny += deny;
    this.#unknown += rows.count() - allow - deny;
  }

  get counts(): Counts {
    return { allow: this.#allow, deny: this.#deny, unknown: this.#unknown };
  }
}

/** Events on which a design is wrong, in one direction. */
class Mistakes {
  count = 0;
  first: Witness | null = null;

  add(chunk: Chunk, rows: Bitset, mistaken: Bitset, before: number): void {
    this.count += mistaken.count();
    const row = lowest(mistaken);
    if (row >= 0) this.first ??= witness(chunk, rows, row, before);
  }
}

function allowed({ allow, known }: Answers): Bitset {
  return both(allow, known);
}

function denied({ allow, known }: Answers): Bitset {
  return bitmap(known.length, (i) => word(known, i) & ~word(allow, i));
}

function killed(answers: Answers): Bitset {
  return both(denied(answers), answers.kill);
}

/** Refused, and the task goes on. */
function answeredWithErrno(answers: Answers): Bitset {
  const refused = denied(answers);
  return bitmap(refused.length, (i) => word(refused, i) & ~word(answers.kill, i));
}

function both(a: Bitset, b: Bitset): Bitset {
  return bitmap(a.length, (i) => word(a, i) & word(b, i));
}
