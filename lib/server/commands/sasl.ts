/**
 * AUTHENTICATE: login by SASL (IRCv3 sasl-3.2), before and after registration: PLAIN, SCRAM-SHA-256 with and without
 * channel binding, and EXTERNAL by client certificate.
 */
import { decode64, encode64, utf8 } from "../../irc/digest.ts";
import { fold } from "../../irc/names.ts";
import { numerics } from "../../irc/numerics.ts";
import { ScramServer } from "../../irc/scram.ts";
import { type LoginResult, type SaslMechanism, saslMechanisms } from "../chat/accounts.ts";
import type { Session } from "../chat/session.ts";
import type { CommandTable, EarlyCall } from "../hub/command.ts";
import { tellActs } from "../render/account_acts.ts";
import { reply } from "../render/reply.ts";
import { fromServer } from "../render/sender.ts";
import { checkPassword, failureSentence, logIn, sendLoggedIn, tellWait } from "./login.ts";

/** The commands of this file. */
export const saslCommands: CommandTable = {
  AUTHENTICATE: {
    early: true,
    minParams: 1,
    usage: "<mechanism or data>",
    help: "Logs in to your account (SASL)",
    run: authenticate,
  },
};

/** The most characters of base64 in one message. */
const maxChunk = 400;
/** The most characters of base64 in one answer: enough for the longest password. */
const maxAnswer = 4096;

/** One message of the client and its result: the next message of the server with the next step, or the end. */
type Step = (
  call: EarlyCall,
  message: string,
) => Promise<
  | { readonly challenge: string; readonly next: Step }
  | LoginResult
  | { readonly kind: "refused"; readonly reason: string }
>;

interface Exchange {
  /** The base64 received so far. */
  text: string;
  step: Step;
}

const mechanisms: Readonly<Record<SaslMechanism, Step>> = {
  "PLAIN": plain,
  "SCRAM-SHA-256": (call, message) => scramFirst(call, message, false),
  "SCRAM-SHA-256-PLUS": (call, message) => scramFirst(call, message, true),
  "EXTERNAL": external,
};
/** Running exchanges, by session. */
const exchanges = new WeakMap<Session, Exchange>();

/** Ends a running exchange; call it when registration is complete. */
export function abortSasl(session: Session): void {
  if (exchanges.delete(session)) reply(session, "ERR_SASLABORTED");
}

function authenticate(call: EarlyCall): void | Promise<void> {
  const { session, params } = call;
  const [word = ""] = params;
  const exchange = exchanges.get(session);
  if (word === "*") {
    exchanges.delete(session);
    return reply(session, "ERR_SASLABORTED");
  }
  if (exchange === undefined) return begin(session, word.toUpperCase());
  if (word.length > maxChunk) {
    exchanges.delete(session);
    return reply(session, "ERR_SASLTOOLONG");
  }
  if (exchange.text.length + word.length > maxAnswer) {
    exchanges.delete(session);
    return fail(session, "The message is too long");
  }
  if (word !== "+") exchange.text += word;
  if (word.length < maxChunk) return continueExchange(call, exchange);
}

function begin(session: Session, mechanism: string): void {
  const offered = saslMechanisms(session);
  const chosen = offered.find((one) => one === mechanism);
  if (chosen !== undefined) {
    exchanges.set(session, { text: "", step: mechanisms[chosen] });
    return sendChallenge(session, "");
  }
  if (offered.length > 0) reply(session, "RPL_SASLMECHS", offered.join(","));
  if (mechanism === "PLAIN" && offered.length > 0) {
    return fail(session, "PLAIN needs an encrypted connection");
  }
  if (mechanism === "EXTERNAL" && offered.length > 0) {
    return fail(session, "EXTERNAL needs a client certificate, and a connection by TLS");
  }
  reply(session, "ERR_SASLFAIL");
}

