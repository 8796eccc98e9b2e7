/** Logging in as a conversation: SASL PLAIN and SCRAM-SHA-256, with what the server answers. */
import { encode64, utf8 } from "../../lib/irc/digest.ts";
import { type ClientBinding, ScramClient } from "../../lib/irc/scram_client.ts";
import { password } from "./account.ts";
import type { Chat } from "./chat.ts";
import type { Peer } from "./peer.ts";
import { plain } from "./transcript.ts";

/** How a device logs in. */
export interface DeviceOptions {
  /** @default {the name of the account} */
  readonly nick?: string;
  readonly caps?: readonly string[];
  /** @default {the password of registered()} */
  readonly secret?: string;
}

/** A device that logs in and registers as `nick`, and the lines after its welcome. */
export async function device(
  chat: Chat,
  account: string,
  options: DeviceOptions = {},
): Promise<{ peer: Peer; received: string[] }> {
  const peer = await chat.peer(options.nick ?? account, { register: false });
  return { peer, received: await arrive(peer, account, options) };
}

/** Logs in and registers on a new connection; returns the lines after the welcome. */
export async function arrive(
  peer: Peer,
  account: string,
  { nick = account, caps = [], secret }: DeviceOptions = {},
): Promise<string[]> {
  peer.send(
    "CAP LS 302",
    `CAP REQ :${["sasl", "standard-replies", ...caps].join(" ")}`,
    `NICK ${nick}`,
    `USER ${nick} 0 * :${nick}`,
  );
  await logIn(peer, account, secret);
  peer.send("CAP END");
  await peer.until(/^(?:@\S+ )?\S+ (376|422) /);
  return plain(await peer.lines());
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
