/** The settings of the network: the addresses the server listens on, the proxies it trusts, and how it presents itself. */
import type { OptionTable } from "../../options.ts";

/** One row per setting. */
export const networkSettings = {
  host: {
    kind: "text",
    default: "127.0.0.1",
    env: "PARLEY_HOST",
    group: "Network",
    metavar: "ADDRESS",
    help: 'address to listen on; "0.0.0.0" accepts connections from the whole network',
  },
  port: {
    kind: "number",
    default: 6667,
    min: 0,
    max: 65535,
    short: "p",
    env: "PARLEY_PORT",
    group: "Network",
    help: "port for IRC; 0 uses any free port",
  },
  trustedProxy: {
    kind: "list",
    env: "PARLEY_TRUSTED_PROXY",
    group: "Network",
    metavar: "ADDRESS[/BITS]",
    help:
      "address or network of a trusted proxy; the server believes its PROXY headers (IRC) and its X-Forwarded-For and X-Forwarded-Proto headers (web)",
  },
  proxyHeader: {
    kind: "text",
    choices: ["off", "trusted", "required"],
    default: "trusted",
    env: "PARLEY_PROXY_HEADER",
    group: "Network",
    help:
      "PROXY headers on the IRC ports: trusted = those of a trusted proxy are read; required = connections without one are closed; off = none is read",
  },
  hideAddresses: {
    kind: "flag",
    default: true,
    env: "PARLEY_HIDE_ADDRESSES",
    group: "Network",
    help: "show other users a cloak instead of a user's address",
  },
  name: {
    kind: "text",
    default: "parley.local",
    env: "PARLEY_NAME",
    group: "Identity",
    help: "name of this server; it must contain a dot",
  },
  network: {
    kind: "text",
    default: "Parley",
    env: "PARLEY_NETWORK",
    group: "Identity",
    metavar: "NAME",
    help: "name of the chat network; clients show it",
  },
  description: {
    kind: "text",
    default: "A chat for everyone",
    env: "PARLEY_DESCRIPTION",
    group: "Identity",
    metavar: "TEXT",
    help: "description of this server in WHOIS and LINKS",
  },
  admin: {
    kind: "text",
    env: "PARLEY_ADMIN",
    group: "Identity",
    metavar: "TEXT",
    help: "contact of the person who runs this server; ADMIN shows it",
  },
  motd: {
    kind: "text",
    default: "",
    env: "PARLEY_MOTD",
    group: "Identity",
    metavar: "TEXT|FILE",
    help: "message of the day: the text itself, or a file that contains it",
  },
} as const satisfies OptionTable;
