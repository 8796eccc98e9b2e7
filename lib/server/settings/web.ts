/** The settings of the web side, as rows of the one table (settings.ts). */
import type { OptionTable } from "../../options.ts";

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
  webAddress: {
    kind: "text",
    env: "PARLEY_WEB_ADDRESS",
    group: "Where it listens",
    metavar: "URL",
    help:
      "how people reach the page when something stands before it, or by a name of its own: https://chat.example",
  },
  webOrigin: {
    kind: "list",
    env: "PARLEY_WEB_ORIGIN",
    group: "Who may come in",
    metavar: "ORIGIN",
    help: "a site whose pages may connect besides our own, or another name of it: https://chat.example",
  },
  metrics: {
    kind: "text",
    default: "local",
    choices: ["local", "open"],
    env: "PARLEY_METRICS",
    group: "Who may come in",
    help: "who may read /metrics, /healthz and /readyz: this machine, or everybody",
  },
  uploadSize: {
    kind: "size",
    default: 1024 * 1024 * 1024,
    min: 0,
    env: "PARLEY_UPLOAD_SIZE",
    group: "Files",
    help: "largest file that can be shared; 0 for no files at all",
  },
  uploadQuota: {
    kind: "size",
    default: 4 * 1024 * 1024 * 1024,
    min: 0,
    env: "PARLEY_UPLOAD_QUOTA",
    group: "Files",
    help: "how much one person's files may take together",
  },
  uploadTotal: {
    kind: "size",
    default: 20 * 1024 * 1024 * 1024,
    min: 0,
    env: "PARLEY_UPLOAD_TOTAL",
    group: "Files",
    help: "how much all files may take together",
  },
  uploadKeep: {
    kind: "duration",
    default: 30 * 24 * 3600 * 1000,
    min: 60_000,
    env: "PARLEY_UPLOAD_KEEP",
    group: "Files",
    help: "how long a file is kept",
  },
} as const satisfies OptionTable;
