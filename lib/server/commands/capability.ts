/** CAP: capabilities a client can request, and those it has (IRCv3 capability negotiation, version 302). */
import { type CapabilityName, isCapability } from "../../irc/capabilities.ts";
import { utf8Bytes } from "../../irc/lines.ts";
import { plainTextBytes } from "../../irc/plain_lines.ts";
import { packWords } from "../../irc/wrap.ts";
import { refuse } from "../chat/refusal.ts";
import type { Session } from "../chat/session.ts";
import type { EarlyCall } from "../hub/command.ts";
import { offeredCapabilities } from "../render/capability_values.ts";
import { fromServer } from "../render/sender.ts";
import { sendChangedIsupport } from "./isupport.ts";

const subcommands: Readonly<Record<string, (call: EarlyCall) => void>> = {
  LS: list,
  LIST: listOwn,
  REQ: request,
  END: end,
};

/** Answers CAP; the caller checks whether registration can continue. */
export function cap(call: EarlyCall): void {
  const name = (call.params[0] ?? "").toUpperCase();
  if (!Object.hasOwn(subcommands, name)) refuse("ERR_INVALIDCAPCMD", call.params[0] ?? "*");
  subcommands[name]?.(call);
}

function list({ session, params }: EarlyCall): void {
  if (session.registration) session.registration.negotiating = true;
  const version = Number(params[1] ?? 0);
  if (Number.isInteger(version) && version > session.capVersion) session.capVersion = version;
  if (session.capVersion >= 302) session.changeCapabilities(["cap-notify"]);
  const offered = offeredCapabilities(session);
  if (session.capVersion >= 302) sendWords(session, "LS", [...offered.values()]);
  else sendWords(session, "LS", forOldClients([...offered.keys()]));
}

/**
 * The names in the order for one line, which perhaps cannot hold all: drafts come last, because old clients do not
 * know them.
 */
function forOldClients(names: readonly string[]): string[] {
  const isDraft = (name: string) => name.includes("/");
  return [...names.filter((name) => !isDraft(name)), ...names.filter(isDraft)];
}

function listOwn({ session }: EarlyCall): void {
  sendWords(session, "LIST", [...session.capabilities]);
}

/** Only version 302 clients understand "*" as "more lines follow"; others get one line. */
function sendWords(session: Session, subcommand: string, words: readonly string[]): void {
  const lines = pack(session, subcommand, words);
  const shown = session.capVersion >= 302 ? lines : lines.slice(0, 1);
  shown.forEach((line, at) => {
    const more = at < shown.length - 1 ? ["*"] : [];
    answer(session, subcommand, ...more, line);
  });
}

function pack(session: Session, subcommand: string, words: readonly string[]): string[] {
  const { name } = session.chat.settings;
  const lines = packWords(words, plainTextBytes(name, "CAP", [session.nick, subcommand, "*"]));
  return lines.length === 0 ? [""] : lines;
}

function answer(session: Session, ...params: string[]): void {
  session.answer(fromServer(session.chat, "CAP", [session.nick, ...params]));
}

function request({ session, params }: EarlyCall): void {
  if (session.registration) session.registration.negotiating = true;
  const [, text = ""] = params;
  const added: CapabilityName[] = [];
  const removed: CapabilityName[] = [];
  const offered = offeredCapabilities(session);
  const words = text.split(" ").filter((one) => one !== "");
  for (const word of words) {
    const minus = word.startsWith("-");
    const name = minus ? word.slice(1) : word;
    const locked = minus && name === "cap-notify" && session.capVersion >= 302;
    if (!isCapability(name) || locked || !offered.has(name) || name === "sts") {
      return answerRequest(session, "NAK", text, words);
    }
    (minus ? removed : added).push(name);
  }
  answerRequest(session, "ACK", text, words);
  sendChangedIsupport(session, () => session.changeCapabilities(added, removed));
}

/**
 * Repeats the request exactly (IRCv3). A request that does not fit into one line is answered in several, each an answer
 * of its own, because a client with several requests expects several anyway.
 */
function answerRequest(
  session: Session,
  subcommand: "ACK" | "NAK",
  text: string,
  words: readonly string[],
): void {
  const { name } = session.chat.settings;
  const isShort = utf8Bytes(text) <= plainTextBytes(name, "CAP", [session.nick, subcommand]);
  const lines = isShort ? [text] : pack(session, subcommand, [...new Set(words)]);
  for (const line of lines) answer(session, subcommand, line);
}

function end({ session }: EarlyCall): void {
  if (session.registration) session.registration.negotiating = false;
}
