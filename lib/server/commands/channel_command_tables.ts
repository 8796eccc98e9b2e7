/** A list only: the command tables about channels. The commands are in the imported files. */
import type { CommandTable } from "../hub/command.ts";
import { channelCommands } from "./channel.ts";
import { founderCommands } from "./founder.ts";
import { inviteCommands } from "./invite.ts";
import { listCommands } from "./list.ts";
import { modeCommands } from "./mode.ts";

/** The command tables about channels, for all.ts. */
export const channelCommandTables: readonly CommandTable[] = [
  channelCommands,
  founderCommands,
  modeCommands,
  inviteCommands,
  listCommands,
];
