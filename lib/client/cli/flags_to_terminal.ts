/** The options of a terminal session, from the flags and the environment. */

import { Notifier } from "../terminal/notifier.ts";
import type { TerminalSessionOptions } from "../terminal/terminal_session.ts";
import { PresenceFilter } from "../text/presence_filter.ts";
import { isPasswordAsked } from "./password_source.ts";
import type { ClientValues } from "./read_options.ts";

/** The options of a session. Pure. */
export function terminalOptions(
  values: ClientValues,
  environment: Readonly<Record<string, string>>,
): TerminalSessionOptions {
  const { timestamps = "short", bell, notify, typing, quiet, restricted, theme } = values;
  return {
    timestamps,
    notifier: new Notifier({
      bell,
      notify,
      inTmux: Boolean(environment["TMUX"]),
      now: () => performance.now(),
    }),
    reportsFocus: bell || notify !== "off",
    // The Linux console would show the question as text.
    asksBackground: theme === undefined && environment["TERM"] !== "linux" && !environment["COLORFGBG"],
    typing: typing === "on",
    asksPassword: isPasswordAsked(values, environment),
    home: environment["HOME"] ?? "",
    presenceFilter: new PresenceFilter(quiet),
    restricted,
  };
}
