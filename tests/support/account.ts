/** Peers with accounts: registering one, and logging in to one (SASL PLAIN over the loopback interface). */
import type { Chat } from "./chat.ts";
import type { Peer, PeerOptions } from "./peer.ts";

/** The password of every account that registered() makes. */
export const password = "correct-horse-battery";

/** A peer that registers its nick as an account and is logged in. */
export async function registered(chat: Chat, nick: string, options: PeerOptions = {}): Promise<Peer> {
  const peer = await chat.peer(nick, options);
  peer.send(`REGISTER * * ${password}`);
  await peer.next(/ REGISTER SUCCESS /);
  await peer.lines();
  return peer;
}

/** Another device of an account that registered() made. */
export async function loggedIn(chat: Chat, account: string, options: PeerOptions = {}): Promise<Peer> {
  const peer = await chat.peer(account, { register: false });
  const caps = ["sasl", "standard-replies", ...options.caps ?? []].join(" ");
  peer.send(`CAP REQ :${caps}`, "AUTHENTICATE PLAIN");
  await peer.next(/ AUTHENTICATE \+|^AUTHENTICATE \+/);
  peer.send(`AUTHENTICATE ${btoa(`\0${account}\0${password}`)}`);
  peer.send(`NICK ${account}`, `USER ${account} 0 * :${account}`, "CAP END");
  await peer.next(/ (376|422) /);
  await peer.lines();
  return peer;
}

/** Makes a user a server operator, as OPER does. */
export function makeOperator({ state }: Chat, nick: string): void {
  const user = state.find(nick);
  if (user === undefined) throw new Error(`There is no user ${nick}`);
  user.addMode("o");
  user.operator = { name: "root", machine: state.machine, key: "" };
}
