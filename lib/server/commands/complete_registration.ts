/**
 * The check of what a new connection must send before it is let in: NICK and USER, CAP END if it negotiates, the
 * password of the server if there is one, and a login if the server requires accounts. Then the session gets a new user,
 * or joins the user of its account, and is welcomed; otherwise it gets the reason for the refusal.
 */
import { isLoopback } from "../../irc/address.ts";
import { fold } from "../../irc/names.ts";
import type { Chat } from "../chat/chat.ts";
import { cloak, type CloakedPeer } from "../chat/cloak.ts";
import { isRefusal } from "../chat/refusal.ts";
import { notNowSentence, type PendingRegistration } from "../chat/pending_registration.ts";
import { banSentence } from "../chat/server_ban.ts";
import type { Session } from "../chat/session.ts";
import type { User, UserRecord } from "../chat/user.ts";
import type { EarlyCall } from "../hub/command.ts";
import { reply, replyRefusal, standardReply } from "../render/reply.ts";
import { nickRefusal, refuseNick } from "./nick_in_use.ts";
import { checkServerPassword } from "./pass.ts";
import { abortSasl } from "./sasl.ts";
import { welcome } from "./welcome.ts";

/** Lets the connection in when all required commands were received. */
export function completeRegistration(call: EarlyCall): void | Promise<void> {
  const { chat, commit, session } = call;
  const { registration } = session;
  if (registration === undefined || registration.negotiating) return;
  const { nick, username } = registration;
  if (nick === undefined || username === undefined) return;
  if (!checkServerPassword(session, registration)) return;
  const refusal = nickRefusal(chat, session, nick);
  if (refusal !== undefined) {
    registration.nick = undefined;
    return refuseNick(session, nick, refusal);
  }
  abortSasl(session);
  if (registration.account === undefined && chat.settings.loginRequired) {
    standardReply(
      session,
      "FAIL",
      "*",
      "ACCOUNT_REQUIRED",
      "Log in to your account first: this server accepts only users with an account",
    );
    return session.close("You must log in");
  }
  const record = recordOf(chat, session, registration, nick);
  const holder = chat.find(nick) ?? renamedUser(chat, nick, registration.account);
  const isReturn = holder?.lingering !== undefined;
  const pending = holder === undefined
    ? commit({ kind: "arrived", user: record, session: session.id }, session)
    : attach(call, record, holder);
  const greet = () => welcome(chat, session, isReturn);
  if (pending) return pending.then(greet, (error) => closeRefused(session, error));
  greet();
}

/**
 * An open session would wait without end, and most clients reconnect by themselves. Clients with irc-framework do not:
 * findings/irc_framework_stays_away.sh.
 */
function closeRefused(session: Session, error: unknown): void {
  if (!isRefusal(error)) throw error;
  replyRefusal(session, error);
  session.close(notNowSentence);
}

/**
 * The user of the account that had this nick and has another one now. A device that was offline meanwhile, or an app
 * that always begins under the nick of its settings, would else split the person in two.
 */
function renamedUser(chat: Chat, nick: string, account: string | undefined): User | undefined {
  if (account === undefined) return undefined;
  const folded = fold(nick);
  return chat.usersOf(account).find(({ formerNicks }) =>
    formerNicks.some((former) => former.folded === folded)
  );
}

/** A further device joins the online user, unless its address is banned. */
function attach({ chat, commit, session }: EarlyCall, device: UserRecord, user: User): void | Promise<void> {
  const { account = "", epoch, address, secure, client, away } = device;
  const ban = chat.serverBans.match(device, chat.clock.cautiousNow());
  if (ban !== undefined) {
    reply(session, "ERR_YOUREBANNEDCREEP");
    return session.close(banSentence(ban));
  }
  return commit(
    {
      kind: "attached",
      user: user.id,
      session: session.id,
      account,
      address,
      secure,
      ...(epoch !== undefined && { epoch }),
      ...(client !== undefined && { client }),
      ...(away !== undefined && { away }),
    },
    session,
  );
}

/** The program, as far as the connection tells: only Parley's own clients ask for parley/long-lines. */
function clientOf({ connection: { framing }, capabilities }: Session): string {
  if (!capabilities.has("parley/long-lines")) {
    return framing === "line" ? "IRC app" : "IRC app over WebSocket";
  }
  return framing === "line" ? "Parley terminal" : "Parley page";
}

function recordOf(chat: Chat, session: Session, registration: PendingRegistration, nick: string): UserRecord {
  const { connection } = session;
  const { address, secure } = connection;
  const { username, realname, away, account, epoch } = registration;
  const id = chat.newReference();
  return {
    id,
    nick,
    username: `~${username}`,
    realname: realname === "" ? nick : realname,
    host: account === undefined
      ? guestHost(chat, connection, nick, id)
      : cloak(connection, chat.cloakKey, account),
    address,
    secure,
    client: clientOf(session),
    modes: "",
    ...(account !== undefined && { account }),
    ...(epoch !== undefined && { epoch }),
    ...(away !== undefined && { away }),
  };
}

/**
 * The host of a guest. On the server's own machine it is made from the first nick. An earlier user with the same first
 * nick can still be online under another nick; then the id makes the host different.
 */
function guestHost({ users, cloakKey }: Chat, peer: CloakedPeer, nick: string, id: string): string {
  const host = cloak(peer, cloakKey, nick);
  if (!isLoopback(peer.address) || cloakKey === undefined) return host;
  return users.hasHost(host) ? cloak(peer, cloakKey, `${nick} ${id}`) : host;
}
