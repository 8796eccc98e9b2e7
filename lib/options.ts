/**
 * One table of options gives flags, environment variables, defaults and --help, so that none of them can
 * disagree. Pure: it reads neither Deno.args nor Deno.env, prints nothing and never ends the program.
 *
 *     const rows = { port: { kind: "number", default: 6667, min: 0, max: 65535, help: "…" } } as const satisfies OptionTable;
 *     const parsed = parseOptions(rows, Deno.args, Deno.env.toObject());
 *     if ("fault" in parsed) …          // one sentence for the user; otherwise parsed.values.port is a number
 *
 * A key is the flag in camelCase: `maxUsers` is set by `--max-users`. A flag overrides the environment, which
 * overrides the default. An empty environment variable counts as absent; an empty flag value is refused.
 */

import { nearestWord } from "./nearest_word.ts";
import { parseArgs } from "@std/cli/parse-args";

interface Row {
  /** The text after the flag in --help; no full stop. */
  readonly help: string;
  /** One letter, without the dash. */
  readonly short?: string;
  /** An older name of the flag, without dashes: it still works, and --help does not show it. */
  readonly formerName?: string;
  /** The environment variable that is used without the flag. */
  readonly env?: string;
  /** Heading in --help; rows of one group must be adjacent. @default {"Options"} */
  readonly group?: string;
  /** The name of the value in --help, in capitals. @default {the name of the kind} */
  readonly metavar?: string;
  /** Never shown, neither in --help nor in an error. */
  readonly secret?: boolean;
}

/** Without `default` the value can be undefined; a flag is then false and a list empty. */
export type OptionRow =
  & Row
  & (
    | { readonly kind: "text"; readonly default?: string; readonly choices?: readonly string[] }
    /** A whole number. */
    | { readonly kind: "number"; readonly default?: number; readonly min?: number; readonly max?: number }
    /** Bytes, written 512, 64k, 10M or 2G (powers of 1024). */
    | { readonly kind: "size"; readonly default?: number; readonly min?: number; readonly max?: number }
    /** Milliseconds, written 500ms, 30s, 5m, 2h or 7d. */
    | { readonly kind: "duration"; readonly default?: number; readonly min?: number; readonly max?: number }
    /** --name or --no-name. */
    | { readonly kind: "flag"; readonly default?: boolean }
    /** The flag can be repeated; in the environment, commas separate the values. */
    | { readonly kind: "list"; readonly default?: readonly string[] }
  );

export type OptionTable = Readonly<Record<string, OptionRow>>;

type Maybe<R> = R extends { default: string | number } ? never : undefined;
type Value<R> = R extends { kind: "flag" } ? boolean
  : R extends { kind: "list" } ? readonly string[]
  : R extends { kind: "text"; choices: readonly (infer Choice)[] } ? Choice | Maybe<R>
  : R extends { kind: "text" } ? string | Maybe<R>
  : number | Maybe<R>;

export type OptionValues<T extends OptionTable> = { readonly [K in keyof T]: Value<T[K]> };

export interface ParsedOptions<T extends OptionTable> {
  readonly values: OptionValues<T>;
  /** Arguments that are not flags, in order, and everything after "--". */
  readonly positional: readonly string[];
  /** The keys of the options that a flag or the environment sets. */
  readonly given: ReadonlySet<keyof T>;
}

/** One sentence: the fault, and what to write instead. */
export interface OptionFault {
  readonly fault: string;
}

