/** A program without a screen: its output is text, and a test can write to its input. It is killed at the end. */
import { fileText } from "../support/file_text.ts";
import { environmentIn } from "../support/irc_app.ts";

const longestWaitMs = 20_000;

/** How to start it. */
export interface ChildOptions {
  /** Its home folder, and the folder in which it runs. */
  readonly home: string;
  /** More variables for its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running program. */
export class Child implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #reading: Promise<unknown>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  #output = "";

  constructor(command: string, args: readonly string[], { home, env = {} }: ChildOptions) {
    const [first = "", ...rest] = [...asNobody(home), command, ...args];
    this.#process = new Deno.Command(first, {
      args: rest,
      cwd: home,
      env: { ...environmentIn(home), ...env },
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#reading = Promise.all([this.#read(this.#process.stdout), this.#read(this.#process.stderr)]);
  }

  /** Its output so far. */
  get output(): string {
    return this.#output;
  }

  async write(...lines: string[]): Promise<void> {
    for (const line of lines) await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  /** Its output, as soon as it matches. */
  until(wanted: string | RegExp): Promise<string> {
    return untilText(() => this.#output, wanted);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#process.status;
    await this.#input.close().catch(() => {});
    await this.#reading;
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) this.#output += text;
  }
}

/** The words before a command that give root's rights and this folder away: bouncers and bots refuse to run as root. */
function asNobody(home: string): readonly string[] {
  if (Deno.uid() !== 0) return [];
  const nobody = 65_534;
  for (const path of [home, ...filesIn(home)]) Deno.chownSync(path, nobody, nobody);
  return ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];
}

/** All files and folders below a folder. */
function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    return [path, ...(isDirectory ? filesIn(path) : [])];
  });
}

/** The text as soon as it matches. The text changes without an event: it is a file, or the window of a program. */
export async function untilText(
  read: () => string | Promise<string>,
  wanted: string | RegExp,
): Promise<string> {
  const late = Date.now() + longestWaitMs;
  for (;;) {
    const text = await read();
    if (typeof wanted === "string" ? text.includes(wanted) : wanted.test(text)) return text;
    if (Date.now() > late) throw new Error(`Waited too long for ${wanted}; there is:\n${text}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Matches a text that has all these words, in any order. */
export function allOf(words: readonly string[]): RegExp {
  return new RegExp(`^${words.map((word) => `(?=[^]*\\b${word}\\b)`).join("")}`);
}

/** The text of all files below a folder; empty while there is none. */
export function textIn(folder: string): string {
  try {
    return filesIn(folder).filter((path) => Deno.statSync(path).isFile).map(fileText).join("\n");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
