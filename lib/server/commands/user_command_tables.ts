/** A list only: the command tables about users. The commands are in the imported files. */
import type { CommandTable } from "../hub/command.ts";
import { acceptCommands } from "./accept.ts";
import { awayCommands } from "./away.ts";
import { monitorCommands } from "./monitor.ts";
import { sessionCommands } from "./sessions.ts";
import { whoCommands } from "./who.ts";
import { whoisCommands } from "./whois.ts";

/** The command tables about users, for all.ts. */
export const userCommandTables: readonly CommandTable[] = [
  whoCommands,
  whoisCommands,
  monitorCommands,
  awayCommands,
  acceptCommands,
  sessionCommands,
];
