/** Lines that are the same in every run: the sender is only a nick, without host and time. */
import { parse } from "../../lib/irc/message.ts";
import type { Peer } from "./peer.ts";

/** ":ann!~ann@host JOIN :#tea" → ":ann JOIN #tea": without tags, hosts and unnecessary colons. */
export function plain(lines: readonly string[]): string[] {
  return lines.map((line) => {
    const message = parse(line);
    if (message === undefined) return line;
    const { source, command, params } = message;
    const [last = ""] = params.slice(-1);
    const colon = last === "" || last.startsWith(":") || last.includes(" ") ? ":" : "";
    return [`:${source.replace(/!.*/, "")}`, command, ...params.slice(0, -1), colon + last].join(" ");
  });
}

/** Sends lines and returns all lines since the last call, with the answers. */
export async function ask(peer: Peer, ...lines: string[]): Promise<string[]> {
  peer.send(...lines);
  return plain(await peer.lines());
}

/** All lines since the last call, after the server has handled the lines of others. */
export async function receive(peer: Peer): Promise<string[]> {
  return plain(await peer.lines());
}
