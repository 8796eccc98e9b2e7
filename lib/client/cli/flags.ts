/** The flags of the terminal client, as a table for lib/options.ts, which parses them and prints --help. */

import { shells } from "../../completions.ts";
import type { OptionRow } from "../../options.ts";
import { notifyModes } from "../terminal/notifier.ts";
import { mechanisms } from "../core/login.ts";
import { presenceFilterModes } from "../text/presence_filter.ts";

/** One row for each flag; an OptionTable. */
export const clientFlags = {
  user: {
    kind: "text",
    short: "u",
    metavar: "NAME",
    env: "PARLEY_USER",
    help: "your name; without it the client asks",
    group: "Connection",
  },
  host: {
    kind: "text",
    default: "127.0.0.1",
    env: "PARLEY_HOST",
    help: "address of the server",
    group: "Connection",
  },
  port: {
    kind: "number",
    short: "p",
    min: 1,
    max: 65535,
    env: "PARLEY_PORT",
    help: "port of the server [default 6697, or 6667 without TLS]",
    group: "Connection",
  },
  tls: {
    kind: "flag",
    env: "PARLEY_TLS",
    help:
      "encrypt the connection, as ircs:// does; this is the rule for other computers. The client remembers the certificate of a new server",
    group: "Connection",
  },
  plain: {
    kind: "flag",
    env: "PARLEY_PLAIN",
    help: "do not encrypt the connection to another computer, as irc:// does: others can read what you write",
    group: "Connection",
  },
  fingerprint: {
    kind: "text",
    metavar: "AB:CD:…",
    help: "trust only the server with this certificate (SHA-256); the server prints it at its start",
    group: "Connection",
  },
  channel: {
    kind: "list",
    short: "r",
    formerName: "room",
    metavar: "#CHANNEL",
    default: ["#lobby"],
    help: "channel to join; with a key: '#CHANNEL KEY'",
    group: "Connection",
  },
  account: {
    kind: "text",
    metavar: "NAME",
    env: "PARLEY_ACCOUNT",
    help:
      "log in to this account; the client asks for the password unless a flag below gives it. Without --account, a password logs in to the account of your name",
    group: "Account",
  },
  passwordFile: {
    kind: "text",
    metavar: "FILE",
    env: "PARLEY_PASSWORD_FILE",
    help: "read the password from the first line of this file; you can also put it into PARLEY_PASSWORD",
    group: "Account",
  },
  passwordCommand: {
    kind: "text",
    metavar: "COMMAND",
    env: "PARLEY_PASSWORD_COMMAND",
    help: "read the password from the first line that this command prints, as 'pass chat'",
    group: "Account",
  },
  clientCert: {
    kind: "text",
    metavar: "FILE",
    env: "PARLEY_CLIENT_CERT",
    help:
      "the certificate of this client, as PEM; it logs in without a password after you have written /quote CERT ADD once",
    group: "Account",
  },
  clientKey: {
    kind: "text",
    metavar: "FILE",
    env: "PARLEY_CLIENT_KEY",
    help: "the key of the certificate, as PEM [default: in the file of --client-cert]",
    group: "Account",
  },
  mechanism: {
    kind: "text",
    choices: mechanisms,
    env: "PARLEY_MECHANISM",
    help: "use only this login method; without it, the safest that client and server have",
    group: "Account",
  },
  json: { kind: "flag", help: "print messages as JSON, one object per line", group: "Scripts" },
  since: {
    kind: "text",
    metavar: "TIME",
    help: "for history: print the messages since this time, as 2h, 3d or 2026-01-31T12:00Z",
    group: "Scripts",
  },
  limit: {
    kind: "number",
    default: 50,
    min: 1,
    max: 10_000,
    help: "for history without --since: print this number of the newest messages",
    group: "Scripts",
  },
  backlog: {
    kind: "number",
    default: 50,
    min: 0,
    max: 1000,
    env: "PARLEY_BACKLOG",
    help: "show this number of earlier messages when you join a channel",
    group: "Display",
  },
  typing: {
    kind: "text",
    choices: ["on", "off"],
    default: "on",
    env: "PARLEY_TYPING",
    help: "show others when you type",
    group: "Display",
  },
  color: {
    kind: "text",
    choices: ["auto", "always", "never"],
    default: "auto",
    help: "use colours; NO_COLOR also turns them off",
    group: "Display",
  },
  theme: {
    kind: "text",
    choices: ["dark", "light"],
    env: "PARLEY_THEME",
    help: "background of your terminal; without it the client asks the terminal",
    group: "Display",
  },
  bell: {
    kind: "flag",
    env: "PARLEY_BELL",
    help: "ring the bell for messages with your name and private messages, while you are not looking",
    group: "Display",
  },
  notify: {
    kind: "text",
    choices: notifyModes,
    default: "off",
    env: "PARLEY_NOTIFY",
    help: "show these messages as desktop notifications; use the kind that your terminal knows",
    group: "Display",
  },
  timestamps: {
    kind: "text",
    choices: ["short", "seconds", "iso", "off"],
    help: "format of times; without it, short at a terminal and off in a pipe",
    group: "Display",
  },
  quiet: {
    kind: "text",
    choices: presenceFilterModes,
    default: "off",
    env: "PARLEY_QUIET",
    help: "hide joins and leaves; smart hides them for people who wrote nothing for five minutes",
    group: "Display",
  },
  utc: {
    kind: "flag",
    env: "PARLEY_UTC",
    help: "use UTC for all times, not your time zone",
    group: "Display",
  },
  restricted: {
    kind: "flag",
    env: "PARLEY_RESTRICTED",
    help:
      "for an account that many people share: after the start no files, no other programs, no /quote and no Ctrl-Z",
    group: "Program",
  },
  config: {
    kind: "text",
    metavar: "FILE",
    env: "PARLEY_CONFIG",
    help: "read settings from this file, one name = value per line [default parley/client.conf in ~/.config]",
    group: "Program",
  },
  completions: {
    kind: "text",
    choices: shells,
    help: "print a script that completes these flags in your shell: source <(parley --completions bash)",
    group: "Program",
  },
  help: { kind: "flag", short: "h", help: "print this help", group: "Program" },
  version: { kind: "flag", short: "V", help: "print the version", group: "Program" },
} as const;

/** The environment variables that the client reads: those of the flags, and where its files are and how to draw. */
export const clientVariables: readonly string[] = [
  ...Object.values<OptionRow>(clientFlags).flatMap(({ env }) => env ?? []),
  "PARLEY_PASSWORD",
  ...["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"],
  ...["COLORFGBG", "COLORTERM", "CLICOLOR_FORCE", "FORCE_COLOR", "NO_COLOR", "TERM", "TMUX"],
  ...(Deno.build.os === "windows" ? ["APPDATA", "LOCALAPPDATA", "USERPROFILE"] : []),
];
