/** BACKUP: copies the database. No other program can read the database while the server runs. */
import { fail } from "../chat/refusal.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { standardReply } from "../render/reply.ts";
import type { Settings } from "../settings/settings.ts";
import { keepAct } from "./audit.ts";

/** The commands of this file. */
export const backupCommands: CommandTable = {
  BACKUP: {
    oper: true,
    usage: "",
    help: "Copies the database to the data folder, and lists the other files to copy",
    run: backup,
  },
};

async function backup(call: Call): Promise<void> {
  const { chat, session } = call;
  const time = new Date(chat.now()).toISOString().slice(0, 19).replaceAll(":", "-");
  let path: string | undefined;
  try {
    path = await chat.store?.backup(`backup-${time}`);
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replace(
      / \(os error \d+\).*$/,
      "",
    );
    chat.log("error", `Cannot copy the database: ${reason}`);
    fail("BACKUP", "CANNOT_COPY", `Cannot copy the database: ${reason}`);
  }
  if (path === undefined) fail("BACKUP", "CANNOT_COPY", "This server stores nothing on disk");
  const fullPath = Deno.realPathSync(path);
  const others = otherFiles(chat.settings, folderOf(fullPath));
  const words = `The database was copied to ${fullPath}; ${others}${keptWords(chat.settings)}`;
  await keepAct(call, "BACKUP");
  standardReply(session, "NOTE", "BACKUP", "DONE", path, words);
}

function folderOf(path: string): string {
  return path.replace(/[/\\][^/\\]*$/, "");
}

/** The files that a backup needs besides the database. */
function otherFiles({ tls, cert }: Settings, folder: string): string {
  if (tls === "off" || cert !== undefined) return `also copy the shared files in ${folder}/files`;
  return `also copy the shared files in ${folder}/files, and the certificate of this server: tls-key.pem and tls-cert.pem`;
}

/** How long the copy stays; "" without limits. */
function keptWords({ backups, backupKeep }: Settings): string {
  const limits = [
    backups > 0 ? `the newest ${backups} copies` : "",
    backupKeep > 0 ? `copies of the last ${Math.round(backupKeep / 86_400_000)} days` : "",
  ].filter((one) => one !== "");
  if (limits.length === 0) return "";
  return `. It has messages that are deleted later; the server keeps ${limits.join(" and ")} here`;
}
