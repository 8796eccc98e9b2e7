/** The settings of shared files. */
import type { OptionTable } from "../../options.ts";

/** One row per setting. */
export const fileSettings = {
  uploadSize: {
    kind: "size",
    default: 1024 * 1024 * 1024,
    min: 0,
    env: "PARLEY_UPLOAD_SIZE",
    group: "Shared files",
    help: "maximum size of a shared file; 0 turns file sharing off",
  },
  uploadQuota: {
    kind: "size",
    default: 4 * 1024 * 1024 * 1024,
    min: 0,
    env: "PARLEY_UPLOAD_QUOTA",
    group: "Shared files",
    help: "maximum size of one user's files together",
  },
  uploadTotal: {
    kind: "size",
    default: 20 * 1024 * 1024 * 1024,
    min: 0,
    env: "PARLEY_UPLOAD_TOTAL",
    group: "Shared files",
    help: "maximum size of all files together",
  },
  uploadKeep: {
    kind: "duration",
    default: 30 * 24 * 3600 * 1000,
    min: 60_000,
    env: "PARLEY_UPLOAD_KEEP",
    group: "Shared files",
    help: "how long a shared file is stored",
  },
} as const satisfies OptionTable;
