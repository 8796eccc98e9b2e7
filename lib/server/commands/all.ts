/** All commands: the union of the command tables. It is a bug if two tables contain the same name. */
import type { CommandTable } from "../hub/command.ts";
import { accountCommands } from "./account.ts";
import { auditCommands } from "./audit.ts";
import { backupCommands } from "./backup.ts";
import { certificateCommands } from "./certificate.ts";
import { channelCommandTables } from "./channel_command_tables.ts";
import { helpCommands } from "./help.ts";
import { infoCommands } from "./info.ts";
import { isupportCommands } from "./isupport.ts";
import { messageCommandTables } from "./message_command_tables.ts";
import { nickCommands } from "./nick.ts";
import { operCommands } from "./operator.ts";
import { registrationCommands } from "./registration.ts";
import { saslCommands } from "./sasl.ts";
import { banCommands } from "./server_ban.ts";
import { servicesCommands } from "./services.ts";
import { userCommandTables } from "./user_command_tables.ts";

/** The whole table, for the hub. */
export const allCommands: CommandTable = union([
  registrationCommands,
  nickCommands,
  saslCommands,
  accountCommands,
  certificateCommands,
  servicesCommands,
  ...channelCommandTables,
  ...messageCommandTables,
  ...userCommandTables,
  infoCommands,
  isupportCommands,
  operCommands,
  banCommands,
  backupCommands,
  auditCommands,
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
