/** All commands: the union of the topics. It is a bug if two topics contain the same name. */
import type { CommandTable } from "../hub/command.ts";
import { accountCommands } from "./account.ts";
import { backupCommands } from "./backup.ts";
import { channelTopics } from "./channel_topics.ts";
import { helpCommands } from "./help.ts";
import { infoCommands } from "./info.ts";
import { isupportCommands } from "./isupport.ts";
import { messageTopics } from "./message_topics.ts";
import { operCommands } from "./operator.ts";
import { registrationCommands } from "./registration.ts";
import { saslCommands } from "./sasl.ts";
import { banCommands } from "./server_ban.ts";
import { servicesCommands } from "./services.ts";
import { userTopics } from "./user_topics.ts";

/** The whole table, for the hub. */
export const allCommands: CommandTable = union([
  registrationCommands,
  saslCommands,
  accountCommands,
  servicesCommands,
  ...channelTopics,
  ...messageTopics,
  ...userTopics,
  infoCommands,
  isupportCommands,
  operCommands,
  banCommands,
  backupCommands,
  helpCommands,
]);

function union(tables: readonly CommandTable[]): CommandTable {
  const all: Record<string, CommandTable[string]> = {};
  for (const [name, command] of tables.flatMap((table) => Object.entries(table))) {
    if (Object.hasOwn(all, name)) throw new RangeError(`Cannot define ${name} twice`);
    all[name] = command;
  }
  return all;
}
