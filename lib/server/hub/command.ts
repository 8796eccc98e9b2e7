/**
 * The rows of commands, and their dispatch: it checks that the command exists, is allowed and has its parameters, runs
 * the handler, and answers a refusal. Another error of a handler is a bug: it ends the session, not the server.
 */
import type { BadLine, Line } from "../../irc/lines.ts";
import { escapeTagValue, type Message, parse } from "../../irc/message.ts";
import type { Commit } from "../apply/event.ts";
import type { Chat } from "../chat/chat.ts";
import { errorText } from "../chat/error_text.ts";
import { notNowSentence } from "../chat/pending_registration.ts";
import { isRefusal } from "../chat/refusal.ts";
import type { Session } from "../chat/session.ts";
import type { User } from "../chat/user.ts";
import { LabelledResponse } from "../render/labelled_response.ts";
import { reply, replyRefusal, standardReply } from "../render/reply.ts";
import { logRefusal } from "./session_log.ts";

/** The parts of this server that commands use, beside the chat. */
export interface ServerControls {
  /** Every command by its name on the wire. */
  readonly commands: ReadonlyMap<string, Command>;
  /** Reads the message of the day, the password and the operators again. Throws an Error with a sentence for people. */
  rehash(): void;
}

/** One use of a command, by a session that can be unregistered. */
export interface EarlyCall {
  /** Read-only; only `commit` changes the chat. */
  readonly chat: Chat;
  readonly commit: Commit;
  readonly server: ServerControls;
  readonly session: Session;
  readonly message: Message;
  readonly params: readonly string[];
}

/** One use of a command, by a registered user. */
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

/** One command. A handler that must wait (for a password, a file) returns a promise; others do not. */
export type Command =
  | Row & { readonly early: true; readonly run: (call: EarlyCall) => void | Promise<void> }
  | Row & {
    readonly early?: false;
    /** Only server operators can use it. */
    readonly oper?: true;
    readonly run: (call: Call) => void | Promise<void>;
  };

/** Rows by the name of the command on the wire. */
export type CommandTable = Readonly<Record<string, Command>>;

/** Runs the commands of lines. */
export class Dispatcher {
  readonly #chat: Chat;
  readonly #commit: Commit;
  readonly #server: ServerControls;

  constructor({ chat, commit, commands, rehash }: { chat: Chat; commit: Commit } & ServerControls) {
    this.#chat = chat;
    this.#commit = commit;
    this.#server = { commands, rehash };
  }

  /** Runs the command of one line. The next line of the session waits for the returned promise. */
  dispatch(session: Session, line: Line): void | Promise<void> {
    if (typeof line !== "string") {
      const accepted = acceptedLine(session, line);
      return accepted === undefined ? refuseBadLine(session, line) : this.dispatch(session, accepted);
    }
    const message = parse(line);
    if (message === undefined) {
      const sentence = "A line must have a command, and must not contain NUL or CR";
      return standardReply(session, "FAIL", "*", "INVALID_MESSAGE", sentence);
    }
    startResponse(session, message);
    const pending = this.#run(session, message);
    if (pending) {
      // The end of a batch answers with the label of its start, so this is read after the command has begun.
      const { response } = session;
      return pending.then(() => {
        // After tellDoubt() the session can have the response of a later line.
        if (session.response === response) finishResponse(session);
      });
    }
    if (session.response !== undefined) finishResponse(session);
  }

  /** Answers a line whose event was not ordered yet, so that the next line does not wait for it. */
  tellDoubt(session: Session, line: Line): void {
    // If its user arrives after all, this machine tells the others that it left (cluster/machines.ts).
    if (session.user === undefined) return session.close(notNowSentence);
    const command = typeof line === "string" ? parse(line)?.command ?? "*" : "*";
    const sentence =
      "This is not saved yet, because the servers cannot save it now; it may still arrive when they can";
    standardReply(session, "FAIL", command, "RESULT_UNKNOWN", sentence);
    finishResponse(session);
  }

