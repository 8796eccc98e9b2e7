/** The settings of the log. */
import type { OptionTable } from "../../options.ts";

/** One row per setting. */
export const logSettings = {
  log: {
    kind: "text",
    choices: ["text", "json"],
    default: "text",
    env: "PARLEY_LOG",
    group: "Log",
    help: "how the lines of the log on standard error look: text for people, or one JSON object per line",
  },
  logLevel: {
    kind: "text",
    choices: ["error", "warning", "info"],
    default: "info",
    env: "PARLEY_LOG_LEVEL",
    group: "Log",
    help:
      "the least severe level that the log has: error = faults, warning = also limits and failed logins, info = all",
  },
} as const satisfies OptionTable;
