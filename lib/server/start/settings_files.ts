/**
 * The files in the settings: message of the day, password, operators. The server can read them again while it runs.
 */
import { deadlines } from "../../deadlines.ts";
import type { ReloadableFiles } from "../chat/chat_options.ts";
import type { Settings } from "../settings/settings.ts";
import { parseVerifier, type Verifier } from "../../irc/scram.ts";
import { systemReason } from "../../net/system_reason.ts";

/** The texts of pipes, by path: a pipe gives its text once, so REHASH uses this one again. */
const pipes = new Map<string, string>();

/**
 * Reads the settings that are pipes, such as `<(pass show chat)`, once and before readFiles(). A pipe that nobody writes
 * would stop the whole server. Rejects with an Error with a sentence for people.
 */
export async function readPipes({ motd, passwordFile, operFile }: Settings): Promise<void> {
  for (const path of [motd, passwordFile, operFile]) {
    if (!path || pipes.has(path) || !isPipe(path)) continue;
    pipes.set(path, await readPipe(path));
  }
}

/** The text of a pipe; rejects with a sentence when nobody writes it. */
export async function readPipe(path: string, ms: number = deadlines.pipeMs): Promise<string> {
  try {
    return await Deno.readTextFile(path, { signal: AbortSignal.timeout(ms) });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new Error(`Cannot read "${path}": it is a pipe, and no program writes into it`);
  }
}

/** The files that REHASH and SIGHUP read again. Throws an Error with a sentence for people. */
export function readFiles({ motd, passwordFile, oper, operFile }: Settings): ReloadableFiles {
  const lines = operFile ? readText(operFile, "operator file").split("\n") : [];
  return {
    motd: motd === ""
      ? []
      : (isFile(motd) || pipes.has(motd) ? readText(motd, "motd") : motd).trimEnd().split(/\r?\n/),
    password: passwordFile && readPassword(passwordFile),
    operators: readOperators([...oper, ...lines.map((line) => line.trim())]),
  };
}

function readPassword(path: string): string {
  const password = readText(path, "password file").trim();
  if (password === "") {
    throw new Error(`Cannot use the password file "${path}": it is empty; write a password into it`);
  }
  return password;
}

/** Lines "name:verifier"; empty lines and comments ("#") are skipped. */
function readOperators(lines: readonly string[]): Map<string, Verifier> {
  const written = lines.filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(written.map((line) => {
    const at = line.indexOf(":");
    const verifier = at > 0 ? parseVerifier(line.slice(at + 1)) : undefined;
    if (verifier !== undefined) return [line.slice(0, at), verifier];
    throw new Error("Cannot read an operator: write NAME:VERIFIER, and make a verifier with --make-verifier");
  }));
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function isPipe(path: string): boolean {
  try {
    return Deno.statSync(path).isFifo === true;
  } catch {
    return false;
  }
}

function readText(path: string, description: string): string {
  const piped = pipes.get(path);
  if (piped !== undefined) return piped;
  if (isPipe(path)) throw new Error(`Cannot read the ${description} "${path}" again: it is a pipe`);
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw new Error(`Cannot read the ${description} "${path}": ${systemReason(error)}`);
  }
}
