/** The settings of a terminal UI, its parts, and its end: types only. */

import type { ClientOptions, Ending } from "../core/client_options.ts";
import type { PresenceFilter } from "../text/presence_filter.ts";
import type { TerminalOutput } from "./display.ts";
import type { Timestamps } from "./event_rows.ts";
import type { Notifier } from "./notifier.ts";

/** The person's settings. */
export interface TerminalUiOptions {
  readonly timestamps: Timestamps;
  /** Notifies the person of mentions and private messages. */
  readonly notifier: Notifier;
  /** Others see when the person types. */
  readonly typing: boolean;
  /** The person typed the password of the account, and can correct it when it was wrong. */
  readonly asksPassword: boolean;
  /** The home folder, for "~" in a path. */
  readonly home: string;
  readonly presenceFilter: PresenceFilter;
  /** The owner of this computer allows only chat: no files, no raw IRC lines. */
  readonly restricted: boolean;
  /** The pause after which the password guard holds no more keys, in milliseconds. @default {1_500} */
  readonly pauseMs?: number;
}

/** Everything a UI needs. */
export interface TerminalUiParts extends TerminalUiOptions {
  /** With an empty nick, the UI first asks for one. */
  readonly client: Omit<ClientOptions, "onEvent">;
  readonly output: TerminalOutput;
  /** C-z; undefined when the person must not reach a shell. */
  readonly suspend: (() => void) | undefined;
}

/** Why the UI ended: the person left or pressed C-c, or there is no server. */
export type TerminalEnding = Ending | { readonly kind: "interrupted" };
