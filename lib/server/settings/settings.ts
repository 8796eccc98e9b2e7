/**
 * Every setting of the server, put together from one table per topic. A row gives the flag, the environment variable,
 * the default, --help and the completion of a setting.
 */
import type { OptionTable, OptionValues } from "../../options.ts";
import { accountRows } from "./accounts.ts";
import { clusterRows } from "./cluster.ts";
import { encryptionRows } from "./encryption.ts";
import { fileRows } from "./files.ts";
import { historyRows } from "./history.ts";
import { limitRows } from "./limits.ts";
import { networkRows } from "./network.ts";
import { webRows } from "./web.ts";

/** One row per setting, in the order of --help. */
export const settingRows = {
  ...networkRows,
  ...encryptionRows,
  ...webRows,
  ...fileRows,
  ...accountRows,
  ...historyRows,
  ...limitRows,
  ...clusterRows,
} as const satisfies OptionTable;

/** The settings a server runs with. */
export type Settings = OptionValues<typeof settingRows>;
