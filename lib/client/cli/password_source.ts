/**
 * Finds the password of the account: in a file, in the output of a command, in the environment, or with a hidden
 * question at the terminal. It is never in the arguments, because every user of the computer can read them.
 */

import { deadlines } from "../../deadlines.ts";
import { promptSecret } from "@std/cli/prompt-secret";
import type { ClientValues } from "./read_options.ts";

type Environment = Readonly<Record<string, string>>;
const variable = "PARLEY_PASSWORD";

/**
 * The password; undefined for no login. With `canAsk`, it asks for the password of an account that is named. Throws an
 * Error with a sentence for people.
 */
export function findPassword(
  values: ClientValues,
  environment: Environment,
  canAsk: boolean,
): Promise<string | undefined> {
  return passwordFrom({
    file: values.passwordFile,
    command: values.passwordCommand,
    environment: environment[variable],
    ask: values.account === undefined || !canAsk ? undefined : `Password of ${values.account}`,
  });
}

/** Whether the person types the password, and so can correct a wrong one. */
export function isPasswordAsked(
  { passwordFile, passwordCommand, account }: ClientValues,
  environment: Environment,
): boolean {
  const given = passwordFile ?? passwordCommand ?? environment[variable];
  return account !== undefined && !given;
}

/** The sources that the flags and the environment name. */
interface PasswordSources {
  readonly file: string | undefined;
  readonly command: string | undefined;
  readonly environment: string | undefined;
  /** The question, when there is no other source. */
  readonly ask: string | undefined;
}

/** The password; undefined for no login. Throws an Error with a sentence for people when there is none. */
async function passwordFrom(sources: PasswordSources): Promise<string | undefined> {
  const { file, command, environment, ask } = sources;
  if (file !== undefined) return firstLine(await readFile(file), `the file "${file}"`);
  if (command !== undefined) return firstLine(await outputOf(command), "the output of the password command");
  if (environment !== undefined && environment !== "") return environment;
  if (ask === undefined) return undefined;
  const written = promptSecret(`${ask}: `, { mask: "" });
  if (written === null || written === "") throw new Error("Cannot log in without a password");
  return written;
}

async function readFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path, { signal: AbortSignal.timeout(deadlines.passwordMs) });
  } catch (error) {
    if (error instanceof DOMException) {
      throw new Error(`Cannot read the password from "${path}": it is a pipe, and no program writes into it`);
    }
    const why = error instanceof Deno.errors.NotFound ? "the file does not exist" : "access denied";
    throw new Error(`Cannot read the password from "${path}": ${why}`, { cause: error });
  }
}

async function outputOf(command: string): Promise<string> {
  const shell = Deno.build.os === "windows" ? ["cmd", "/c"] as const : ["sh", "-c"] as const;
  const [program, flag] = shell;
  const child = new Deno.Command(program, { args: [flag, command], stdin: "inherit", stderr: "inherit" });
  // A signal that kills it is not enough: programs that it started can still hold its output open.
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), deadlines.passwordMs);
  const ended = await Promise.race([child.output(), late.promise]);
  clearTimeout(timer);
  if (ended === undefined) throw new Error("Cannot log in: the password command does not end");
  const { success, stdout } = ended;
  if (!success) throw new Error("Cannot log in: the password command failed");
  return new TextDecoder().decode(stdout);
}

function firstLine(text: string, from: string): string {
  const [line = ""] = text.replace(/^\ufeff/, "").split(/\r?\n/, 1);
  if (line === "") throw new Error(`Cannot log in: ${from} has no password in its first line`);
  return line;
}
