/**
 * Whom to log in as, and where the password comes from before there is a face: a file, a command's output, the
 * environment, or a question at the terminal whose answer is not shown. Never from the arguments, which everybody on
 * the computer can read.
 */

import { promptSecret } from "@std/cli/prompt-secret";
import type { Account } from "../core/login.ts";
import type { ClientValues } from "./read_options.ts";

type Environment = Readonly<Record<string, string>>;
const variable = "PARLEY_PASSWORD";

/** Whom to log in as; undefined for nobody. Throws an Error for people. */
export async function findAccount(
  values: ClientValues,
  name: string | undefined,
  environment: Environment,
): Promise<Account | undefined> {
  const password = await findPassword({
    file: values.passwordFile,
    command: values.passwordCommand,
    environment: environment[variable],
    ask: values.account === undefined ? undefined : `Password of ${values.account}`,
  });
  if (password === undefined) return undefined;
  const owner = values.account ?? name;
  if (owner === undefined) throw new Error("Cannot log in without a name: write --account NAME");
  const { mechanism } = values;
  return { name: owner, password, ...(mechanism !== undefined && { mechanism }) };
}

/** Whether the person is asked for the password, and so may be asked again when it was wrong. */
export function isPasswordAsked(
  { passwordFile, passwordCommand, account }: ClientValues,
  environment: Environment,
): boolean {
  const given = passwordFile ?? passwordCommand ?? environment[variable];
  return account !== undefined && !given;
}

/** What was asked for by flags and environment. */
interface PasswordSources {
  readonly file: string | undefined;
  readonly command: string | undefined;
  readonly environment: string | undefined;
  /** Asks when none of the others is given. */
  readonly ask: string | undefined;
}

/** The password; undefined when none is wanted. Throws an Error for people when it cannot be had. */
async function findPassword(sources: PasswordSources): Promise<string | undefined> {
  const { file, command, environment, ask } = sources;
  if (file !== undefined) return firstLine(await readFile(file), `the file ${file}`);
  if (command !== undefined) return firstLine(await outputOf(command), "the password command");
  if (environment !== undefined && environment !== "") return environment;
  if (ask === undefined) return undefined;
  const written = promptSecret(`${ask}: `, { mask: "" });
  if (written === null || written === "") throw new Error("Cannot log in without a password");
  return written;
}

async function readFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "there is no such file" : "it may not be read";
    throw new Error(`Cannot read the password from "${path}": ${why}`, { cause: error });
  }
}

async function outputOf(command: string): Promise<string> {
  const shell = Deno.build.os === "windows" ? ["cmd", "/c"] as const : ["sh", "-c"] as const;
  const [program, flag] = shell;
  const child = new Deno.Command(program, { args: [flag, command], stdin: "inherit", stderr: "inherit" });
  const { success, stdout } = await child.output();
  if (!success) throw new Error("Cannot log in: the password command failed");
  return new TextDecoder().decode(stdout);
}

function firstLine(text: string, from: string): string {
  const [line = ""] = text.replace(/^\ufeff/, "").split(/\r?\n/, 1);
  if (line === "") throw new Error(`Cannot log in: there is no password in ${from}`);
  return line;
}