  #run(session: Session, message: Message): void | Promise<void> {
    try {
      const pending = this.#checkAndRun(session, message);
      if (pending) return pending.catch((error) => endRun(session, message, error));
    } catch (error) {
      endRun(session, message, error);
    }
  }

  #checkAndRun(session: Session, message: Message): void | Promise<void> {
    const { command: name, params } = message;
    const command = this.#server.commands.get(name);
    const { user } = session;
    if (command === undefined) {
      if (user === undefined && isHttp(message)) return session.close("This is an IRC server");
      return reply(session, "ERR_UNKNOWNCOMMAND", name);
    }
    if (user === undefined && !command.early) return reply(session, "ERR_NOTREGISTERED");
    if (params.length < (command.minParams ?? 0)) return reply(session, "ERR_NEEDMOREPARAMS", name);
    const chat = this.#chat;
    const commit = this.#commit;
    const server = this.#server;
    if (command.early) return command.run({ chat, commit, server, session, message, params });
    if (user === undefined) return;
    if (command.oper && !user.isOperator) return reply(session, "ERR_NOPRIVILEGES");
    return command.run({ chat, commit, server, session, message, params, user });
  }
}

/** An answer of several lines is a batch, so labels need a client that supports batches too. */
function takesLabels(session: Session): boolean {
  return session.has("labeled-response") && session.has("batch");
}

/**
 * Whether a line is HTTP: a hostile page can let a browser send a request here, with commands in its body. The
 * connection checks the first bytes already (net/wrong_protocol.ts); this is for methods that it does not know.
 */
function isHttp({ command, params }: Message): boolean {
  return command === "HOST:" || params[1]?.startsWith("HTTP/") === true;
}

function endRun(session: Session, message: Message, error: unknown): void {
  if (isRefusal(error)) {
    logRefusal(session.chat, session, error, message.command);
    return replyRefusal(session, error);
  }
  session.chat.log(
    "error",
    `Bug in ${message.command}, session ${session.id} ended: ${describeError(error)}`,
  );
  session.close("Internal error");
}

/** An error as text for the log. A bus without connection throws a refusal. */
export function describeError(error: unknown): string {
  return isRefusal(error) ? error.params.at(-1) ?? "refused" : errorText(error);
}

/** Begins to collect the answer, if the message has a label. */
function startResponse(session: Session, { tags }: Message): void {
  const label = tags.size > 0 && takesLabels(session) ? tags.get("label") : undefined;
  if (label !== undefined && label !== "") session.response = new LabelledResponse(escapeTagValue(label));
}

function finishResponse(session: Session): void {
  const { chat, response } = session;
  if (response === undefined) return;
  session.response = undefined;
  session.write(response.finish(chat.settings.name, chat.newReference()));
}

/**
 * A USER or QUIT that is not UTF-8, with "?" in the place of what cannot be read: its client would not send it again. It
 * would wait until the registration times out, or look like a lost connection. Undefined for another line.
 */
function acceptedLine(session: Session, { text = "" }: BadLine): string | undefined {
  const command = parse(text)?.command;
  const readable = text.replaceAll("\ufffd", "?");
  if (command === "QUIT") return readable;
  if (session.registration === undefined || command !== "USER") return undefined;
  const sentence =
    "Your real name is not UTF-8, so parts of it were replaced; set the encoding of your client to UTF-8";
  standardReply(session, "WARN", "USER", "INVALID_UTF8", sentence);
  return readable;
}

/** The message of several lines that is still open lacks this line, so it is not sent at all. */
function refuseBadLine(session: Session, { fault, text = "" }: BadLine): void {
  session.refusedBatch = session.batch?.reference ?? session.refusedBatch;
  session.batch = undefined;
  if (fault === "too long") return reply(session, "ERR_INPUTTOOLONG");
  const message = parse(text);
  if (message !== undefined) startResponse(session, message);
  const name = message !== undefined && /^[A-Z]+$/.test(message.command) ? message.command : "*";
  const sentence =
    "This server accepts UTF-8 only, so it dropped your line; set the encoding of your client to UTF-8";
  standardReply(session, "FAIL", name, "INVALID_UTF8", sentence);
  finishResponse(session);
}
