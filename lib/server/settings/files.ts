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
  uploadPerAddress: {
    kind: "size",
    default: 10 * 1024 * 1024 * 1024,
    min: 0,
    env: "PARLEY_UPLOAD_PER_ADDRESS",
    group: "Shared files",
    help:
      "maximum size of the files from one address (IPv6: one /64 network) together, and never more than half of --upload-total",
  },
  uploadFiles: {
    kind: "number",
    default: 1000,
    min: 1,
    max: 1_000_000,
    env: "PARLEY_UPLOAD_FILES",
    group: "Shared files",
    metavar: "COUNT",
    help: "maximum number of one user's files; one address can have ten times as many",
  },
  uploadRate: {
    kind: "number",
    default: 10,
    min: 0,
    max: 100_000,
    env: "PARLEY_UPLOAD_RATE",
    group: "Shared files",
    metavar: "RATE",
    help:
      "files per minute that a user can share, and ten times as many in a burst; one address has ten times this; 0 means no limit",
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
  keepPhotoData: {
    kind: "flag",
    env: "PARLEY_KEEP_PHOTO_DATA",
    group: "Shared files",
    help:
      "keep what pictures and films tell about their place, time and camera; without it, the server removes that",
  },
} as const satisfies OptionTable;
