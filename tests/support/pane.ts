/** A program in a terminal of tmux: the test sends keys and reads the screen. */

const longestWaitMs = 20_000;

/** The program in a pane of tmux. */
export class Pane implements AsyncDisposable {
  readonly #socket = `parley-${crypto.randomUUID()}`;

  /** `env` stands before the program, as "NO_COLOR=1". When it ends the pane shows its exit code. */
  async open(args: string, env = "COLORTERM=truecolor", entry = "client.ts"): Promise<void> {
    const script = new URL(`../../${entry}`, import.meta.url).pathname;
    const program =
      `env -u NO_COLOR ${env} "${Deno.execPath()}" run -A "${script}" ${args}; echo "code $?"; stty -a; sleep 60`;
    await this.start(program, 70, 24);
  }

  /** Runs any command of the shell. When it ends, the screen stays. */
  async start(command: string, columns: number, rows: number): Promise<void> {
    const size = ["-x", `${columns}`, "-y", `${rows}`];
    const stays = [";", "set-option", "remain-on-exit", "on"];
    await this.#tmux("-f", "/dev/null", "new-session", "-d", ...size, command, ...stays);
  }

  /** Ends the command at once, so that it can write no file any more. */
  async kill(): Promise<void> {
    const pid = Number(await this.#tmux("display-message", "-p", "#{?pane_dead,,#{pane_pid}}"));
    if (pid > 0) Deno.kill(pid, "SIGKILL");
  }

  async press(...keys: string[]): Promise<void> {
    await this.#tmux("send-keys", ...keys);
  }

  /** Types the text as it is, then Enter. */
  async type(text: string): Promise<void> {
    await this.#tmux("send-keys", "-l", text);
    await this.press("Enter");
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux("resize-window", "-x", `${columns}`, "-y", `${rows}`);
  }

  /** The screen as soon as it contains `wanted`; with escape sequences if `raw`. */
  async until(wanted: string | RegExp, raw = false): Promise<string> {
    const late = Date.now() + longestWaitMs;
    for (;;) {
      const text = await this.#tmux("capture-pane", "-p", ...(raw ? ["-e"] : []));
      if (typeof wanted === "string" ? text.includes(wanted) : wanted.test(text)) return text.trimEnd();
      if (Date.now() > late) throw new Error(`Waited in vain for ${wanted}; the screen shows:\n${text}`);
      // Asking without a pause takes the processor time that the program needs.
      await new Promise((resolve) => setTimeout(resolve, 20));
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
