/** BACKUP: a copy of the database while the server runs, as no other program may read it then. */
import { fail } from "../chat/refusal.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { standardReply } from "../render/reply.ts";
import type { Settings } from "../settings/settings.ts";

/** The rows of this topic. */
export const backupCommands: CommandTable = {
  BACKUP: {
    oper: true,
    usage: "",
    help: "Copies the database, into the data folder, and says what else to copy",
    run: backup,
  },
};

async function backup({ chat, session }: Call): Promise<void> {
  const time = new Date(chat.now()).toISOString().slice(0, 19).replaceAll(":", "-");
  let path: string | undefined;
  try {
    path = await chat.store?.backup(`backup-${time}`);
  } catch (error) {
    chat.log("error", `Cannot copy the database: ${error instanceof Error ? error.message : error}`);
    fail("BACKUP", "CANNOT_COPY", "The database could not be copied; the log says why");
  }
  if (path === undefined) fail("BACKUP", "CANNOT_COPY", "Nothing is on disk here");
  const place = Deno.realPathSync(path);
  const words = `The database is copied to ${place}; ${alsoNeeded(chat.settings, folderOf(place))}`;
  standardReply(session, "NOTE", "BACKUP", "DONE", path, words);
}

function folderOf(path: string): string {
  return path.replace(/[/\\][^/\\]*$/, "");
}

/** What a copy of the database is not enough for. */
function alsoNeeded({ tls, cert }: Settings, folder: string): string {
  if (tls === "off" || cert !== undefined) return `copy ${folder}/files too, which people have shared`;
  return `copy ${folder}/files too, which people have shared, and tls-key.pem and tls-cert.pem beside it, by which clients know this server`;
}
