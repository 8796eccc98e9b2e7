/** TOKEN: a short-lived token that identifies the user for uploading files (draft/authtoken). */
import { fail } from "../chat/refusal.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { standardReply } from "../render/reply.ts";
import { fromServer } from "../render/sender.ts";

/** The commands of this file. */
export const tokenCommands: CommandTable = {
  TOKEN: {
    minParams: 1,
    usage: "<SERVICELIST|GENERATE> [FILEHOST]",
    help: "Creates a token that lets a program upload files for you",
    run: token,
  },
};

const service = "FILEHOST";
const chunkLength = 400;

function token(call: Call): void {
  const [name = ""] = call.params;
  const subcommand = name.toUpperCase();
  if (subcommand === "SERVICELIST") return list(call);
  if (subcommand === "GENERATE") return generate(call);
  fail("TOKEN", "UNKNOWN_COMMAND", name, "The subcommand must be SERVICELIST or GENERATE");
}

function list({ chat, session }: Call): void {
  const url = chat.uploadUrl;
  if (url === undefined) {
    return standardReply(session, "NOTE", "TOKEN", "NO_SERVICES", "This server does not share files");
  }
  const reference = chat.newReference();
  session.answer(fromServer(chat, "BATCH", [`+${reference}`, "draft/authtoken", "*"]));
  session.answer(fromServer(chat, "TOKEN", ["SERVICE", service, url, "Shares files"], { batch: reference }));
  session.answer(fromServer(chat, "BATCH", [`-${reference}`]));
}

function generate({ chat, session, user, params }: Call): void {
  if (!session.has("batch")) {
    fail("TOKEN", "NEED_CAPABILITY", "batch", "TOKEN GENERATE needs the batch capability");
  }
  const wanted = (params[1] ?? "").toUpperCase();
  if (wanted === "") {
    fail("TOKEN", "INVALID_PARAMS", "GENERATE", "The name of the service is missing: FILEHOST");
  }
  if (wanted !== service || chat.uploadUrl === undefined) {
    fail("TOKEN", "UNKNOWN_SERVICE", params[1] ?? "*", "This server does not have this service");
  }
  const reference = chat.newReference();
  session.answer(fromServer(chat, "BATCH", [`+${reference}`, "draft/authtoken", service]));
  const tokenText = chat.tokens.make(user);
  for (let at = 0; at < tokenText.length; at += chunkLength) {
    const chunk = tokenText.slice(at, at + chunkLength);
    session.answer(fromServer(chat, "TOKEN", ["GENERATE", "*", chunk], { batch: reference }));
  }
  session.answer(fromServer(chat, "BATCH", [`-${reference}`]));
}
