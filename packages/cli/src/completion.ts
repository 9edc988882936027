// `gatehouse completion`: a script for a shell, made from the command's own definition, so that it knows what there is.

import { catalogs } from "@gatehouse/catalog";
import { claims } from "@gatehouse/scenarios";
import type { Command, Option } from "commander";
import { backendNames } from "./known-back-ends.js";
import { bareNames, DECIDE, setNames, variants } from "./known-designs.js";

export type Shell = "bash" | "zsh" | "fish";

export function completionScript(program: Command, shell: Shell): string {
  const commands = commandsOf(program, []);
  if (shell === "bash") return bash(commands);
  return shell === "zsh" ? zsh(commands) : fish(commands);
}

/** A command and what may follow it. `path`: the words that lead to it, none for `gatehouse` itself. */
type Known = {
  readonly path: readonly string[];
  readonly subcommands: readonly { readonly name: string; readonly does: string }[];
  readonly options: readonly KnownOption[];
  /** Its argument. */
  readonly takes: Value;
};

type KnownOption = { readonly names: readonly string[]; readonly does: string; readonly takes: Value | null };

/** What may stand for a value: files, some words, or something that cannot be completed. */
type Value = "file" | "other" | readonly string[];

function commandsOf(command: Command, path: readonly string[]): Known[] {
  const [argument] = command.registeredArguments;
  const known: Known = {
    path,
    subcommands: command.commands.map((each) => ({ name: each.name(), does: each.description() })),
    options: [...command.createHelp().visibleOptions(command)].map(knownOption),
    takes: argument === undefined ? [] : (argument.argChoices ?? valueNamed(argument.name())),
  };
  return [known, ...command.commands.flatMap((each) => commandsOf(each, [...path, each.name()]))];
}

function knownOption({ short, long, flags, description, argChoices }: Option): KnownOption {
  const placeholder = /[<[](.+?)(?:\.\.\.)?[>\]]/.exec(flags)?.[1];
  const takes = placeholder === undefined ? null : (argChoices ?? valueNamed(placeholder));
  return { names: [short, long].filter((name) => name !== undefined), does: description, takes };
}

/** By the placeholder that help shows. */
function valueNamed(placeholder: string): Value {
  if (/^(file|output|input|trace)s?$/i.test(placeholder)) return "file";
  const ids = [...variants.map(({ id }) => id), ...bareNames, ...setNames];
  if (placeholder === "id" || placeholder === "ids") return ids;
  if (placeholder === "ids|decide") return [...ids, DECIDE];
  if (placeholder === "back-ends") return backendNames;
  if (placeholder === "claim") return claims.map(({ id }) => id);
  return placeholder === "kernel" ? Object.keys(catalogs) : "other";
}

// bash and zsh: one function that first finds the command among the words before the cursor, then offers what may
// follow: the value of the option just before, or the command's words.

type Offer = { readonly files: string; readonly words: (words: readonly string[]) => string };

function bash(commands: readonly Known[]): string {
  const offer: Offer = {
    files: 'compopt -o filenames 2> /dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$word")',
    words: (words) => `mapfile -t COMPREPLY < <(compgen -W ${quote(words.join(" "))} -- "$word")`,
  };
  return `# bash completion of gatehouse, made by \`gatehouse completion bash\`
_gatehouse() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} at= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at \${COMP_WORDS[i]}" in
${steps(commands)}
    esac
  done
${offers(commands, offer)}
}
complete -F _gatehouse gatehouse
`;
}

function zsh(commands: readonly Known[]): string {
  const offer: Offer = { files: "_files", words: (words) => `compadd -- ${words.map(quote).join(" ")}` };
  return `#compdef gatehouse
# zsh completion of gatehouse, made by \`gatehouse completion zsh\`
_gatehouse() {
  local before=\${words[CURRENT-1]} at= i
  for ((i = 2; i < CURRENT; i++)); do
    case "$at \${words[i]}" in
${steps(commands)}
    esac
  done
${offers(commands, offer)}
}
# Loaded from fpath, the file is the function at its first call.
if [[ $funcstack[1] == _gatehouse ]]; then _gatehouse "$@"; else compdef _gatehouse gatehouse; fi
`;
}

function steps(commands: readonly Known[]): string {
  return commands
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => `      ${quote(` ${path.join(" ")}`)}) at=${quote(` ${path.join(" ")}`)} ;;`)
    .join("\n");
}

function offers(commands: readonly Known[], offer: Offer): string {
  const cases = commands.flatMap(({ path, options }) =>
    options.flatMap(({ names, takes }) => (takes === null ? [] : [valueCase(path, names, takes, offer)])),
  );
  return [
    '  case "$at $before" in',
    ...cases.map((line) => `    ${line}`),
    "  esac",
    '  case "$at" in',
    ...commands.map(
      (command) =>
        `    ${quote(command.path.map((word) => ` ${word}`).join(""))}) ${follows(command, offer)} ;;`,
    ),
    "  esac",
  ].join("\n");
}

function valueCase(path: readonly string[], names: readonly string[], takes: Value, offer: Offer): string {
  const patterns = names.map((name) => quote([...path.map((word) => ` ${word}`), ` ${name}`].join("")));
  return `${patterns.join(" | ")}) ${value(takes, offer)} return ;;`;
}

function value(takes: Value, { files, words }: Offer): string {
  if (takes === "other") return "";
  return takes === "file" ? `${files};` : `${words(takes)};`;
}

function follows({ subcommands, options, takes }: Known, { files, words }: Offer): string {
  const offered = [...subcommands.map(({ name }) => name), ...options.flatMap(({ names }) => names)];
  const all = typeof takes === "string" ? offered : [...takes, ...offered];
  return takes === "file" ? `if [[ $\{word-} != -* ]]; then ${files}; else ${words(all)}; fi` : words(all);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fish(commands: readonly Known[]): string {
  const lines = commands.flatMap(({ path, subcommands, options, takes }) => {
    const condition = path.length === 0 ? "__fish_use_subcommand" : seen(path);
    const start = `complete -c gatehouse -n ${quote(condition)}`;
    const words = typeof takes === "string" ? [] : takes;
    return [
      ...subcommands.map(({ name, does }) => `${start} -a ${name} -d ${quote(does)}`),
      ...(words.length === 0 ? [] : [`${start} -a ${quote(words.join(" "))}`]),
      ...(takes === "file" ? [`${start} -F`] : []),
      ...options.map((option) => `${start} ${fishOption(option)}`),
    ];
  });
  return [
    "# fish completion of gatehouse, made by `gatehouse completion fish`",
    "complete -c gatehouse -f",
    ...lines,
    "",
  ].join("\n");
}

function seen(path: readonly string[]): string {
  return path.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");
}

function fishOption({ names, does, takes }: KnownOption): string {
  const flags = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return [...flags, ...fishValue(takes), `-d ${quote(does)}`].join(" ");
}

function fishValue(takes: Value | null): string[] {
  if (takes === null) return [];
  if (takes === "file") return ["-r -F"];
  return takes === "other" ? ["-x"] : [`-x -a ${quote(takes.join(" "))}`];
}