async function continueExchange(call: EarlyCall, exchange: Exchange): Promise<void> {
  const { session } = call;
  const message = textOf(exchange.text);
  exchange.text = "";
  const result = message === undefined ? undefined : await exchange.step(call, message);
  // Meanwhile the end of the registration can have ended the exchange.
  if (exchanges.get(session) !== exchange) return;
  if (result !== undefined && "next" in result) {
    exchange.step = result.next;
    return sendChallenge(session, result.challenge);
  }
  exchanges.delete(session);
  if (result === undefined) return reply(session, "ERR_SASLFAIL");
  if (result.kind === "refused") return fail(session, result.reason);
  if (result.kind !== "right") return fail(session, failureSentence(result));
  const { name } = result.account;
  if (!await logIn(call, result.account)) {
    return fail(session, "Your other devices are logged in to another account");
  }
  sendLoggedIn(session, name);
  reply(session, "RPL_SASLSUCCESS");
  tellActs(session);
}

/** Undefined if the message is not base64 of UTF-8. */
function textOf(base64: string): string | undefined {
  const bytes = decode64(base64);
  try {
    return bytes && new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function sendChallenge(session: Session, text: string): void {
  const base64 = encode64(utf8(text));
  const chunks: string[] = base64.match(/.{1,400}/g) ?? [];
  // A chunk that is not full marks the end.
  if (base64.length % maxChunk === 0) chunks.push("+");
  for (const chunk of chunks) session.answer(fromServer(session.chat, "AUTHENTICATE", [chunk]));
}

function fail(session: Session, reason: string): void {
  session.answer(
    fromServer(session.chat, numerics.ERR_SASLFAIL[0], [
      session.nick,
      `SASL authentication failed: ${reason}`,
    ]),
  );
}

/**
 * "authorisation identity, name, password" with NULs between (RFC 4616); another authorisation identity is refused.
 */
async function plain(call: EarlyCall, message: string): Promise<LoginResult> {
  const [actAs = "", name = "", password = "", ...more] = message.split("\0");
  const isWellFormed = name !== "" && password !== "" && more.length === 0;
  if (!isWellFormed || (actAs !== "" && fold(actAs) !== fold(name))) return { kind: "wrong" };
  return await checkPassword(call, name, password, "PLAIN");
}

/** The message is an account, or "" for the one of the certificate (RFC 4422, appendix A). */
function external({ session: { chat, connection } }: EarlyCall, message: string): ReturnType<Step> {
  const { tls, address } = connection;
  const name = message === "" ? undefined : message;
  const result = chat.accounts.checkCertificate(tls?.clientCertificate ?? "", address, name);
  const reason = "This certificate is not one of the account: log in with the password, then write CERT ADD";
  return Promise.resolve(result.kind === "wrong" ? { kind: "refused", reason } : result);
}

async function scramFirst({ session }: EarlyCall, message: string, isChosen: boolean): ReturnType<Step> {
  const { chat, connection: { tls } } = session;
  const data = tls?.serverEndPoint;
  const offered = data && { type: "tls-server-end-point", data } as const;
  const server = new ScramServer(undefined, { offered, isChosen });
  const challenge = await server.first(message, (name) => chat.accounts.verifierOf(name));
  if (challenge !== undefined) {
    return { challenge, next: (call, proof) => scramFinal(call, server, proof, isChosen) };
  }
  if (offered === undefined || isChosen || !message.startsWith("y,")) return { kind: "wrong" };
  const reason =
    "This server offers SCRAM-SHA-256-PLUS, and your app did not see that; somebody in between can hide it";
  return { kind: "refused", reason };
}

async function scramFinal(
  { session }: EarlyCall,
  server: ScramServer,
  message: string,
  isBound: boolean,
): ReturnType<Step> {
  const { name, verifier } = server;
  const { chat, connection } = session;
  if (verifier === undefined) return { kind: "wrong" };
  let proof: string | undefined;
  const test = async () => {
    proof = await server.final(message);
    return proof !== undefined;
  };
  const method: SaslMechanism = isBound ? "SCRAM-SHA-256-PLUS" : "SCRAM-SHA-256";
  const onWait = (ms: number) => tellWait(session, ms);
  const outcome = await chat.accounts.checkProof(
    name,
    connection.address,
    verifier,
    test,
    method,
    onWait,
  );
  if (outcome.kind !== "right" || proof === undefined) return outcome;
  return {
    challenge: proof,
    // The account can change before the client answers.
    next: (_call, last) => Promise.resolve(last === "" ? chat.accounts.recheck(outcome) : { kind: "wrong" }),
  };
}
