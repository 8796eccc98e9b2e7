/** The settings of the web side: the page, WebSockets and metrics. Shared files have their own table (files.ts). */
import type { OptionTable } from "../../options.ts";

/** One row per setting. */
export const webSettings = {
  web: {
    kind: "text",
    default: "on",
    choices: ["on", "off"],
    env: "PARLEY_WEB",
    group: "Web page",
    help: "serve the web page, WebSockets and shared files",
  },
  webPort: {
    kind: "number",
    default: 6680,
    min: 0,
    max: 65535,
    env: "PARLEY_WEB_PORT",
    group: "Web page",
    help: "port of the web page; 0 uses any free port",
  },
  webAddress: {
    kind: "text",
    env: "PARLEY_WEB_ADDRESS",
    group: "Web page",
    metavar: "URL",
    help:
      "public address of the web page, for example behind a proxy: https://chat.example or https://example.org/chat/",
  },
  webOrigin: {
    kind: "list",
    env: "PARLEY_WEB_ORIGIN",
    group: "Web page",
    metavar: "ORIGIN",
    help:
      "another site whose pages can connect and share files, or another name of this site: https://chat.example",
  },
  metrics: {
    kind: "text",
    default: "local",
    choices: ["local", "open"],
    env: "PARLEY_METRICS",
    group: "Web page",
    help: "who can read /metrics, /healthz and /readyz: local = this machine only, open = everybody",
  },
} as const satisfies OptionTable;
