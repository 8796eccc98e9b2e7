/** A list only: the command tables about messages and history. The commands are in the imported files. */
import type { CommandTable } from "../hub/command.ts";
import { batchCommands } from "./batch.ts";
import { filesCommands } from "./files.ts";
import { historyCommands } from "./history.ts";
import { markerCommands } from "./read_marker.ts";
import { redactCommands } from "./redact.ts";
import { searchCommands } from "./search.ts";
import { messageCommands } from "./message.ts";
import { tokenCommands } from "./upload_token.ts";

/** The command tables about messages and history, for all.ts. */
export const messageCommandTables: readonly CommandTable[] = [
  messageCommands,
  batchCommands,
  historyCommands,
  searchCommands,
  markerCommands,
  redactCommands,
  tokenCommands,
  filesCommands,
];
