/** The topics about channels. all.ts adds them to the whole table. */
import type { CommandTable } from "../hub/command.ts";
import { channelCommands } from "./channel.ts";
import { founderCommands } from "./founder.ts";
import { inviteCommands } from "./invite.ts";
import { listCommands } from "./list.ts";
import { modeCommands } from "./mode.ts";

/** The topics about channels. */
export const channelTopics: readonly CommandTable[] = [
  channelCommands,
  founderCommands,
  modeCommands,
  inviteCommands,
  listCommands,
];
