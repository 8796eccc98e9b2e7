/** The settings of accounts, of the channels an account registers, of server operators and of the server password. */
import type { OptionTable } from "../../options.ts";

/** One row per setting. */
export const accountSettings = {
  registration: {
    kind: "text",
    choices: ["open", "connected", "off"],
    default: "open",
    env: "PARLEY_REGISTRATION",
    group: "Accounts",
    help:
      "who can create an account: open = everybody, also during connection registration; connected = connected users; off = operators only",
  },
  loginRequired: {
    kind: "flag",
    env: "PARLEY_LOGIN_REQUIRED",
    group: "Accounts",
    help: "accept only users who log in to an account",
  },
  linger: {
    kind: "duration",
    default: 120_000,
    min: 0,
    env: "PARLEY_LINGER",
    group: "Accounts",
    metavar: "TIME",
    help: "how long a logged-in user stays online when the connection is lost; 0 means no time",
  },
  passwordLength: {
    kind: "number",
    default: 8,
    min: 1,
    max: 100,
    env: "PARLEY_PASSWORD_LENGTH",
    group: "Accounts",
    metavar: "COUNT",
    help:
      "minimum length of a new password, in characters; from 8 on, the most common passwords are refused too",
  },
  passwordRounds: {
    kind: "number",
    // Cyrus SASL 2.1.28, the library of Pidgin and Finch, refuses more (findings/cyrus_sasl_limits_iterations.sh).
    // WeeChat 3.8, GNU SASL 2.2.0 and browsers accept 600,000 too; Emacs 28.2 then stands still for 20 seconds.
    default: 65_536,
    min: 4096,
    max: 100_000_000,
    env: "PARLEY_PASSWORD_ROUNDS",
    group: "Accounts",
    metavar: "COUNT",
    help:
      "PBKDF2 rounds of a password, from the next login on; more than 65536 lock out Pidgin, Finch and other apps with Cyrus SASL",
  },
  loginTries: {
    kind: "number",
    default: 10,
    min: 1,
    max: 1_000_000,
    env: "PARLEY_LOGIN_TRIES",
    group: "Accounts",
    metavar: "COUNT",
    help:
      "wrong passwords that one address can try in ten minutes; twice as many for one account, then each waits up to 30 s",
  },
  accountsPerAddress: {
    kind: "number",
    default: 30,
    min: 1,
    max: 1_000_000,
    env: "PARLEY_ACCOUNTS_PER_ADDRESS",
    group: "Accounts",
    metavar: "COUNT",
    help: "maximum number of accounts created from one address in ten minutes",
  },
  accountsTotal: {
    kind: "number",
    default: 100_000,
    min: 0,
    max: 100_000_000,
    env: "PARLEY_ACCOUNTS_TOTAL",
    group: "Accounts",
    metavar: "COUNT",
    help:
      "maximum number of accounts, also deleted ones; then only operators can create one; 0 means no limit",
  },
  channelsTotal: {
    kind: "number",
    default: 10_000,
    min: 0,
    max: 100_000_000,
    env: "PARLEY_CHANNELS_TOTAL",
    group: "Accounts",
    metavar: "COUNT",
    help: "maximum number of registered channels; then new channels are not registered; 0 means no limit",
  },
  channelsPerAccount: {
    kind: "number",
    default: 20,
    min: 0,
    max: 10_000,
    env: "PARLEY_CHANNELS_PER_ACCOUNT",
    group: "Accounts",
    metavar: "COUNT",
    help: "maximum number of registered channels per account; the channels it created first are registered",
  },
  channelExpiry: {
    kind: "duration",
    default: 90 * 86_400_000,
    min: 0,
    env: "PARLEY_CHANNEL_EXPIRY",
    group: "Accounts",
    metavar: "TIME",
    help: "time after which a registered channel expires if nobody joins it; 0 means never",
  },
  oper: {
    kind: "list",
    env: "PARLEY_OPER",
    group: "Operators and password",
    metavar: "NAME:VERIFIER",
    help:
      "name of a server operator, and the verifier of the password for OPER; make a verifier with --make-verifier",
  },
  operFile: {
    kind: "text",
    env: "PARLEY_OPER_FILE",
    group: "Operators and password",
    metavar: "FILE",
    help: "file with server operators, one NAME:VERIFIER per line",
  },
  passwordFile: {
    kind: "text",
    env: "PARLEY_PASSWORD_FILE",
    group: "Operators and password",
    metavar: "FILE",
    help: "file with a password that everybody must send to connect (PASS)",
  },
} as const satisfies OptionTable;
