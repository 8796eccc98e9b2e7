/** The settings of encryption: TLS, certificates and STS. */
import type { OptionTable } from "../../options.ts";

/** One row per setting. */
export const encryptionSettings = {
  tls: {
    kind: "text",
    choices: ["on", "off"],
    default: "on",
    env: "PARLEY_TLS",
    group: "Encryption",
    help: "accept encrypted connections; the server creates a certificate on the first run",
  },
  tlsPort: {
    kind: "number",
    default: 6697,
    min: 0,
    max: 65535,
    env: "PARLEY_TLS_PORT",
    group: "Encryption",
    help: "port for IRC over TLS; 0 uses any free port",
  },
  cert: {
    kind: "text",
    env: "PARLEY_CERT",
    group: "Encryption",
    metavar: "FILE",
    help: "PEM file with the certificate and its chain; the server reads it again on SIGHUP and once a day",
  },
  key: {
    kind: "text",
    env: "PARLEY_KEY",
    group: "Encryption",
    metavar: "FILE",
    help: "PEM file with the private key of the certificate",
  },
  sts: {
    kind: "duration",
    default: 0,
    min: 0,
    env: "PARLEY_STS",
    group: "Encryption",
    metavar: "TIME",
    help:
      "make clients that support STS connect with TLS only, for this time after each visit; needs --cert and --key",
  },
} as const satisfies OptionTable;
