/**
 * Keeping somebody out of a room, and letting them in again. A nick is changed in a moment, so what is banned is what
 * the server tells of somebody: the host, and the account where there is one. A mask is taken as it is written.
 */

import { completeMask, fold, parseSource } from "../../irc/names.ts";
import type { Face } from "./face.ts";
import { plainName } from "../text/plain.ts";
import { ActionError } from "../core/action_error.ts";
import { numericsIn, numericsUntil, whoisUntil } from "../core/requests.ts";
import type { State } from "../core/state.ts";

/** Who somebody is on this server. */
interface KnownUser {
  readonly host: string;
  readonly account: string | undefined;
}

/** Bans who has this nick, or a mask. Where no more than the nick can be banned, says so. */
export async function ban(face: Face, room: string, written: string): Promise<void> {
  const { client } = face;
  const put = (masks: readonly string[]) =>
    client.server.command("MODE", room, `+${"b".repeat(masks.length)}`, ...masks);
  if (!isNick(written)) return put([wholeMask(client.state, written)]);
  const known = await lookUp(face, written);
  const masks = masksOf(client.state, known, await ownHost(face));
  if (masks.length > 0) return put(masks);
  put([completeMask(written)]);
  const name = plainName(written);
  const why = known === undefined
    ? `Nobody called ${name} is here`
    : `${name} comes from where you come from`;
  face.note(`${why}: what is banned is the name ${name}, and whoever takes another gets in`, "warning");
}

/** Lifts the bans that name who has this nick, or a mask. */
export async function unban(face: Face, room: string, written: string): Promise<void> {
  const { client } = face;
  if (!isNick(written)) return client.server.command("MODE", room, "-b", wholeMask(client.state, written));
  const known = await lookUp(face, written) ?? { host: "", account: written };
  const wanted = new Set([completeMask(written), ...masksOf(client.state, known, "")].map(fold));
  const masks = (await bansOf(face, room)).filter((mask) => wanted.has(fold(mask)));
  if (masks.length > 0) return client.server.command("MODE", room, `-${"b".repeat(masks.length)}`, ...masks);
  throw new ActionError(
    `No ban of ${plainName(room)} is of ${plainName(written)} alone: /ban lists them, /unban MASK lifts one`,
  );
}

function isNick(written: string): boolean {
  return !/[!@*?.:$~]/.test(written);
}

/** "a:ann" and its like are masks already where the server has such. */
function wholeMask({ isupport }: State, written: string): string {
  const [sign = "", letters] = (isupport.get("EXTBAN") ?? "").split(",");
  const isExtended = letters && written.startsWith(sign) && /^\w+:./.test(written.slice(sign.length));
  return isExtended ? written : completeMask(written);
}

/** All that names somebody and not the person who bans. */
function masksOf({ isupport }: State, known: KnownUser | undefined, ownHost: string): string[] {
  const { host = "", account } = known ?? {};
  const [sign = ""] = (isupport.get("EXTBAN") ?? "").split(",");
  const [letter] = (isupport.get("ACCOUNTEXTBAN") ?? "").split(",");
  return [
    ...(account !== undefined && letter ? [`${sign}${letter}:${account}`] : []),
    ...(host !== "" && host !== ownHost ? [`*!*@${host}`] : []),
  ];
}

async function ownHost(face: Face): Promise<string> {
  const { source, nick } = face.client.state;
  return source === "" ? (await lookUp(face, nick))?.host ?? "" : parseSource(source).host;
}

async function lookUp({ client }: Face, nick: string): Promise<KnownUser | undefined> {
  const answer = await client.server.request(`WHOIS ${nick}`, whoisUntil);
  const [person] = numericsIn(answer, "RPL_WHOISUSER");
  const [login] = numericsIn(answer, "RPL_WHOISACCOUNT");
  return person && { host: person.params[3] ?? "", account: login?.params[2] };
}

async function bansOf(face: Face, room: string): Promise<string[]> {
  const until = numericsUntil(
    ["RPL_ENDOFBANLIST", "ERR_NOSUCHCHANNEL", "ERR_NOTONCHANNEL", "ERR_CHANOPRIVSNEEDED"],
    ["RPL_BANLIST"],
  );
  const answer = await face.client.server.ask(`MODE ${room} b`, until);
  return numericsIn(answer, "RPL_BANLIST").map(({ params }) => params[2] ?? "");
}
