// `gatehouse bpf`: what was merged in 2012, by itself. Programs are made of policies, and read back as what they mean.

import { type Command, Option } from "commander";
import type { MakeOptions } from "./bpf-make.js";
import type { ShowProgramOptions } from "./bpf-show.js";

export const DEFAULT_DENIAL = "kill_process";

/** `addPolicy`: the options of a command that is asked about a policy. */
export function addBpf(program: Command, addPolicy: (command: Command) => Command): void {
  const bpf = program
    .command("bpf")
    .description("seccomp programs in classic BPF (2012): make one of a policy, read what one means")
    .helpCommand(false);
  const make = bpf
    .command("make")
    .description("make a seccomp program of a policy, by way of a design's own")
    .option("--design <id>", "the design that says the policy", "filter-engine-2010@corrected")
    .addOption(
      new Option("--shape <how>", "how it looks for a call's number")
        .choices(["linear", "tree"])
        .default("tree"),
    )
    .addOption(
      new Option("--denial <action>", "what a refused call returns")
        .choices(["kill_process", "kill_thread", "trap", "errno"])
        .default(DEFAULT_DENIAL),
    )
    .option(
      "-o, --output <file>",
      "write raw instructions, as `seccomp-tools dump -f raw` does; - for text",
      "-",
    )
    .addHelpText("after", "\nExample:\n  $ gatehouse bpf make --policy nginx.gate -o nginx.bpf")
    .addHelpText("after", "\n`errno` is EPERM.");
  addPolicy(make)
    .option("--json", "print data about what was made (gatehouse.bpf-make/1)")
    .action(async (options: MakeOptions) => (await import("./bpf-make.js")).makeProgram(options));
  bpf
    .command("show")
    .description("say what a seccomp program does with each call, whatever its shape")
    .argument("<file>", "raw instructions, or their text as bpf_asm has it; - for standard input")
    .option("--listing", "instead, its instructions one by one")
    .option("--catalog <kernel>", "the kernel whose calls they are", "6.18-x86_64")
    .option("--json", "print data (gatehouse.bpf-show/1)")
    .addHelpText("after", "\nExample:\n  $ gatehouse bpf show nginx.bpf")
    .action(async (file: string, options: ShowProgramOptions) =>
      (await import("./bpf-show.js")).showProgram(file, options),
    );
}
