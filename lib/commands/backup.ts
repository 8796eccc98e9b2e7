/** BACKUP: a copy of the database while the server runs, as no other program may read it then. */
import type { Call, CommandTable } from "../hub/command.ts";
import { fail } from "../hub/refusal.ts";

/** The rows of this topic. */
export const backupCommands: CommandTable = {
  BACKUP: { oper: true, usage: "", help: "Copies the database, into the data folder", run: backup },
};

async function backup({ hub, session }: Call): Promise<void> {
  const time = new Date(hub.now()).toISOString().slice(0, 19).replaceAll(":", "-");
  let path: string | undefined;
  try {
    path = await hub.store?.backup(`backup-${time}`);
  } catch (error) {
    hub.log("error", `Cannot copy the database: ${error instanceof Error ? error.message : error}`);
    fail("BACKUP", "CANNOT_COPY", "The database could not be copied; the log says why");
  }
  if (path === undefined) fail("BACKUP", "CANNOT_COPY", "Nothing is on disk here");
  session.standardReply(
    "NOTE",
    "BACKUP",
    "DONE",
    path,
    "The database is copied; files people have shared are not in it",
  );
}
