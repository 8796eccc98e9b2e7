/**
 * The entries of the log, one row for each kind: its level, its fields and its meaning. The names are stable, because
 * programs read them. Fields hold names, addresses, numbers and words of this server only: never what people write
 * (messages, topics, reasons, search words, file names), nor passwords, tokens, keys or links.
 */

/** The levels, the most severe first. */
export const logLevels = ["error", "warning", "info"] as const;

/** How severe an entry is. */
export type LogLevel = (typeof logLevels)[number];

interface EntryRow {
  readonly level: LogLevel;
  readonly fields: readonly string[];
  /** For the guide. */
  readonly help: string;
  /** Written however many there are; of others the log writes a part, and counts the rest. @default {false} */
  readonly always?: true;
}

/** Every kind of entry. */
export const logEntries = {
  "notice": {
    level: "info",
    fields: ["text"],
    help: "a sentence about the server: faults and their end, errors with their stack; it has its own level",
  },
  "server started": {
    level: "info",
    fields: ["version", "irc", "tls", "web", "machine"],
    help: "the version, and the ports that are open",
    always: true,
  },
  "server stopping": {
    level: "info",
    fields: ["signal", "connections"],
    help: "a signal stops the server",
    always: true,
  },
  "connection opened": {
    level: "info",
    fields: ["session", "address", "transport"],
    help: "a connection of the chat; the transport is tcp, tls, ws or wss",
  },
  "connection closed": {
    level: "info",
    fields: ["session", "address", "account", "nick", "reason", "seconds"],
    help: "its end; the reason has the words of the server only",
  },
  "connection refused": {
    level: "warning",
    fields: ["address", "limit", "ban"],
    help: "a newcomer that met a limit or a server ban",
  },
  "login": {
    level: "info",
    fields: ["account", "address", "method"],
    help: "somebody proved the password of an account",
  },
  "login failed": {
    level: "warning",
    fields: ["account", "address", "method", "reason"],
    help: "the reason is wrong, suspended or too many tries; a name without an account is not written",
  },
  "operator login failed": {
    level: "warning",
    fields: ["nick", "account", "address"],
    help: "a wrong name or password for OPER",
  },
  "account created": { level: "info", fields: ["account"], help: "a new account" },
  "password changed": { level: "info", fields: ["account"], help: "by its owner" },
  "certificate added": {
    level: "info",
    fields: ["account"],
    help: "a client certificate that logs in to the account; its owner added it",
  },
  "certificate removed": { level: "info", fields: ["account"], help: "by its owner" },
  "account deleted": { level: "info", fields: ["account"], help: "by its owner" },
  "operator acted": {
    level: "info",
    fields: ["act", "nick", "account", "address", "target"],
    help: "an act of a server operator, as AUDIT lists it; AUDIT has the reason too",
    always: true,
  },
  "ban met": {
    level: "info",
    fields: ["address", "account", "ban"],
    help: "a server ban keeps somebody out, or ends the connection",
  },
  "limit met": {
    level: "warning",
    fields: ["limit", "command", "session", "account", "address"],
    help:
      "a command was refused because of a limit, whose name is the code of the refusal; or flood: a session is slowed down",
  },
  "web request failed": {
    level: "warning",
    fields: ["method", "path", "status", "address"],
    help: "an answer of 400 or more; of the path only the known beginning",
  },
  "entries left out": {
    level: "warning",
    fields: ["entry", "count", "addresses"],
    help:
      "so many entries of one kind were not written, because there were too many; the addresses with the most",
    always: true,
  },
  "lines lost": {
    level: "error",
    fields: ["count"],
    help: "so many lines could not be written, because the disk of the log is full or nobody reads it",
    always: true,
  },
} as const satisfies Readonly<Record<string, EntryRow>>;

/** The name of a kind of entry. */
export type LogEntryName = keyof typeof logEntries;

/** The value of a field; undefined leaves it out. */
export type LogValue = string | number | undefined;

/** The fields of an entry. */
export type LogFields<Name extends LogEntryName> = {
  readonly [Field in (typeof logEntries)[Name]["fields"][number]]?: LogValue;
};

/** Writes an entry. Never throws or waits. */
export type LogEntry = <Name extends LogEntryName>(name: Name, fields: LogFields<Name>) => void;

/** Writes a sentence, the entry "notice". Never throws or waits. */
export type Log = (level: LogLevel, text: string) => void;
