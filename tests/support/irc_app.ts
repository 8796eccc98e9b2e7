/**
 * A real IRC app in a terminal of tmux: the test types into it and reads its screen. The app has a home folder of its
 * own and no setting of the person who runs the tests. It does not know what the app prints; the stories do.
 */
import { temporaryFolder } from "./folder.ts";
import { Pane } from "./pane.ts";

/** How to start one app. */
export interface AppRecipe {
  /** The name of the program. */
  readonly program: string;
  /** Prepares the home folder, and returns the arguments before those of the story. */
  prepare(home: string): readonly string[];
  /** The arguments that connect to a server, as the guide for people who chat writes them. */
  connectTo(port: number, nick: string): readonly string[];
}

const columns = 100;
const rows = 30;

/** A running app; it is killed at the end of its scope. */
export class IrcApp implements AsyncDisposable {
  readonly #home = temporaryFolder();
  readonly #pane = new Pane();

  private constructor() {}

  /** Starts the app with these arguments. */
  static async start(recipe: AppRecipe, args: readonly string[]): Promise<IrcApp> {
    const app = new IrcApp();
    const home = app.#home.folder;
    const env = [`HOME=${home}`, `PATH=${Deno.env.get("PATH")}`, "TERM=screen", "LC_ALL=C.UTF-8", "TZ=UTC"];
    const words = ["env", "-i", ...env, recipe.program, ...recipe.prepare(home), ...args];
    // With "exec" the process of the pane is the app, not a shell.
    await app.#pane.start(`exec ${words.map(quote).join(" ")}`, columns, rows);
    return app;
  }

  /** Types a message or a command. */
  async type(line: string): Promise<void> {
    await this.#pane.type(line);
  }

  /** The screen as soon as it matches. */
  until(wanted: string | RegExp): Promise<string> {
    return this.#pane.until(wanted);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The app must not write to its home folder after the folder is deleted.
    await this.#pane.kill();
    await this.#pane[Symbol.asyncDispose]();
    this.#home[Symbol.dispose]();
  }
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
