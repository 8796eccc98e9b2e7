/**
 * Commands: what a row is, and dispatch, which passes every gate (known, registered, rank, parameters) once, runs the
 * handler, and answers a refusal. A handler that throws anything else has a bug: its session ends, the server goes on.
 */
import type { Line } from "../../irc/lines.ts";
import { escapeTagValue, type Message, parse } from "../../irc/message.ts";
import type { Hub } from "./hub.ts";
import { isRefusal } from "../chat/refusal.ts";
import { LabelledResponse } from "../render/labelled_response.ts";
import type { Session } from "../chat/session.ts";
import type { User } from "../chat/user.ts";

/** A command at hand, from a session that may not be registered yet. */
export interface EarlyCall {
  readonly hub: Hub;
  readonly session: Session;
  readonly message: Message;
  readonly params: readonly string[];
}

/** A command at hand, from a registered user. */
export interface Call extends EarlyCall {
  readonly user: User;
}

interface Row {
  /** Fewer parameters are refused with ERR_NEEDMOREPARAMS. @default {0} */
  readonly minParams?: number;
  /** Its parameters, for HELP: "<channel> [<topic>]". */
  readonly usage: string;
  /** One sentence for HELP. */
  readonly help: string;
}

/** One command people can send. A handler that must wait (a password, a file) returns a promise; others do not. */
export type Command =
  | Row & { readonly early: true; readonly run: (call: EarlyCall) => void | Promise<void> }
  | Row & {
    readonly early?: false;
    /** Only server operators may. */
    readonly oper?: true;
    readonly run: (call: Call) => void | Promise<void>;
  };

/** Rows by the command's name on the wire. */
export type CommandTable = Readonly<Record<string, Command>>;

/** Acts on one line. A promise means: this session's next line has to wait for it. */
export function dispatch(hub: Hub, session: Session, line: Line): void | Promise<void> {
  if (typeof line !== "string") return refuseBadLine(session, line.fault);
  const message = parse(line);
  if (message === undefined) {
    return session.standardReply(
      "FAIL",
      "*",
      "INVALID_MESSAGE",
      "A line needs a command, and has no NUL or CR inside",
    );
  }
  const label = message.tags.size > 0 && takesLabels(session) ? message.tags.get("label") : undefined;
  if (label !== undefined && label !== "") session.response = new LabelledResponse(escapeTagValue(label));
  const pending = run(hub, session, message);
  if (pending) return pending.then(() => finishResponse(hub, session));
  if (session.response !== undefined) finishResponse(hub, session);
}

/** An answer of several lines is a batch, so labels are for who knows batches too. */
function takesLabels(session: Session): boolean {
  return session.has("labeled-response") && session.has("batch");
}

function run(hub: Hub, session: Session, message: Message): void | Promise<void> {
  try {
    const pending = gate(hub, session, message);
    if (pending) return pending.catch((error) => endRun(hub, session, message, error));
  } catch (error) {
    endRun(hub, session, message, error);
  }
}

function gate(hub: Hub, session: Session, message: Message): void | Promise<void> {
  const { command: name, params } = message;
  const command = hub.commands.get(name);
  const { user } = session;
  if (command === undefined) {
    if (user === undefined && isHttp(message)) return session.close("This is an IRC server");
    return session.reply("ERR_UNKNOWNCOMMAND", name);
  }
  if (user === undefined && !command.early) return session.reply("ERR_NOTREGISTERED");
  if (params.length < (command.minParams ?? 0)) return session.reply("ERR_NEEDMOREPARAMS", name);
  if (command.early) return command.run({ hub, session, message, params });
  if (user === undefined) return;
  if (command.oper && !user.modes.has("o")) return session.reply("ERR_NOPRIVILEGES");
  return command.run({ hub, session, message, params, user });
}

/**
 * Whether a line is of HTTP: a page somewhere may have its visitor's browser send one here, with commands in its body.
 * The first bytes are looked at by the connection already (net/wrong_protocol.ts); this is for methods it does not know.
 */
function isHttp({ command, params }: Message): boolean {
  return command === "HOST:" || params[1]?.startsWith("HTTP/") === true;
}

function endRun(hub: Hub, session: Session, message: Message, error: unknown): void {
  if (isRefusal(error)) return session.refuse(error);
  const stack = error instanceof Error ? error.stack ?? error.message : String(error);
  hub.log("error", `Bug in ${message.command}, session ${session.id} ended: ${stack}`);
  session.close("Internal error");
}

function finishResponse(hub: Hub, session: Session): void {
  const { response } = session;
  if (response === undefined) return;
  session.response = undefined;
  session.write(response.finish(hub.settings.name, hub.newReference()));
}

function refuseBadLine(session: Session, fault: "too long" | "not UTF-8"): void {
  if (fault === "too long") return session.reply("ERR_INPUTTOOLONG");
  session.standardReply("FAIL", "*", "INVALID_UTF8", "This server accepts UTF-8 only; the line was dropped");
}
