/** The topics about users. all.ts adds them to the whole table. */
import type { CommandTable } from "../hub/command.ts";
import { acceptCommands } from "./accept.ts";
import { awayCommands } from "./away.ts";
import { monitorCommands } from "./monitor.ts";
import { whoCommands } from "./who.ts";
import { whoisCommands } from "./whois.ts";

/** The topics about users. */
export const userTopics: readonly CommandTable[] = [
  whoCommands,
  whoisCommands,
  monitorCommands,
  awayCommands,
  acceptCommands,
];
