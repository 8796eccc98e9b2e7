/** A person at the terminal of this process: the tty and a desk brought together, from the first prompt to the last. */

import type { ClientOptions } from "../core/client_options.ts";
import { PresenceFilter } from "../text/presence_filter.ts";
import { Attention } from "./attention.ts";
import type { Leaving } from "./terminal_ui.ts";
import { TerminalUi } from "./terminal_ui.ts";
import { isPasswordAsked } from "../cli/password_source.ts";
import type { Look } from "./paint.ts";
import type { ClientValues } from "../cli/read_options.ts";
import { onSignals } from "../cli/signals.ts";
import { Terminal } from "./tty.ts";

/** What a sitting is made of. */
export interface TerminalSessionParts {
  readonly client: Omit<ClientOptions, "onEvent">;
  readonly look: Look;
  readonly values: ClientValues;
  readonly environment: Readonly<Record<string, string>>;
  /** Is handed the way to tell the person something, before anything happens. */
  readonly seated: (note: (words: string) => void) => void;
}

/** How it ended; `interruption` is the exit code for "interrupted". */
export interface TerminalSessionResult {
  readonly leaving: Leaving;
  readonly interruption: number;
}

/** Thirty frames a second are more than one can read. */
const frameMs = 33;

/** Resolves when the person has left, and the terminal is as it was. */
export async function runTerminalSession(parts: TerminalSessionParts): Promise<TerminalSessionResult> {
  const { look, values, environment } = parts;
  // The console of Linux would show the question.
  const answers = environment["TERM"] !== "linux" && !environment["COLORFGBG"];
  const background = answers && look.depth !== "none" && values.theme === undefined;
  const terminal = new Terminal({ focus: values.bell || values.notify !== "off", background });
  const outlet = {
    write: (text: string) => terminal.write(text),
    size: () => terminal.size(),
    look,
    frameMs,
  };
  const desk = deskFor(parts, terminal, outlet);
  parts.seated((words) => desk.note(words));
  let interruption = 130;
  const interruptWith = (code: number): void => {
    interruption = code;
    desk.interrupt();
  };
  terminal.open({
    key: (key) => desk.key(key),
    background(found) {
      outlet.look = { ...look, theme: found };
      desk.redraw();
    },
    resized: () => desk.redraw(),
    resumed: () => desk.redraw(),
    gone: () => interruptWith(0),
  });
  onSignals(interruptWith);
  try {
    return { leaving: await desk.run(), interruption };
  } finally {
    terminal.restore();
  }
}

function deskFor(
  { client, values, environment }: TerminalSessionParts,
  terminal: Terminal,
  outlet: ConstructorParameters<typeof TerminalUi>[0]["outlet"],
): TerminalUi {
  const { timestamps = "short", bell, notify, typing, quiet, restricted } = values;
  const inTmux = Boolean(environment["TMUX"]);
  return new TerminalUi({
    client,
    outlet,
    timestamps,
    attention: new Attention({ bell, notify, inTmux, now: Date.now }),
    typing: typing === "on",
    asksPassword: isPasswordAsked(values, environment),
    home: environment["HOME"] ?? "",
    quiet: new PresenceFilter(quiet),
    restricted,
    suspend: restricted ? undefined : () => terminal.suspend(),
  });
}
