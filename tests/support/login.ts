/** Logging in as a conversation: SASL PLAIN and SCRAM-SHA-256, with what the server answers. */
import { encode64, utf8 } from "../../lib/irc/digest.ts";
import { type ClientBinding, ScramClient } from "../../lib/irc/scram_client.ts";
import { password } from "./account.ts";
import type { Chat } from "./chat.ts";
import type { Peer } from "./peer.ts";
import { plain } from "./transcript.ts";

/** A device that logs in and registers as `nick`, and the lines after its welcome. */
export async function device(
  chat: Chat,
  account: string,
  { nick = account, caps = [] }: { nick?: string; caps?: readonly string[] } = {},
): Promise<{ peer: Peer; received: string[] }> {
  const peer = await chat.peer(nick, { register: false });
  peer.send(
    "CAP LS 302",
    `CAP REQ :${["sasl", "standard-replies", ...caps].join(" ")}`,
    `NICK ${nick}`,
    `USER ${nick} 0 * :${nick}`,
  );
  await logIn(peer, account);
  peer.send("CAP END");
  await peer.until(/^\S+ (376|422) /);
  return { peer, received: plain(await peer.lines()) };
}

/** Logs in by PLAIN; returns the answer, from RPL_LOGGEDIN on. */
export async function logIn(peer: Peer, account: string, secret = password): Promise<string[]> {
  peer.send("AUTHENTICATE PLAIN");
  await peer.next(/ AUTHENTICATE \+$/);
  peer.send(`AUTHENTICATE ${encode64(utf8(`\0${account}\0${secret}`))}`);
  return answer(peer);
}

/** Logs in by SCRAM-SHA-256; the server has to prove that it knows the password too. `meanwhile` runs before the last step. */
export async function scram(
  peer: Peer,
  account: string,
  secret = password,
  meanwhile?: () => unknown,
  binding: ClientBinding = {},
): Promise<string[]> {
  const client = new ScramClient(account, secret, undefined, binding);
  peer.send(`AUTHENTICATE SCRAM-SHA-256${binding.chosen === undefined ? "" : "-PLUS"}`);
  await peer.next(/ AUTHENTICATE \+$/);
  peer.send(`AUTHENTICATE ${encode64(utf8(client.first()))}`);
  const challenge = textOf(await peer.next(/ AUTHENTICATE | 904 /));
  peer.send(`AUTHENTICATE ${encode64(utf8(await client.final(challenge) ?? ""))}`);
  const last = await peer.next(/ AUTHENTICATE | 904 /);
  if (last.includes(" 904 ")) return plain([last]);
  if (!client.proves(textOf(last))) throw new Error(`The server proved nothing: ${last}`);
  await meanwhile?.();
  peer.send("AUTHENTICATE +");
  return answer(peer);
}

async function answer(peer: Peer): Promise<string[]> {
  return plain(await peer.until(/ (903|904|905|906|907) /));
}

function textOf(line: string): string {
  return atob(line.slice(line.lastIndexOf(" ") + 1));
}
