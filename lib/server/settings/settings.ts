/**
 * Every setting of the server, put together from one table per topic. A row gives the flag, the environment variable,
 * the default, --help and the completion of a setting.
 */
import type { OptionTable, OptionValues } from "../../options.ts";
import { accountSettings } from "./accounts.ts";
import { clusterSettings } from "./cluster.ts";
import { encryptionSettings } from "./encryption.ts";
import { fileSettings } from "./files.ts";
import { historySettings } from "./history.ts";
import { limitSettings } from "./limits.ts";
import { logSettings } from "./log.ts";
import { networkSettings } from "./network.ts";
import { webSettings } from "./web.ts";

/** One row per setting, in the order of --help. */
export const settingRows = {
  ...networkSettings,
  ...encryptionSettings,
  ...webSettings,
  ...fileSettings,
  ...accountSettings,
  ...historySettings,
  ...limitSettings,
  ...logSettings,
  ...clusterSettings,
} as const satisfies OptionTable;

/** The settings a server runs with. */
export type Settings = OptionValues<typeof settingRows>;
