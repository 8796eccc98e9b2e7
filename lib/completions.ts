/**
 * Scripts that teach a shell the flags of a program, from the table of options that also gives --help. Pure: it prints
 * nothing and runs no shell. A user loads a script with `source <(parley --completions bash)`.
 */

import type { OptionRow, OptionTable } from "./options.ts";
import { flagName } from "./options.ts";

/** Shells with a script. */
export const shells = ["bash", "zsh", "fish"] as const;
/** One of these shells. */
export type Shell = typeof shells[number];

/** The content of a script. */
export interface Completions {
  /** The name of the program on the command line. */
  readonly program: string;
  readonly rows: OptionTable;
  /** Words that can be the first argument, with their descriptions. */
  readonly words: readonly (readonly [word: string, does: string])[];
}

/** The script; ends with a newline. */
export function completionScript(shell: Shell, completions: Completions): string {
  const { program, rows, words } = completions;
  const flags = Object.entries(rows).filter(([, row]) => !row.secret).flatMap(([key, row]) =>
    flagsOf(key, row)
  );
  return makers[shell](program, flags, words).join("\n") + "\n";
}

interface Flag {
  readonly name: string;
  readonly short: string | undefined;
  readonly help: string;
  /** The type of the flag's value; undefined for a flag without a value. */
  readonly value: Value | undefined;
  readonly repeats: boolean;
}

type Value =
  | { readonly kind: "choices"; readonly choices: readonly string[] }
  | { readonly kind: "file" | "folder" | "word"; readonly metavar: string };

type Words = Completions["words"];
type Maker = (program: string, flags: readonly Flag[], words: Words) => string[];

const makers: Readonly<Record<Shell, Maker>> = { bash, zsh, fish };

function flagsOf(key: string, row: OptionRow): Flag[] {
  const { help, short } = row;
  const flag = { name: flagName(key), short, help, value: valueOf(row), repeats: row.kind === "list" };
  const off = { ...flag, name: `no-${flag.name}`, short: undefined, help: `Turns off --${flag.name}` };
  return row.kind === "flag" && row.default === true ? [flag, off] : [flag];
}

function valueOf(row: OptionRow): Value | undefined {
  if (row.kind === "flag") return undefined;
  if (row.kind === "text" && row.choices !== undefined) return { kind: "choices", choices: row.choices };
  const metavar = row.metavar ?? row.kind.toUpperCase();
  return { kind: metavar === "FILE" ? "file" : metavar === "FOLDER" ? "folder" : "word", metavar };
}

function bash(program: string, flags: readonly Flag[], words: Words): string[] {
  const name = functionName(program);
  const cases = flags.flatMap(({ name, short, value }) => {
    if (value === undefined) return [];
    const written = `--${name}${short === undefined ? "" : ` | -${short}`}`;
    return [`    ${written}) ${bashValue(value)}return ;;`];
  });
  const all = [...flags.map((flag) => `--${flag.name}`), ...words.map(([word]) => word)];
  return [
    `# Load it with: source <(${program} --completions bash)`,
    `${name}() {`,
    `  local IFS=$'\\n' word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}"`,
    `  # bash splits --flag=value into three words.`,
    `  if [[ $word == "=" ]]; then word=""`,
    `  elif [[ $before == "=" ]]; then before="\${COMP_WORDS[COMP_CWORD - 2]}"; fi`,
    `  COMPREPLY=()`,
    `  case "$before" in`,
    ...cases,
    `  esac`,
    `  COMPREPLY=($(compgen -W $'${all.join("\\n")}' -- "$word"))`,
    `}`,
    `complete -F ${name} ${program}`,
  ];
}

function bashValue(value: Value): string {
  switch (value.kind) {
    case "choices":
      return `COMPREPLY=($(compgen -W $'${value.choices.join("\\n")}' -- "$word")); `;
    case "file":
    case "folder": {
      const found = `COMPREPLY=($(compgen ${value.kind === "file" ? "-f" : "-d"} -- "$word")); `;
      return `${found}compopt -o filenames 2>/dev/null; `;
    }
    case "word":
      return "";
  }
}

function zsh(program: string, flags: readonly Flag[], words: Words): string[] {
  const name = functionName(program);
  const specs = flags.map(({ name, short, help, value, repeats }) => {
    const rest = `[${help.replace(/[[\]\\]/g, "\\$&")}]${value === undefined ? "" : zshValue(value)}`;
    const [long, letter] = [`--${name}${value === undefined ? "" : "="}`, `-${short}`];
    if (short === undefined) return quoted(`${repeats ? "*" : ""}${long}${rest}`);
    const both = `{${letter}${value === undefined ? "" : "+"},${long}}`;
    return repeats ? `'*'${both}${quoted(rest)}` : `'(${letter} --${name})'${both}${quoted(rest)}`;
  });
  const places = words.length === 0 ? [] : [
    quoted(`1:what:((${words.map(([word, does]) => `${word}\\:${escapedInList(does)}`).join(" ")}))`),
    "'*:text:'",
  ];
  return [
    `#compdef ${program}`,
    `# Load it with: source <(${program} --completions zsh)`,
    `${name}() {`,
    `  _arguments -s \\`,
    ...[...specs, ...places].map((spec, at, all) => `    ${spec}${at === all.length - 1 ? "" : " \\"}`),
    `}`,
    `if [ "$funcstack[1]" = "${name}" ]; then ${name} "$@"; else compdef ${name} ${program}; fi`,
  ];
}

function zshValue(value: Value): string {
  if (value.kind === "choices") return `:value:(${value.choices.join(" ")})`;
  const what = value.metavar.replace(/[^\w ]+/g, "") || "VALUE";
  return `:${what}:${value.kind === "file" ? "_files" : value.kind === "folder" ? "_files -/" : " "}`;
}

function fish(program: string, flags: readonly Flag[], words: Words): string[] {
  return [
    `# Load it with: ${program} --completions fish | source`,
    `complete -c ${program} -f`,
    ...flags.map(({ name, short, help, value }) => {
      const letter = short === undefined ? "" : ` -s ${short}`;
      return `complete -c ${program} -l ${name}${letter}${fishValue(value)} -d ${quotedForFish(help)}`;
    }),
    ...words.map(([word, does]) =>
      `complete -c ${program} -n __fish_is_first_arg -a ${word} -d ${quotedForFish(does)}`
    ),
  ];
}

function fishValue(value: Value | undefined): string {
  switch (value?.kind) {
    case undefined:
      return "";
    case "choices":
      return ` -x -a ${quotedForFish(value.choices.join(" "))}`;
    case "file":
      return " -r -F";
    case "folder":
      return " -x -a '(__fish_complete_directories)'";
    case "word":
      return " -x";
  }
}

function functionName(program: string): string {
  return `_${program.replace(/\W/g, "_")}`;
}

/** Inside ((word\:does ...)) of zsh. */
function escapedInList(text: string): string {
  return text.replace(/[\s():\\]/g, "\\$&");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function quotedForFish(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