/** `env` is the whole environment; only the names in the table are read. */
export function parseOptions<T extends OptionTable>(
  rows: T,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ParsedOptions<T> | OptionFault {
  const table = Object.entries(rows).map(([key, row]) => ({ key, row, flag: flagName(key) }));
  const unknown: string[] = [];
  const found = parseArgs(args, {
    string: ["_", ...table.filter(({ row }) => row.kind !== "flag").map(({ flag }) => flag)],
    boolean: table.filter(({ row }) => row.kind === "flag").map(({ flag }) => flag),
    negatable: table.filter(({ row }) => row.kind === "flag").map(({ flag }) => flag),
    collect: table.filter(({ row }) => row.kind === "list").map(({ flag }) => flag),
    alias: Object.fromEntries(table.map(({ row, flag }) => [flag, otherNames(row)])),
    // Without this, parseArgs returns false for a missing flag, and the environment would never count.
    default: Object.fromEntries(table.map(({ flag }) => [flag, undefined])),
    unknown: (argument, name) => name === undefined || (unknown.push(argument), false),
  });
  const stranger = unknown[0];
  if (stranger !== undefined) return { fault: unknownOption(stranger, rows) };

  const values: Record<string, unknown> = {};
  const given = new Set<keyof T>();
  for (const { key, row, flag } of table) {
    const oddFlag = row.kind === "flag" && oddFlagValue(args, flag);
    const read = readValue(row, `--${flag}`, oddFlag || found[flag], env);
    if ("fault" in read) return read;
    values[key] = read.value;
    if (found[flag] !== undefined || (row.env !== undefined && env[row.env])) given.add(key);
  }
  return { values: values as OptionValues<T>, positional: found._.map(String), given };
}

/** The names of a flag beside its own. */
export function otherNames({ short, formerName }: OptionRow): string[] {
  return [short, formerName].filter((name) => name !== undefined);
}

type Read = { readonly value: unknown } | OptionFault;

function readValue(
  row: OptionRow,
  flag: string,
  given: unknown,
  env: Readonly<Record<string, string | undefined>>,
): Read {
  if (typeof given === "boolean") return { value: given };
  if (Array.isArray(given) && given.length > 0) return listValue(row, flag, given.map(String));
  if (typeof given === "string") {
    return row.kind === "list" ? listValue(row, flag, [given]) : oneValue(row, flag, given);
  }
  const fromEnvironment = row.env === undefined ? undefined : env[row.env];
  if (row.env !== undefined && fromEnvironment) {
    if (row.kind !== "list") return oneValue(row, row.env, fromEnvironment);
    return { value: fromEnvironment.split(",").map((item) => item.trim()).filter((item) => item !== "") };
  }
  if (row.kind === "flag") return { value: row.default ?? false };
  if (row.kind === "list") return { value: row.default ?? [] };
  return { value: row.default };
}

function listValue(row: OptionRow, flag: string, items: readonly string[]): Read {
  return items.includes("") ? missing(row, flag) : { value: items };
}

/** `name` is the flag or the environment variable that the user wrote. */
function oneValue(row: OptionRow, name: string, text: string): Read {
  if (text === "") return missing(row, name);
  const value = convert(row, text);
  if (value !== undefined) return { value };
  const quoted = row.secret ? "" : ` to "${text}"`;
  return { fault: `Cannot set ${name}${quoted}: it must be ${expected(row)}` };
}

function missing(row: OptionRow, name: string): OptionFault {
  return { fault: `Cannot use ${name} without a value: write ${name}=${placeholder(row)}` };
}

/** Undefined if this row does not accept `text`. */
function convert(row: OptionRow, text: string): string | number | boolean | undefined {
  switch (row.kind) {
    case "text":
      return row.choices === undefined || row.choices.includes(text) ? text : undefined;
    case "flag":
      return /^(1|true|yes|on)$/i.test(text) ? true : /^(0|false|no|off)$/i.test(text) ? false : undefined;
    case "list":
      return text;
    case "number":
      return within(row, /^-?\d+$/.test(text) ? Number(text) : NaN);
    case "size":
      return within(row, Math.round(withUnit(text.replace(/i?b$/i, "").toUpperCase(), sizes)));
    case "duration":
      return within(row, Math.round(withUnit(text.toLowerCase(), durations)));
  }
}

function within(range: { readonly min?: number; readonly max?: number }, value: number): number | undefined {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = range;
  return value >= min && value <= max ? value : undefined;
}

type Units = readonly (readonly [unit: string, amount: number])[];
/** Largest first: formatUnit uses the first unit that divides the value. */
const sizes: Units = [["T", 2 ** 40], ["G", 2 ** 30], ["M", 2 ** 20], ["K", 2 ** 10], ["", 1]];
const durations: Units = [
  ["w", 604_800_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
];

/** NaN if `text` is not a number with one of `units`; 0 needs no unit. */
function withUnit(text: string, units: Units): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(text) ?? [];
  const amount = units.find(([name]) => name === unit)?.[1];
  if (amount === undefined) return Number(digits) === 0 && unit === "" ? 0 : NaN;
  return Number(digits) * amount;
}

function formatUnit(value: number, units: Units): string {
  const [unit, amount] = units.find(([, amount]) => value !== 0 && value % amount === 0) ?? ["", 1];
  return `${value / amount}${unit}`;
}

function expected(row: OptionRow): string {
  switch (row.kind) {
    case "text":
      return `one of ${(row.choices ?? []).join(", ")}`;
    case "flag":
      return "true or false";
    case "list":
      return "text";
    case "number":
      return `a whole number${range(row, String)}`;
    case "size":
      return `a size such as 512, 64K or 10M${range(row, (value) => formatUnit(value, sizes))}`;
    case "duration":
      return `a time such as 30s, 5m, 2h or 7d${range(row, (value) => formatUnit(value, durations))}`;
  }
}

function range(
  { min, max }: { readonly min?: number; readonly max?: number },
  format: (value: number) => string,
): string {
  if (min !== undefined && max !== undefined) return `, from ${format(min)} to ${format(max)}`;
  if (min !== undefined) return `, at least ${format(min)}`;
  return max === undefined ? "" : `, at most ${format(max)}`;
}

/** A value that parseArgs would read as true: --name=banana. */
function oddFlagValue(args: readonly string[], flag: string): string | undefined {
  const end = args.indexOf("--");
  const before = end === -1 ? args : args.slice(0, end);
  return before.find((argument) => argument.startsWith(`--${flag}=`))?.slice(flag.length + 3);
}

function unknownOption(argument: string, rows: OptionTable): string {
  const name = argument.replace(/=.*$/s, "");
  const flags = Object.keys(rows).map((key) => flagName(key));
  const written = name.replace(/^--?/, "");
  const near = flags.find((flag) => written.length > 1 && flag.startsWith(written)) ??
    nearestWord(written, flags);
  return `Cannot use ${name}: there is no such option, ${near ? `did you mean --${near}?` : "see --help"}`;
}

export interface HelpOptions {
  /** The first line: what the program is. */
  readonly usage: string;
  /** A command, and what it does. */
  readonly examples: readonly (readonly [command: string, does: string])[];
  readonly rows: OptionTable;
  /** Columns. @default {96} */
  readonly width?: number;
}

/** The text of --help: examples first, then the options by group in one pair of columns; ends with a newline. */
export function helpText({ usage, examples, rows, width = 96 }: HelpOptions): string {
  const lines = [usage, "", ...columns(examples, indentOf(examples, width), width)];
  const table = Object.entries(rows).map(([key, row]) => ({
    group: row.group ?? "Options",
    pair: [signature(key, row), description(row)] as const,
  }));
  const indent = indentOf(table.map(({ pair }) => pair), width);
  for (const [group, members] of Map.groupBy(table, ({ group }) => group)) {
    lines.push("", `${group}:`, ...columns(members.map(({ pair }) => pair), indent, width));
  }
  return lines.join("\n") + "\n";
}

function signature(key: string, row: OptionRow): string {
  const short = row.short === undefined ? "    " : `-${row.short}, `;
  if (row.kind === "flag") return `${short}--${row.default ? "[no-]" : ""}${flagName(key)}`;
  return `${short}--${flagName(key)} ${placeholder(row)}`;
}

function placeholder(row: OptionRow): string {
  if (row.metavar !== undefined) return row.metavar;
  if (row.kind === "text" && row.choices !== undefined) return row.choices.join("|");
  return {
    text: "TEXT",
    number: "NUMBER",
    size: "SIZE",
    duration: "TIME",
    flag: "true",
    list: "TEXT",
  }[row.kind];
}

function description(row: OptionRow): string {
  const standard = row.secret ? "" : defaultText(row);
  const notes = [
    ...(row.kind === "list" ? ["can be repeated"] : []),
    ...(standard === "" ? [] : [`default ${standard}`]),
    ...(row.env === undefined ? [] : [`env ${row.env}`]),
  ];
  // The no-break space keeps "env PARLEY_PORT" on one line.
  const joined = notes.map((note) => note.replaceAll(" ", noBreakSpace)).join("; ");
  return joined === "" ? row.help : `${row.help} [${joined}]`;
}

function defaultText(row: OptionRow): string {
  if (row.default === undefined) return "";
  switch (row.kind) {
    case "flag":
      return row.default ? "on" : "";
    case "list":
      return row.default.join(",");
    case "size":
      return formatUnit(row.default, sizes);
    case "duration":
      return formatUnit(row.default, durations);
    default:
      return String(row.default);
  }
}

type Pairs = readonly (readonly [left: string, right: string])[];

/** The start of the second column. */
function indentOf(pairs: Pairs, width: number): number {
  return Math.min(Math.max(0, ...pairs.map(([left]) => left.length)) + 4, Math.floor(width / 2));
}

const noBreakSpace = "\u00a0";

/** Two columns; the second is wrapped at spaces, and moves to the next line after a long first one. */
function columns(pairs: Pairs, indent: number, width: number): string[] {
  return pairs.flatMap(([left, right]) => {
    const wrapped = wrapWords(right, width - indent);
    const first = `  ${left}`;
    const beside = first.length + 2 <= indent;
    const rest = (beside ? wrapped.slice(1) : wrapped).map((line) => " ".repeat(indent) + line);
    return beside ? [first.padEnd(indent) + (wrapped[0] ?? ""), ...rest] : [first, ...rest];
  });
}

function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line) => line.replaceAll(noBreakSpace, " "));
}

/** "max-users" for `maxUsers`. */
export function flagName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
