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
    await app.#pane.start(commandIn(home, [recipe.program, ...recipe.prepare(home), ...args]), columns, rows);
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

/** The environment of a program that has this home folder and no setting of the person who runs the tests. */
export function environmentIn(home: string): Record<string, string> {
  return {
    HOME: home,
    PATH: Deno.env.get("PATH") ?? "",
    TERM: "screen-256color",
    LC_ALL: "C.UTF-8",
    TZ: "UTC",
  };
}

/** The command of the shell that starts a program there. With "exec" the process is the program, not a shell. */
export function commandIn(home: string, words: readonly string[]): string {
  const environment = Object.entries(environmentIn(home)).map(([name, value]) => `${name}=${value}`);
  return `cd ${quote(home)} && exec ${["env", "-i", ...environment, ...words].map(quote).join(" ")}`;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
