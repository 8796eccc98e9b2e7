/**
 * Every setting of the server: one row gives the flag, the environment variable, the default, --help and the docs.
 * Limits that IRC has a token for are advertised from here (isupport.ts) and tested in tests/limits_test.ts.
 */
import type { OptionTable, OptionValues } from "../options.ts";

/** One row a setting. */
export const settingRows = {
  host: {
    kind: "text",
    default: "127.0.0.1",
    env: "PARLEY_HOST",
    group: "Where it listens",
    metavar: "ADDRESS",
    help: 'address to listen on; "0.0.0.0" lets the whole network in',
  },
  port: {
    kind: "number",
    default: 6667,
    min: 0,
    max: 65535,
    short: "p",
    env: "PARLEY_PORT",
    group: "Where it listens",
    help: "port for IRC; 0 takes any free one",
  },
  name: {
    kind: "text",
    default: "parley.local",
    env: "PARLEY_NAME",
    group: "How it presents itself",
    help: "name of this server, with a dot in it",
  },
  network: {
    kind: "text",
    default: "Parley",
    env: "PARLEY_NETWORK",
    group: "How it presents itself",
    metavar: "NAME",
    help: "name of the chat, shown by clients",
  },
  motd: {
    kind: "text",
    default: "",
    env: "PARLEY_MOTD",
    group: "How it presents itself",
    metavar: "TEXT|FILE",
    help: "message of the day: a text, or a file that holds it",
  },
  limit: {
    kind: "number",
    default: 10_000,
    min: 1,
    max: 1_000_000,
    env: "PARLEY_LIMIT",
    group: "Limits",
    metavar: "COUNT",
    help: "connections at the same time",
  },
  nickLength: {
    kind: "number",
    default: 32,
    min: 9,
    max: 64,
    env: "PARLEY_NICK_LENGTH",
    group: "Limits",
    help: "longest nick, in characters",
  },
  channelLength: {
    kind: "number",
    default: 64,
    min: 10,
    max: 200,
    env: "PARLEY_CHANNEL_LENGTH",
    group: "Limits",
    help: "longest channel name, in characters",
  },
  topicLength: {
    kind: "number",
    default: 1000,
    min: 80,
    max: 3000,
    env: "PARLEY_TOPIC_LENGTH",
    group: "Limits",
    help: "longest topic, in characters",
  },
  channelsPerUser: {
    kind: "number",
    default: 100,
    min: 1,
    max: 10_000,
    env: "PARLEY_CHANNELS_PER_USER",
    group: "Limits",
    help: "channels one user may be in",
  },
  lineBytes: {
    kind: "size",
    default: 4096,
    min: 512,
    max: 65536,
    env: "PARLEY_LINE_BYTES",
    group: "Limits",
    help: "longest line without its tags, CR LF counted",
  },
  sendQueue: {
    kind: "size",
    default: 1024 * 1024,
    min: 16 * 1024,
    env: "PARLEY_SEND_QUEUE",
    group: "Limits",
    help: "bytes that may wait for a reader before it is cut off",
  },
  pingAfter: {
    kind: "duration",
    default: 120_000,
    min: 1000,
    env: "PARLEY_PING_AFTER",
    group: "Limits",
    help:
      "silence after which a connection is asked whether it is there; it then has half that time to answer",
  },
  registrationTime: {
    kind: "duration",
    default: 30_000,
    min: 1000,
    env: "PARLEY_REGISTRATION_TIME",
    group: "Limits",
    help: "time a new connection has to give its name",
  },
  passwordFile: {
    kind: "text",
    env: "PARLEY_PASSWORD_FILE",
    group: "Who may come in",
    metavar: "FILE",
    help: "file with a password everyone must give (PASS)",
  },
} as const satisfies OptionTable;

/** The settings a server runs with. */
export type Settings = OptionValues<typeof settingRows>;
