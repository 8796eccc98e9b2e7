/** The flags of the terminal client, as a table for lib/options.ts, which gives parsing, the environment and --help. */

import { shells } from "../../completions.ts";
import { notices } from "../terminal/attention.ts";
import { mechanisms } from "../core/login.ts";
import { presenceFilterModes } from "../text/presence_filter.ts";

/** One row for each; an OptionTable. */
export const clientFlags = {
  user: {
    kind: "text",
    short: "u",
    metavar: "NAME",
    env: "PARLEY_USER",
    help: "Your name; asked for when absent",
  },
  host: { kind: "text", default: "127.0.0.1", env: "PARLEY_HOST", help: "Where the server is" },
  port: {
    kind: "number",
    short: "p",
    min: 1,
    max: 65535,
    env: "PARLEY_PORT",
    help: "Its port [default 6667, or 6697 with TLS]",
  },
  tls: {
    kind: "flag",
    env: "PARLEY_TLS",
    help: "Encrypts the connection, as ircs:// does; a server met for the first time is remembered",
  },
  fingerprint: {
    kind: "text",
    metavar: "AB:CD:…",
    help: "Trusts only the server with this certificate (SHA-256), as it prints it",
  },
  room: { kind: "list", short: "r", metavar: "#ROOM", default: ["#lobby"], help: "Room to enter" },
  account: {
    kind: "text",
    metavar: "NAME",
    env: "PARLEY_ACCOUNT",
    help:
      "Logs in to it; the password is asked for unless it comes from one of these, which alone mean the account of your name",
    group: "Account",
  },
  passwordFile: {
    kind: "text",
    metavar: "FILE",
    env: "PARLEY_PASSWORD_FILE",
    help: "The password is the first line of this file; PARLEY_PASSWORD may hold it too",
    group: "Account",
  },
  passwordCommand: {
    kind: "text",
    metavar: "COMMAND",
    env: "PARLEY_PASSWORD_COMMAND",
    help: "The password is the first line this prints: 'pass chat'",
    group: "Account",
  },
  mechanism: {
    kind: "text",
    choices: mechanisms,
    env: "PARLEY_MECHANISM",
    help: "Proves the password in this way alone; otherwise in the safest that both sides know",
    group: "Account",
  },
  json: { kind: "flag", help: "Prints what is said as JSON, one object a line", group: "Scripts" },
  since: {
    kind: "text",
    metavar: "TIME",
    help: "Of history: from this time on, as 2h, 3d or 2026-01-31T12:00Z",
    group: "Scripts",
  },
  limit: {
    kind: "number",
    default: 50,
    min: 1,
    max: 10_000,
    help: "Of history without --since: so many of the newest messages",
    group: "Scripts",
  },
  backlog: {
    kind: "number",
    default: 50,
    min: 0,
    max: 1000,
    env: "PARLEY_BACKLOG",
    help: "Messages from before that are shown on entering a room",
    group: "Looks",
  },
  typing: {
    kind: "text",
    choices: ["on", "off"],
    default: "on",
    env: "PARLEY_TYPING",
    help: "Whether others see that you type",
    group: "Looks",
  },
  color: {
    kind: "text",
    choices: ["auto", "always", "never"],
    default: "auto",
    help: "Colours; NO_COLOR turns them off too",
    group: "Looks",
  },
  theme: {
    kind: "text",
    choices: ["dark", "light"],
    env: "PARLEY_THEME",
    help: "The background of your terminal; asked of the terminal when absent",
    group: "Looks",
  },
  bell: {
    kind: "flag",
    env: "PARLEY_BELL",
    help: "Rings when your name is said, and for private messages, while you look elsewhere",
    group: "Looks",
  },
  notify: {
    kind: "text",
    choices: notices,
    default: "off",
    env: "PARLEY_NOTIFY",
    help: "The same as a message on your desktop, in the way your terminal knows",
    group: "Looks",
  },
  timestamps: {
    kind: "text",
    choices: ["short", "seconds", "iso", "off"],
    help: "How the time is shown; short at a terminal, off in a pipe",
    group: "Looks",
  },
  quiet: {
    kind: "text",
    choices: presenceFilterModes,
    default: "off",
    env: "PARLEY_QUIET",
    help: "Hides joins and leaves; smart hides those of people who were silent for five minutes",
    group: "Looks",
  },
  utc: {
    kind: "flag",
    env: "PARLEY_UTC",
    help: "Shows and reads times in UTC instead of your time zone",
    group: "Looks",
  },
  restricted: {
    kind: "flag",
    env: "PARLEY_RESTRICTED",
    help:
      "For accounts that many share: once started it touches no files and runs nothing; no /quote, no C-z",
    group: "Program",
  },
  config: {
    kind: "text",
    metavar: "FILE",
    env: "PARLEY_CONFIG",
    help: "Settings as lines of name = value [default parley/client.conf in ~/.config]",
    group: "Program",
  },
  completions: {
    kind: "text",
    choices: shells,
    help: "Prints a script that completes these flags in your shell: source <(parley --completions bash)",
    group: "Program",
  },
  help: { kind: "flag", short: "h", help: "Prints this", group: "Program" },
  version: { kind: "flag", short: "V", help: "Prints the version", group: "Program" },
} as const;
