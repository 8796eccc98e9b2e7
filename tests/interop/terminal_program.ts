/** An IRC program with a screen in tmux, as a conversation needs it: bob types commands and reads the screen. */
import { commandIn } from "../support/irc_app.ts";
import { Pane } from "../support/pane.ts";
import { allOf } from "./child.ts";
import { nameAfterRestart, type Place, type Program, type RunningProgram } from "./conversation.ts";

/** The commands of a program, as its user types them. */
export interface TerminalRecipe extends Pick<Program, "name" | "login"> {
  readonly program: string;
  /** Other commands that it needs. */
  readonly alsoNeeds?: readonly string[];
  /** Writes its settings into `place.home`, and returns its arguments. */
  prepare(place: Place): readonly string[];
  /** The lines that bob types after it shows "Welcome to Parley". */
  begin?(place: Place): readonly string[];
  /**
   * The lines that bob types to connect when the server is back; he waits until the screen matches a pattern.
   * @default {nothing: it connects and joins by itself}
   */
  comeBack?(place: Place): readonly (string | RegExp)[];
  /** @default {`/join ${channel}`} */
  join?(channel: string): readonly string[];
  /**
   * Matches the screen as soon as the program knows the members of a channel that bob joined. Before that, a command
   * about its members has no answer. Some programs have one input line per window: if the window of the channel opens
   * while bob types a command, the first half of the command stays in the old window.
   * @default {nothing: bob goes on at once}
   */
  joined?(channel: string): RegExp;
  /** @default {`/msg ${target} ${text}`} */
  say?(target: string, text: string): readonly string[];
  /** The line that bob types to see the conversation with a target. @default {nothing: all is in one window} */
  look?(target: string): readonly string[];
  /** The line that bob types to see the members of a channel. @default {nothing: they are on the screen} */
  members?(channel: string): readonly string[];
  /** The text on the screen for this number of members. @default {all their names} */
  counted?(count: number): string | RegExp;
}

/** The screen is large, so that a whole message is on it. */
const columns = 200;
const rows = 100;

/** The program in a terminal. */
export function terminalProgram(recipe: TerminalRecipe): Program {
  const { name, login, program, alsoNeeds = [] } = recipe;
  return { name, login, needs: ["tmux", program, ...alsoNeeds], start: (place) => start(recipe, place) };
}

async function start(recipe: TerminalRecipe, place: Place): Promise<RunningProgram> {
  const pane = new Pane();
  await pane.start(commandIn(place.home, [recipe.program, ...recipe.prepare(place)]), columns, rows);
  const type = async (lines: readonly string[]) => {
    for (const line of lines) await pane.type(line);
  };
  const join = async (channel: string) => {
    await type(recipe.join?.(channel) ?? [`/join ${channel}`]);
    const joined = recipe.joined?.(channel);
    if (joined !== undefined) await pane.until(joined);
  };
  const comeBack = async () => {
    for (const line of recipe.comeBack?.(place) ?? []) {
      await (typeof line === "string" ? pane.type(line) : pane.until(line));
    }
    await pane.until(`Your host is ${nameAfterRestart}`);
    await type(recipe.begin?.(place) ?? []);
    await join("#tea");
  };
  let seen = "";
  const running: RunningProgram = {
    join,
    say: (target, text) => type(recipe.say?.(target, text) ?? [`/msg ${target} ${text}`]),
    async until(target, wanted) {
      if (target !== seen) await type(recipe.look?.(target) ?? []);
      seen = target;
      return await pane.until(wanted);
    },
    ...(recipe.comeBack !== undefined && { comeBack }),
    async knows(channel, members) {
      await type(recipe.look?.(channel) ?? []);
      seen = channel;
      await type(recipe.members?.(channel) ?? []);
      await pane.until(recipe.counted?.(members.length) ?? allOf(members));
    },
    async [Symbol.asyncDispose]() {
      // The program must not write to its home folder after the folder is deleted.
      await pane.kill();
      await pane[Symbol.asyncDispose]();
    },
  };
  try {
    await pane.until("Welcome to Parley");
    await type(recipe.begin?.(place) ?? []);
    return running;
  } catch (error) {
    await running[Symbol.asyncDispose]();
    throw error;
  }
}
