// The command: arguments in, one function called, an exit code out. What a subcommand needs is loaded when it runs, so
// that help and bad usage answer at once.

import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { BenchOptions } from "./bench.js";
import { addBpf } from "./bpf-command.js";
import type { CompareOptions } from "./compare.js";
import type { Shell } from "./completion.js";
import { addConvert, formatOption } from "./convert-command.js";
import type { DesignsOptions } from "./designs.js";
import type { ExplainOptions } from "./explain.js";
import { EXIT, Failure } from "./failure.js";
import { addFilter } from "./filter-command.js";
import type { BackendName } from "./known-back-ends.js";
import type { ReplayOptions } from "./replay.js";
import { addClaims, addScenarios } from "./scenarios-command.js";
import type { SizeOptions } from "./size.js";
import { addTasks } from "./tasks-command.js";
import { notice, print, quitWithReader } from "./terminal.js";
import { version } from "./version.js";

/** `argv`: as the process has it, with the two words of the call in front. */
export async function main(argv: readonly string[]): Promise<void> {
  quitWithReader();
  await run(argv);
}

/** The same, for as often as one likes in a process. */
export async function run(argv: readonly string[]): Promise<void> {
  try {
    await commandLine().parseAsync(argv);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

/** What was printed already only needs its code; a bug of ours is thrown on. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.badInput;
  if (!(error instanceof Failure)) throw error;
  error.messages.forEach(notice);
  return error.exitCode;
}

/** All that the command knows to do, and how it is asked. */
export function commandLine(): Command {
  const program = new Command("gatehouse")
    .description("Three ways of guarding the Linux system-call boundary (2009, 2010, 2011), compared")
    .version(version(), "--version", "print the version")
    .helpCommand(false)
    .showHelpAfterError("hint: --help says what there is")
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(inOurWords(text)) })
    .addHelpText("after", EXIT_CODES);
  addCompare(program);
  addReplay(program);
  addBench(program);
  addBpf(program, addPolicy);
  addFilter(program);
  addExplain(program);
  addConvert(program);
  addScenarios(program);
  addClaims(program);
  addTasks(program);
  program
    .command("designs")
    .description("list the designs: what they are, their patches and their lines of code")
    .option("--json", "print data (gatehouse.designs/1)")
    .addHelpText("after", example("gatehouse designs"))
    .action(async (options: DesignsOptions) => (await import("./designs.js")).listDesigns(options));
  program
    .command("size")
    .description("count the code of designs, as a patch and as a system, beside what each can do")
    .option("--designs <ids>", "designs, separated by commas (default: posted)", listOf)
    .option("--json", "print data (gatehouse.size/1)")
    .addHelpText("after", example("gatehouse size --designs bitmask-2009,event-filters-2011"))
    .addHelpText("after", "\nExits with 3 where the source of a design is not here.")
    .action(async (options: SizeOptions) => (await import("./size.js")).size(options));
  addCompletion(program);
  return program;
}

const EXIT_CODES = `
Exit codes:
  0  done
  1  replay: something is denied, two differ, or a design cannot say the policy;
     scenarios run: not as expected; claims run: refuted; bench: wrong answers
  2  bad usage or bad input
  3  not possible on this machine`;

/** `error: unknown option '--polcy'\n(Did you mean --policy?)` */
function inOurWords(text: string): string {
  return text
    .replace(/^error: /, "gatehouse: ")
    .replace(/\(Did you mean (.+)\?\)/, "hint: did you mean `$1`?");
}

/** Of the option that puts filters on tasks. */
const TASK_SIDE = "install filters on tasks and let children inherit them, as each variant had it";

function compatOption(): Option {
  const built = "as --task-side, on a kernel that was built with CONFIG_COMPAT";
  return new Option("--compat", built).implies({ taskSide: true });
}

function addCompare(program: Command): void {
  const command = program
    .command("compare")
    .description(
      "put a policy and a trace to the designs: what each can say, where it is wrong, its code, its cost",
    )
    .option("--designs <ids>", "designs, separated by commas (default: posted)", listOf)
    .option("--brief", "tables only")
    .option("--losses", "show what is lost in the policy's own lines")
    .option("--task-side", TASK_SIDE)
    .addOption(compatOption())
    .addHelpText(
      "after",
      example("gatehouse compare --policy nginx.gate --trace nginx.perf.txt.gz --fails open"),
    );
  addCase(command).action(async (options: CompareOptions) => (await import("./compare.js")).compare(options));
}

/** Also in `known-back-ends.ts`, which help must not wait for. */
const BACKENDS: readonly BackendName[] = [
  "native",
  "compiled",
  "reference",
  "faithful",
  "bpf-linear",
  "bpf-tree",
  "bpf-linear-native",
  "bpf-tree-native",
];

function addReplay(program: Command): void {
  const command = program
    .command("replay")
    .description("judge a trace by designs: verdicts by event, and the first on which they differ")
    .option(
      "--design, --designs <ids|decide>",
      "designs, separated by commas; `decide` is the policy itself (default: posted, and it)",
      listOf,
    )
    .option("--task-side", TASK_SIDE)
    .addOption(compatOption())
    .addOption(
      new Option("--backend <name>", "where designs run (default: the fastest that is there)").choices(
        BACKENDS,
      ),
    )
    .option("--jobs <n>", "threads that judge, beside one that reads", jobCount, 1)
    .addHelpText(
      "after",
      example("gatehouse replay --designs bitmask-2009,decide --trace nginx.perf.txt.gz --task nginx"),
    )
    .addHelpText(
      "after",
      "\nExits with 1 where something is denied, two differ, or a design cannot say the\npolicy.",
    );
  addCase(command).action(async (options: ReplayOptions) => (await import("./replay.js")).replay(options));
}

