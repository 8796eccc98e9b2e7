/** The settings of the web side, as rows of the one table (settings.ts). */
import type { OptionTable } from "../options.ts";

/** One row a setting. */
export const webRows = {
  web: {
    kind: "text",
    default: "on",
    choices: ["on", "off"],
    env: "PARLEY_WEB",
    group: "Where it listens",
    help: "the page for browsers, WebSockets and files",
  },
  webPort: {
    kind: "number",
    default: 6680,
    min: 0,
    max: 65535,
    env: "PARLEY_WEB_PORT",
    group: "Where it listens",
    help: "port of the page; 0 takes any free one",
  },
  webOrigin: {
    kind: "list",
    env: "PARLEY_WEB_ORIGIN",
    group: "Who may come in",
    metavar: "ORIGIN",
    help: "a site whose pages may connect besides our own page: https://chat.example",
  },
} as const satisfies OptionTable;
