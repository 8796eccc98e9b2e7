/** Every command people can send: the union of the topics. A name in two of them is a fault of the program. */
import type { CommandTable } from "../hub/command.ts";
import { acceptCommands } from "./accept.ts";
import { accountCommands } from "./account.ts";
import { awayCommands } from "./away.ts";
import { backupCommands } from "./backup.ts";
import { batchCommands } from "./batch.ts";
import { channelCommands } from "./channel.ts";
import { founderCommands } from "./founder.ts";
import { helpCommands } from "./help.ts";
import { historyCommands } from "./history.ts";
import { infoCommands } from "./info.ts";
import { inviteCommands } from "./invite.ts";
import { isupportCommands } from "./isupport.ts";
import { listCommands } from "./list.ts";
import { modeCommands } from "./mode.ts";
import { monitorCommands } from "./monitor.ts";
import { operCommands } from "./operator.ts";
import { markerCommands } from "./read_marker.ts";
import { redactCommands } from "./redact.ts";
import { registrationCommands } from "./registration.ts";
import { saslCommands } from "./sasl.ts";
import { searchCommands } from "./search.ts";
import { banCommands } from "./server_ban.ts";
import { servicesCommands } from "./services.ts";
import { talkCommands } from "./talk.ts";
import { tokenCommands } from "./upload_token.ts";
import { whoCommands } from "./who.ts";
import { whoisCommands } from "./whois.ts";

/** The whole table, for the chat. */
export const allCommands: CommandTable = union([
  registrationCommands,
  saslCommands,
  accountCommands,
  servicesCommands,
  channelCommands,
  founderCommands,
  modeCommands,
  inviteCommands,
  listCommands,
  talkCommands,
  batchCommands,
  whoCommands,
  infoCommands,
  isupportCommands,
  whoisCommands,
  monitorCommands,
  awayCommands,
  acceptCommands,
  operCommands,
  banCommands,
  backupCommands,
  historyCommands,
  searchCommands,
  markerCommands,
  helpCommands,
  tokenCommands,
  redactCommands,
]);

function union(tables: readonly CommandTable[]): CommandTable {
  const all: Record<string, CommandTable[string]> = {};
  for (const [name, command] of tables.flatMap((table) => Object.entries(table))) {
    if (Object.hasOwn(all, name)) throw new RangeError(`Cannot define ${name} twice`);
    all[name] = command;
  }
  return all;
}
