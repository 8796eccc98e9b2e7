/** The topics about messages and history. all.ts adds them to the whole table. */
import type { CommandTable } from "../hub/command.ts";
import { batchCommands } from "./batch.ts";
import { historyCommands } from "./history.ts";
import { markerCommands } from "./read_marker.ts";
import { redactCommands } from "./redact.ts";
import { searchCommands } from "./search.ts";
import { messageCommands } from "./message.ts";
import { tokenCommands } from "./upload_token.ts";

/** The topics about messages and history. */
export const messageTopics: readonly CommandTable[] = [
  messageCommands,
  batchCommands,
  historyCommands,
  searchCommands,
  markerCommands,
  redactCommands,
  tokenCommands,
];
