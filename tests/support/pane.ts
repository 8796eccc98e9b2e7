/** A program in a terminal of tmux: the test sends keys and reads the screen. */

const patienceMs = 20_000;

/** The program in a pane of tmux. */
export class Pane implements AsyncDisposable {
  readonly #socket = `parley-${crypto.randomUUID()}`;

  /** `env` stands before the program, as "NO_COLOR=1". When it ends the pane shows its exit code. */
  async open(args: string, env = "COLORTERM=truecolor", entry = "client.ts"): Promise<void> {
    const script = new URL(`../../${entry}`, import.meta.url).pathname;
    const program =
      `env -u NO_COLOR ${env} "${Deno.execPath()}" run -A "${script}" ${args}; echo "code $?"; stty -a; sleep 60`;
    await this.#tmux("-f", "/dev/null", "new-session", "-d", "-x", "70", "-y", "24", program);
  }

  async press(...keys: string[]): Promise<void> {
    await this.#tmux("send-keys", ...keys);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux("resize-window", "-x", `${columns}`, "-y", `${rows}`);
  }

  /** The screen as soon as it contains `wanted`; with escape sequences if `raw`. */
  async until(wanted: string | RegExp, raw = false): Promise<string> {
    const late = Date.now() + patienceMs;
    for (;;) {
      const text = await this.#tmux("capture-pane", "-p", ...(raw ? ["-e"] : []));
      if (typeof wanted === "string" ? text.includes(wanted) : wanted.test(text)) return text.trimEnd();
      if (Date.now() > late) throw new Error(`Waited in vain for ${wanted}; the screen shows:\n${text}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server");
  }

  async #tmux(...args: string[]): Promise<string> {
    const command = new Deno.Command("tmux", {
      args: ["-L", this.#socket, ...args],
      stdout: "piped",
      stderr: "piped",
    });
    return new TextDecoder().decode((await command.output()).stdout);
  }
}