/** Also in `sweeps/`, which help must not wait for. */
const SWEEP_WORDS = [
  "calls-allowed",
  "predicates",
  "predicates-the-first-decides",
  "nesting",
  "nesting-by-number",
  "foreign-events",
  "share-denied",
  "place-among-300-calls",
];

function addBench(program: Command): void {
  const command = program
    .command("bench")
    .description("time decisions: designs on back-ends, each in its own process, beside hand-written floors")
    .option("--designs <ids>", "designs, separated by commas (default: posted)", listOf)
    .option(
      "--backend <back-ends>",
      "where they run, separated by commas (default: all that are fast)",
      listOf,
    )
    .option("--launches <n>", "launches of each, in a new process", launchCount, 5)
    .option("--rounds <n>", "samples of each in a launch, taken in turn", roundCount, 5)
    .addOption(
      new Option("--sweep <name>", "instead: what a decision costs as one thing grows").choices(SWEEP_WORDS),
    )
    .addHelpText("after", example("gatehouse bench --designs bitmask-2009 --backend compiled,reference"))
    .addHelpText("after", "  $ gatehouse bench --sweep nesting --launches 2")
    .addHelpText("after", "\nExits with 1 where a back-end's answers are wrong; it is not timed then.");
  const schemas = "gatehouse.bench/2, or gatehouse.sweep/1 with --sweep";
  addCase(command, schemas).action(async (options: BenchOptions) =>
    (await import("./bench.js")).bench(options),
  );
}

function addExplain(program: Command): void {
  const command = program
    .command("explain")
    .description("explain one event: which clause decides, by which predicates, and what would flip it")
    .argument("[event]", "an event, typed: `openat(dfd=AT_FDCWD, flags=O_RDONLY)`")
    .option(
      "--event <number>",
      "instead of a typed event: one of the trace, by the number that reports print",
    )
    .option("--as <tasks>", "who makes a typed event, with ancestors: `sh > nginx`")
    .option("--designs <ids>", "designs, separated by commas (default: posted)", listOf)
    .addHelpText(
      "after",
      example("gatehouse explain --policy nginx.gate 'openat(dfd=AT_FDCWD, flags=O_WRONLY)'"),
    )
    .addHelpText("after", "  $ gatehouse explain --policy nginx.gate --trace nginx.perf.txt.gz --event 1499")
    .addHelpText("after", "\nOf a typed event, --task names the task that makes it.");
  addCase(command).action(async (event: string | undefined, options: ExplainOptions) =>
    (await import("./explain.js")).explain(event, options),
  );
}

function addCompletion(program: Command): void {
  program
    .command("completion")
    .description("print a script that completes the words of this command in a shell")
    .addArgument(new Argument("<shell>", "the shell that reads it").choices(["bash", "zsh", "fish"]))
    .addHelpText("after", example("gatehouse completion bash > gatehouse.bash && source ./gatehouse.bash"))
    .action(async (shell: Shell) => {
      const { completionScript } = await import("./completion.js");
      print(completionScript(program, shell).trimEnd());
    });
}

/** The options of a command that is asked about a policy and a trace. `schema`: of what it prints as data. */
function addCase(command: Command, schema = `gatehouse.${command.name()}/1`): Command {
  return addPolicy(command)
    .option("--trace <file>", "perf, strace, … also packed, - for standard input (default: embedded)")
    .addOption(formatOption("--format <name>"))
    .option("--task <pid|comm>", "only this task and its descendants")
    .option("--strict", "a line of the trace that cannot be read is an error")
    .option("--json", `print data (${schema})`);
}

/** Those of one that is asked about a policy alone. */
function addPolicy(command: Command): Command {
  return command
    .option(
      "--policy <file>",
      "a policy (.gate) or a seccomp profile (OCI, Docker), - for standard input (default: an embedded one)",
    )
    .option("--caps <names>", "of a profile: the container's capabilities (default: Docker's)", listOf)
    .addOption(
      new Option("--fails <how>", "where a design cannot say a clause exactly")
        .choices(["closed", "open"])
        .default("closed"),
    )
    .option("--catalog <kernel>", "the kernel whose events they are", "6.18-x86_64");
}

/** More than anybody's machine has, and fewer than would take its memory. */
const MAX_JOBS = 256;

function jobCount(text: string): number {
  const jobs = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (jobs >= 1 && jobs <= MAX_JOBS) return jobs;
  throw new InvalidArgumentError(`it is a number from 1 to ${MAX_JOBS}.`);
}

/** Fewer say nothing of the spread. */
const [MIN_ROUNDS, MAX_ROUNDS] = [3, 999];

function roundCount(text: string): number {
  const rounds = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (rounds >= MIN_ROUNDS && rounds <= MAX_ROUNDS) return rounds;
  throw new InvalidArgumentError(`it is a number from ${MIN_ROUNDS} to ${MAX_ROUNDS}.`);
}

const MAX_LAUNCHES = 99;

function launchCount(text: string): number {
  const launches = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (launches >= 1 && launches <= MAX_LAUNCHES) return launches;
  throw new InvalidArgumentError(`it is a number from 1 to ${MAX_LAUNCHES}.`);
}

/** Also of an option that is given several times. */
function listOf(ids: string, before: readonly string[] = []): string[] {
  return [...before, ...ids.split(",").map((id) => id.trim())];
}

function example(line: string): string {
  return `\nExample:\n  $ ${line}`;
}
