/** CAP: capabilities a client can request, and those it has (IRCv3 capability negotiation, version 302). */
import { type CapabilityName, isCapability } from "../../irc/capabilities.ts";
import { utf8Bytes } from "../../irc/lines.ts";
import { packWords } from "../../irc/wrap.ts";
import { refuse } from "../chat/refusal.ts";
import type { Session } from "../chat/session.ts";
import type { EarlyCall } from "../hub/command.ts";
import { offeredCapabilities } from "../render/capability_values.ts";
import { fromServer } from "../render/sender.ts";

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
  const words = [...offeredCapabilities(session)].map(([name, word]) =>
    session.capVersion >= 302 ? word : name
  );
  sendWords(session, "LS", words);
}

function listOwn({ session }: EarlyCall): void {
  sendWords(session, "LIST", [...session.capabilities]);
}

/** Only version 302 clients understand "*" as "more lines follow"; others get one line. */
function sendWords(session: Session, subcommand: string, words: readonly string[]): void {
  const { chat } = session;
  const space = session.capVersion >= 302 ? 400 : chat.settings.lineBytes - 200;
  const lines = packWords(words, space);
  if (lines.length === 0) lines.push("");
  lines.forEach((line, at) => {
    const more = at < lines.length - 1 ? ["*"] : [];
    session.answer(fromServer(chat, "CAP", [session.nick, subcommand, ...more, line]));
  });
}

function request({ chat, session, params }: EarlyCall): void {
  if (session.registration) session.registration.negotiating = true;
  const [, text = ""] = params;
  const { name: server, lineBytes } = chat.settings;
  if (utf8Bytes(`:${server} CAP ${session.nick} ACK :${text}\r\n`) > lineBytes) refuse("ERR_INPUTTOOLONG");
  const added: CapabilityName[] = [];
  const removed: CapabilityName[] = [];
  const offered = offeredCapabilities(session);
  for (const word of text.split(" ").filter((one) => one !== "")) {
    const minus = word.startsWith("-");
    const name = minus ? word.slice(1) : word;
    const locked = minus && name === "cap-notify" && session.capVersion >= 302;
    if (!isCapability(name) || locked || !offered.has(name) || name === "sts") {
      return session.answer(fromServer(chat, "CAP", [session.nick, "NAK", text]));
    }
    (minus ? removed : added).push(name);
  }
  session.answer(fromServer(chat, "CAP", [session.nick, "ACK", text]));
  session.changeCapabilities(added, removed);
}

function end({ session }: EarlyCall): void {
  if (session.registration) session.registration.negotiating = false;
}
