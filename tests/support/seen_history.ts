/** The part of history that a peer can see: by CHATHISTORY, SEARCH and TARGETS. */
import type { Chat } from "./chat.ts";
import type { Peer } from "./peer.ts";
import { ask } from "./transcript.ts";

/** The capabilities that these functions need. */
export const caps = ["batch", "draft/chathistory", "soju.im/search"];

/** The texts that a peer gets of a target's history: "hello, bye"; or the code of the refusal. */
export async function sees(peer: Peer, target: string): Promise<string> {
  const lines = await ask(peer, `CHATHISTORY LATEST ${target} * 50`);
  const code = / FAIL CHATHISTORY (\S+)/.exec(lines.join("\n"))?.[1];
  return code ?? texts(lines);
}

/** The texts that a peer finds by a word that all have. */
export async function finds(peer: Peer, more = ""): Promise<string> {
  await peer.lines();
  peer.send(`SEARCH text=secret${more}`);
  return texts(await peer.until(/ BATCH -/));
}

/** The texts of the messages in these lines. */
export function texts(lines: readonly string[]): string {
  return lines.flatMap((line) => / PRIVMSG \S+ :?(.*)$/.exec(line)?.[1] ?? []).join(", ");
}

/** The names of all conversations that TARGETS lists. */
export async function targets(peer: Peer): Promise<string> {
  const lines = await ask(
    peer,
    "CHATHISTORY TARGETS timestamp=2020-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z 50",
  );
  return lines.flatMap((line) => / TARGETS (\S+)/.exec(line)?.[1] ?? []).join(", ");
}

/** Peers with the capabilities. */
export async function people<Nicks extends readonly string[]>(
  chat: Chat,
  ...nicks: Nicks
): Promise<{ [At in keyof Nicks]: Peer }> {
  const all = [];
  for (const nick of nicks) all.push(await chat.peer(nick, { caps }));
  return all as { [At in keyof Nicks]: Peer };
}
