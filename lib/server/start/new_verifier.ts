/** Makes the verifier of `--make-verifier` from a password: typed twice in a terminal, or the first line of a pipe. */
import { promptSecret } from "@std/cli/prompt-secret";
import { TextLineStream } from "@std/streams/text-line-stream";
import { formatVerifier, makeVerifier } from "../../irc/scram.ts";

/** Rounds of PBKDF2 in a new verifier, about a tenth of a second. OPER sends the password, so no client computes them. */
const verifierRounds = 600_000;

/** Standard input. */
interface Input {
  isTerminal(): boolean;
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** The verifier of the password, which is not stored; or why there is none. */
export async function readVerifier(input: Input): Promise<{ verifier: string } | { fault: string }> {
  const isTyped = input.isTerminal();
  const typed = isTyped ? promptSecret("Password: ") : await firstLine(input);
  if (typed && isTyped && promptSecret("Repeat the password: ") !== typed) {
    return { fault: "the two passwords differ; start again" };
  }
  if (!typed) return { fault: "the password is empty; type it, or pipe it to the program" };
  return { verifier: formatVerifier(await makeVerifier(typed, verifierRounds)) };
}

/** The first line of standard input, which a writer perhaps never closes. */
async function firstLine(input: Input): Promise<string> {
  for await (
    const line of input.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
  ) {
    return line;
  }
  return "";
}
