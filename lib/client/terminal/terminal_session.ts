/** One session of a person at the terminal of this process: connects the tty and the UI, from start to end. */

import type { ClientOptions } from "../core/client_options.ts";
import type { Appearance } from "./appearance.ts";
import { TerminalUi } from "./terminal_ui.ts";
import type { TerminalEnding, TerminalUiOptions } from "./terminal_ui_options.ts";
import { Terminal } from "./tty.ts";

/** The settings of a session. */
export interface TerminalSessionOptions extends TerminalUiOptions {
  /** The terminal reports when it gets and loses the focus. */
  readonly reportsFocus: boolean;
  /** The terminal is asked for its background colour, when it shows colours. */
  readonly asksBackground: boolean;
}

/** Everything a session needs. */
export interface TerminalSessionParts {
  readonly client: Omit<ClientOptions, "onEvent">;
  readonly appearance: Appearance;
  readonly options: TerminalSessionOptions;
  /** Is called first, with a function that shows a sentence to the person. */
  readonly onStart: (note: (words: string) => void) => void;
  /** Calls `interrupt` with an exit code when a signal ends the program. */
  readonly onSignals: (interrupt: (code: number) => void) => void;
}

/** How the session ended; `signalCode` is the exit code for "interrupted". */
export interface TerminalSessionResult {
  readonly ending: TerminalEnding;
  readonly signalCode: number;
}

/** Nobody can read more than thirty frames a second. */
const frameMs = 33;
/** The exit code of C-c. */
const interruptCode = 130;

/** Resolves when the person has left. The terminal is then as it was before. */
export async function runTerminalSession(parts: TerminalSessionParts): Promise<TerminalSessionResult> {
  const { client, appearance, options } = parts;
  const terminal = new Terminal({
    focus: options.reportsFocus,
    background: options.asksBackground && appearance.depth !== "none",
  });
  const output = {
    write: (text: string) => terminal.write(text),
    size: () => terminal.size(),
    appearance,
    frameMs,
  };
  const suspend = options.restricted ? undefined : () => terminal.suspend();
  const ui = new TerminalUi({ ...options, client, output, suspend });
  parts.onStart((words) => ui.note(words));
  let signalCode = interruptCode;
  const interruptWith = (code: number): void => {
    signalCode = code;
    ui.interrupt();
  };
  terminal.open({
    onKey: (key) => ui.press(key),
    onBackground(theme) {
      output.appearance = { ...appearance, theme };
      ui.redraw();
    },
    onResize: () => ui.redraw(),
    onResume: () => ui.resume(),
    onClose: () => interruptWith(0),
  });
  parts.onSignals(interruptWith);
  // An error in a timer or a promise of the UI must not end the chat.
  for (const name of ["error", "unhandledrejection"] as const) {
    addEventListener(name, (event) => {
      event.preventDefault();
      ui.client.guard.report("reason" in event ? event.reason : event.error);
    });
  }
  try {
    return { ending: await ui.run(), signalCode };
  } finally {
    terminal.restore();
  }
}
