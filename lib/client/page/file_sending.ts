/** Connects the files that wait at the message box to the chat: where they go, what the server takes, and their caption. */
/// <reference lib="dom" />
import { isTooLongForMessage } from "../core/compose.ts";
import { withoutCommand } from "../slash/paste.ts";
import type { ComposerParts } from "../timeline/composer.ts";
import { toast } from "../elements/toast.ts";
import { maxUploadBytes, uploadFiles } from "./file_upload.ts";
import type { PageUi } from "./page_ui.ts";

/**
 * The functions of the message box for files. `ui` gives the chat, undefined while the person has not joined; `giveBack`
 * puts the caption of files that are not sent into the box.
 */
export function fileSending(
  ui: () => PageUi | undefined,
  giveBack: (buffer: string, words: string) => void,
): Pick<ComposerParts, "sendFiles" | "files"> {
  return {
    sendFiles(files, caption, replyingTo) {
      const chat = ui();
      if (chat === undefined || chat.active.name === "") return refuse("Join a channel first");
      const { client, active, sending } = chat;
      if (!client.isOnline) return refuse("There is no connection to the server");
      const target = client.uploads.target(active.name);
      let answered = replyingTo?.key;
      void uploadFiles(files, caption, {
        url: () => client.uploads.url,
        isOnline: () => client.isOnline,
        token: () => client.uploads.requestToken(),
        onUploaded: (address, words) => {
          sending.say(target.name, "message", withCaption(address, words), answered);
          answered = undefined;
        },
        onGivenUp: (words) => giveBack(target.name, withoutCommand(words)),
      });
      return true;
    },
    files: {
      refusal: () => takesNone(ui()) ? "This server accepts no files" : "",
      isTooLong: (text) => {
        const client = ui()?.client;
        return client?.uploads.url !== undefined && isTooLongForMessage(client.state, text);
      },
      maxBytes: async () => {
        const url = ui()?.client.uploads.url;
        return url === undefined ? undefined : await maxUploadBytes(url);
      },
    },
  };
}

function refuse(why: string): false {
  toast(`${why}: the files wait here`, "error");
  return false;
}

function takesNone(chat: PageUi | undefined): boolean {
  return chat?.client.isOnline === true && chat.client.uploads.url === undefined;
}

function withCaption(address: string, words: string): string {
  if (words === "") return address;
  return `${words}${words.includes("\n") ? "\n" : " "}${address}`;
}
