/** The settings of the data folder and of the message history. */
import type { OptionTable } from "../../options.ts";

/** One row per setting. */
export const historySettings = {
  data: {
    kind: "text",
    default: "./data",
    env: "PARLEY_DATA",
    group: "History and data",
    metavar: "FOLDER",
    help: "folder for history, accounts, certificates and files; the server creates it",
  },
  ephemeral: {
    kind: "flag",
    env: "PARLEY_EPHEMERAL",
    group: "History and data",
    help: "keep everything in memory; shared files are in a temporary folder until the server stops",
  },
  synchronous: {
    kind: "text",
    choices: ["off", "normal", "full"],
    default: "normal",
    env: "PARLEY_SYNCHRONOUS",
    group: "History and data",
    help:
      "what a power failure can destroy: full = nothing that a user has seen, normal = the last seconds, off = the whole history; a crash of the server destroys nothing",
  },
  keepFor: {
    kind: "duration",
    default: 0,
    min: 0,
    env: "PARLEY_KEEP_FOR",
    group: "History and data",
    help: "how long messages are stored, for example 30d; 0 means no limit",
  },
  keepMessages: {
    kind: "number",
    default: 0,
    min: 0,
    max: 1_000_000_000,
    env: "PARLEY_KEEP_MESSAGES",
    group: "History and data",
    help:
      "maximum number of stored messages in each channel or private conversation; 0 means no limit, or 10000 with --ephemeral",
  },
  auditKeep: {
    kind: "duration",
    default: 31_536_000_000,
    min: 0,
    env: "PARLEY_AUDIT_KEEP",
    group: "History and data",
    help: "how long the acts of operators are kept, for AUDIT; 0 means no limit by age",
  },
  backups: {
    kind: "number",
    default: 5,
    min: 0,
    max: 10_000,
    env: "PARLEY_BACKUPS",
    group: "History and data",
    metavar: "COUNT",
    help: "number of copies by BACKUP that stay in the data folder, the newest; 0 means no limit",
  },
  backupKeep: {
    kind: "duration",
    default: 30 * 86_400_000,
    min: 0,
    env: "PARLEY_BACKUP_KEEP",
    group: "History and data",
    metavar: "TIME",
    help:
      "how long copies of the database stay in the data folder (BACKUP, upgrades, --mend-times): they keep what is deleted later; 0 means no limit",
  },
  historyTotal: {
    kind: "size",
    default: 4 * 1024 * 1024 * 1024,
    min: 0,
    env: "PARLEY_HISTORY_TOTAL",
    group: "History and data",
    help:
      "maximum size of all stored messages and events together; then the largest conversations lose their oldest ones; 0 means no limit",
  },
  historyEach: {
    kind: "size",
    default: 1024 * 1024 * 1024,
    min: 0,
    env: "PARLEY_HISTORY_EACH",
    group: "History and data",
    help:
      "maximum size of the stored messages and events of one channel or private conversation; then it loses its oldest ones; 0 means no limit",
  },
  unsavedLimit: {
    kind: "size",
    default: 16 * 1024 * 1024,
    min: 64 * 1024,
    env: "PARLEY_UNSAVED_LIMIT",
    group: "History and data",
    help: "maximum size of all that waits in memory while the disk is full; then new messages are refused",
  },
  mendTimes: {
    kind: "flag",
    group: "History and data",
    help:
      "move messages that are in the future, because a clock was wrong, back to the present; use it once, when the server warns about such messages and the clock is right",
  },
  historyPage: {
    kind: "number",
    default: 250,
    min: 1,
    max: 1000,
    env: "PARLEY_HISTORY_PAGE",
    group: "History and data",
    help: "maximum number of messages in one answer to a history request",
  },
  replay: {
    kind: "number",
    default: 0,
    min: 0,
    max: 1000,
    env: "PARLEY_REPLAY",
    group: "History and data",
    help: "number of messages shown on JOIN to clients that support server-time but not chathistory",
  },
} as const satisfies OptionTable;
