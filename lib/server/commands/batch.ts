/** BATCH from clients: collects a message of several lines and sends it as one (IRCv3 client-batch, multiline). */
import { deadlines } from "../../deadlines.ts";
import { utf8Bytes } from "../../irc/lines.ts";
import type { MessageLine } from "../chat/delivery.ts";
import { fail } from "../chat/refusal.ts";
import type { OpenBatch, Session } from "../chat/session.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { joinMessageLines } from "../render/multiline.ts";
import { sendMessage } from "./send_message.ts";

/** The commands of this file. */
export const batchCommands: CommandTable = {
  BATCH: {
    minParams: 1,
    usage: "+<reference> draft/multiline <target>",
    help: "Starts a message of several lines; -<reference> sends it",
    run: batch,
  },
};

function batch(call: Call): void | Promise<void> {
  const [reference = ""] = call.params;
  const name = reference.slice(1);
  if (reference.startsWith("+")) {
    return refusing(call.session, name, () => open(call, name));
  }
  if (reference.startsWith("-")) return close(call, name);
  fail("BATCH", "INVALID_REFTAG", reference, "The reference must start with + or -");
}

/** Runs `act`; if it refuses, the batch is refused, and what follows of it gets no further answer. */
function refusing(session: Session, reference: string, act: () => void): void {
  try {
    act();
  } catch (refusal) {
    session.refusedBatch = reference;
    throw refusal;
  }
}

function refuseUnknown(session: Session, reference: string, sentence: string): void {
  if (reference === session.refusedBatch) return;
  const isName = /^[A-Za-z0-9-]+$/.test(reference);
  fail("BATCH", "INVALID_REFTAG", isName ? reference : "*", sentence);
}

function open({ chat, session, message, params }: Call, reference: string): void {
  const [, type = "", target = ""] = params;
  if (!/^[A-Za-z0-9-]+$/.test(reference)) {
    fail(
      "BATCH",
      "INVALID_REFTAG",
      reference || "*",
      "The reference can contain only letters, digits and hyphens",
    );
  }
  if (type !== "draft/multiline") {
    fail("BATCH", "UNKNOWN_TYPE", reference, type || "*", "The server does not support this batch type");
  }
  if (session.batch !== undefined) fail("BATCH", "MULTILINE_INVALID", "Another batch is already open");
  if (target === "") fail("BATCH", "MULTILINE_INVALID", "The batch has no target");
  const tags = [...message.tags].filter(([name]) => name.startsWith("+"));
  // The answer is sent at the end of the batch, with the label of its start.
  session.batch = {
    reference,
    target,
    tags,
    lines: [],
    bytes: 0,
    command: undefined,
    dueMs: chat.clock.monotonic() + deadlines.batchMs,
    response: session.response,
  };
  session.response = undefined;
}

/** Adds a line to the open batch. An invalid line cancels the batch, and further lines of the batch are ignored. */
export function addBatchLine(call: Call, command: "PRIVMSG" | "NOTICE"): void {
  const { session } = call;
  const open = session.batch;
  const reference = call.message.tags.get("batch") ?? "";
  if (open === undefined) {
    return refuseUnknown(session, reference, "No batch of this name is open, so this line was not sent");
  }
  if (reference === session.refusedBatch && reference !== open.reference) return;
  refusing(session, open.reference, () => {
    try {
      checkLine(call, open, command);
    } catch (refusal) {
      session.batch = undefined;
      session.response = open.response;
      throw refusal;
    }
  });
}

function checkLine({ chat, message, params }: Call, open: OpenBatch, command: "PRIVMSG" | "NOTICE"): void {
  const { multilineBytes, multilineLines } = chat.settings;
  const [target = "", text = ""] = params;
  if (chat.clock.monotonic() > open.dueMs) {
    fail("BATCH", "TIMEOUT", open.reference, "The batch was open for too long");
  }
  if (message.tags.get("batch") !== open.reference) {
    fail("BATCH", "MULTILINE_INVALID", `A line does not belong to the open batch "${open.reference}"`);
  }
  if (target !== open.target) {
    fail(
      "BATCH",
      "MULTILINE_INVALID_TARGET",
      open.target,
      target || "*",
      "A line has another target than the batch",
    );
  }
  if (open.command !== undefined && open.command !== command) {
    fail("BATCH", "MULTILINE_INVALID", "PRIVMSG and NOTICE cannot be mixed in one message");
  }
  const concat = message.tags.has("draft/multiline-concat");
  if (concat && text === "") fail("BATCH", "MULTILINE_INVALID", "A continuing line cannot be blank");
  open.command = command;
  open.bytes += utf8Bytes(text) + (concat || open.lines.length === 0 ? 0 : 1);
  open.lines.push(concat ? { text, concat } : { text });
  if (open.bytes > multilineBytes) {
    fail(
      "BATCH",
      "MULTILINE_MAX_BYTES",
      String(multilineBytes),
      `The message is longer than ${multilineBytes} bytes`,
    );
  }
  if (open.lines.length > multilineLines) {
    fail(
      "BATCH",
      "MULTILINE_MAX_LINES",
      String(multilineLines),
      `The message has more than ${multilineLines} lines`,
    );
  }
}

function close(call: Call, reference: string): void | Promise<void> {
  const { session } = call;
  const open = session.batch;
  if (open === undefined || open.reference !== reference) {
    return refuseUnknown(session, reference, "No batch of this name is open");
  }
  session.batch = undefined;
  session.response = open.response;
  const lines: readonly MessageLine[] = open.lines;
  if (open.command === undefined || lines.every(({ text }) => text === "")) {
    fail("BATCH", "MULTILINE_INVALID", "A message cannot be blank");
  }
  const text = joinMessageLines(lines);
  const tags = open.tags.length === 0 ? undefined : open.tags;
  return sendMessage(call, open.target, { command: open.command, text, lines, tags });
}
