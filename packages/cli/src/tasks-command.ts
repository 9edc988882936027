// `gatehouse tasks`: the task side alone, by recorded sequences of calls.

import { type Command, Option } from "commander";
import type { TasksOptions } from "./tasks.js";

export function addTasks(program: Command): void {
  const tasks = program
    .command("tasks")
    .description("sequences of calls by several tasks, through a variant's task side")
    .helpCommand(false);
  tasks
    .command("run")
    .description("answer each step of recorded sequences; reads and writes JSON lines")
    .argument("[file]", "the sequences, - for standard input (default: standard input)")
    .addOption(new Option("--design <id>", "the variant whose rules hold (required)").makeOptionMandatory())
    .addHelpText("after", RUN_HELP)
    .action(async (file: string | undefined, options: TasksOptions) =>
      (await import("./tasks.js")).runTasks(file, options),
    );
}

const RUN_HELP = `
Reads   {"id", "config": {"compat", "ftrace_syscalls", "seccomp_filter"}, "steps"},
        a step {"task", "op", …}: boot, prctl, check, fork, exec, exit, privilege,
        proc, bulk, repeat. Answers that stand beside a step are ignored.
Writes  {"id", "steps": [{"answer", "log", "proc", "cost"}]}, an element a step;
        {"id", "skipped"} where memory runs out, which is not modelled

docs/task-side.md has the shapes.

Example:
  $ gatehouse tasks run --design filter-engine-2010@v2 sequences.jsonl`;
