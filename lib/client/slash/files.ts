/** Slash commands for files: sending one to the active buffer, downloading one, and the list of one's files. */

import type { CommandUi, FileChoice, LocalFileAccess, SlashTable } from "./command_ui.ts";
import { firstWord, requireWord } from "./command_ui.ts";
import { matchList } from "../core/requests.ts";
import { withoutFormatting } from "../text/formatting.ts";
import { ActionError } from "../state/action_error.ts";

/** Rows by name. */
export const fileRows: SlashTable = {
  send: {
    usage: "FILE",
    help: "Sends a file: uploads it, and sends its address here",
    group: "Chat",
    aliases: ["upload"],
    argumentKinds: ["text"],
    isAvailable: ({ files }) => files !== undefined,
    run: send,
  },
  get: {
    usage: "[ADDRESS] [FILE]",
    help: "Downloads a file; without an address, the last one that was sent here",
    group: "Chat",
    aliases: ["download"],
    argumentKinds: ["text"],
    isAvailable: ({ files }) => files !== undefined,
    run: fetchFile,
  },
  files: {
    usage: "[delete ADDRESS]",
    help:
      "Lists the files that you share, or deletes one; for operators also /files NICK and /files purge NICK",
    group: "Chat",
    argumentKinds: ["nick", "text"],
    run: listOrDelete,
  },
};

async function listOrDelete(ui: CommandUi, rest: string): Promise<void> {
  const [first, second] = firstWord(rest);
  const act = first.toLowerCase();
  if (act === "delete" || act === "purge") {
    const [name] = requireWord(second, act === "delete" ? "/files delete ADDRESS" : "/files purge NICK");
    await ask(ui, `FILES ${act.toUpperCase()} ${name}`);
  } else {
    await ask(ui, `FILES LIST ${first}`.trimEnd());
  }
}

async function ask(ui: CommandUi, line: string): Promise<void> {
  for (const { command, params } of await ui.client.server.ask(line, matchList("FILES"))) {
    // Each other note is an event, which the UI shows itself.
    if (command !== "NOTE" || params[0] !== "FILES" || !/^LIST/.test(params[1] ?? "")) continue;
    ui.note(withoutFormatting(params.at(-1) ?? ""));
  }
}

async function send(ui: CommandUi, rest: string): Promise<void> {
  const path = rest.trim();
  const { files } = ui;
  if (files === undefined) throw new ActionError("Cannot send files here");
  if (path === "" && !isChoice(files)) throw new ActionError("Write /send FILE");
  const { uploads } = ui.client;
  const target = uploads.target(ui.target());
  if (ui.client.isOnline && uploads.url === undefined) throw new ActionError("This server accepts no files");
  if (isChoice(files)) return files.choose();
  const file = await files.open(path);
  const address = await uploads.send(file, {
    onProgress: (done, total) => files.showProgress(`Sending ${file.name}`, done, total),
  }).finally(() => files.showProgress("", 0, 0));
  ui.send(target.name, "message", address);
}

async function fetchFile(ui: CommandUi, rest: string): Promise<void> {
  const { files } = ui;
  if (files === undefined) throw new ActionError("Cannot download files here");
  const [address, path] = rest.trim() === "" ? [lastAddress(ui), ""] : requireWord(rest, "/get ADDRESS");
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new ActionError(`Cannot download "${address}": it is not a web address`);
  }
  if (isChoice(files)) return files.download(url);
  const saved = await files.download(url, firstWord(path)[0]).finally(() => files.showProgress("", 0, 0));
  ui.note(`Saved as ${saved}`);
}

function isChoice(files: LocalFileAccess | FileChoice): files is FileChoice {
  return "choose" in files;
}

function lastAddress(ui: CommandUi): string {
  const said = ui.client.messages.recent.last(ui.target(), "others")?.text ?? "";
  const address = /https?:\/\/\S+/.exec(said)?.[0];
  if (address === undefined) {
    throw new ActionError("The last message here has no address: write /get ADDRESS");
  }
  return address;
}
