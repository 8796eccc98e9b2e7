/** Conversations as lines that are the same in every run: whoever acts is named by nick alone, without host and time. */
import { parse } from "../../lib/irc/message.ts";
import type { Peer } from "./peer.ts";

/** ":ann!~ann@host JOIN :#tea" → ":ann JOIN #tea": tags and hosts are left out, and colons that are not needed. */
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

/** Sends lines and returns everything that came since, answers included. */
export async function say(peer: Peer, ...lines: string[]): Promise<string[]> {
  peer.send(...lines);
  return plain(await peer.lines());
}

/** What came since, once the server has dealt with what others sent. */
export async function heard(peer: Peer): Promise<string[]> {
  return plain(await peer.lines());
}
