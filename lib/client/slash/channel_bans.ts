/**
 * Bans a person from a channel, and lifts bans. A nick is easy to change, so a ban names the host of the person, and the
 * account if there is one. A written mask is used unchanged.
 */

import { completeMask } from "../../irc/ban.ts";
import { fold, parseSource } from "../../irc/names.ts";
import type { CommandUi } from "./command_ui.ts";
import { plainName } from "../text/plain.ts";
import { ActionError } from "../state/action_error.ts";
import { matchNumerics, matchWhois, numericsIn } from "../core/requests.ts";
import type { State } from "../state/state.ts";

/** The host and the account of a person, from WHOIS. */
interface UserIdentity {
  readonly host: string;
  readonly account: string | undefined;
}

/** Bans the person with this nick, or a mask. Warns when it can ban only the nick. */
export async function ban(ui: CommandUi, channel: string, written: string): Promise<void> {
  const { client } = ui;
  const setBans = (masks: readonly string[]) =>
    client.server.command("MODE", channel, `+${"b".repeat(masks.length)}`, ...masks);
  if (!isNick(written)) return setBans([wholeMask(client.state, written)]);
  const user = await lookUp(ui, written);
  const masks = masksOf(client.state, user, await ownHost(ui));
  const name = plainName(written);
  if (masks.length > 0) {
    setBans(masks);
    if (hasHostOfNick(user)) {
      ui.note(`${name} is on the server's own machine, where a person with another name can join`, "warning");
    }
    return;
  }
  setBans([completeMask(written)]);
  const why = user === undefined ? `Nobody called ${name} is here` : `${name} has the same host as you`;
  ui.note(`${why}: only the name ${name} is banned, and a person with another name can join`, "warning");
}

/** Lifts all bans of the person with this nick, or of a mask. */
export async function unban(ui: CommandUi, channel: string, written: string): Promise<void> {
  const { client } = ui;
  if (!isNick(written)) return client.server.command("MODE", channel, "-b", wholeMask(client.state, written));
  const user = await lookUp(ui, written) ?? { host: "", account: written };
  const wanted = new Set([completeMask(written), ...masksOf(client.state, user, "")].map(fold));
  const masks = (await bansOf(ui, channel)).filter((mask) => wanted.has(fold(mask)));
  if (masks.length > 0) {
    return client.server.command("MODE", channel, `-${"b".repeat(masks.length)}`, ...masks);
  }
  throw new ActionError(
    `No ban in ${plainName(channel)} is only for ${
      plainName(written)
    }: /ban lists the bans, /unban MASK lifts one`,
  );
}

function isNick(written: string): boolean {
  return !/[!@*?.:$~]/.test(written);
}

/** "a:ann" is a complete mask on servers with such bans. */
function wholeMask({ isupport }: State, written: string): string {
  const [sign = "", letters] = (isupport.get("EXTBAN") ?? "").split(",");
  const isExtended = letters && written.startsWith(sign) && /^\w+:./.test(written.slice(sign.length));
  return isExtended ? written : completeMask(written);
}

/** The masks that match a person, but not the person who bans. */
function masksOf({ isupport }: State, user: UserIdentity | undefined, ownHost: string): string[] {
  const { host = "", account } = user ?? {};
  const [sign = ""] = (isupport.get("EXTBAN") ?? "").split(",");
  const [letter] = (isupport.get("ACCOUNTEXTBAN") ?? "").split(",");
  return [
    ...(account !== undefined && letter ? [`${sign}${letter}:${account}`] : []),
    ...(host !== "" && host !== ownHost ? [`*!*@${host}`] : []),
  ];
}

/** Parley makes the host of a person on its own machine from the name. */
function hasHostOfNick(user: UserIdentity | undefined): boolean {
  return user?.account === undefined && user?.host.endsWith(".localhost") === true;
}

async function ownHost(ui: CommandUi): Promise<string> {
  const { source, nick } = ui.client.state;
  return source === "" ? (await lookUp(ui, nick))?.host ?? "" : parseSource(source).host;
}

async function lookUp({ client }: CommandUi, nick: string): Promise<UserIdentity | undefined> {
  const answer = await client.server.request(`WHOIS ${nick}`, matchWhois);
  const [person] = numericsIn(answer, "RPL_WHOISUSER");
  const [login] = numericsIn(answer, "RPL_WHOISACCOUNT");
  return person && { host: person.params[3] ?? "", account: login?.params[2] };
}

async function bansOf(ui: CommandUi, channel: string): Promise<string[]> {
  const matcher = matchNumerics(
    ["RPL_ENDOFBANLIST", "ERR_NOSUCHCHANNEL", "ERR_NOTONCHANNEL", "ERR_CHANOPRIVSNEEDED"],
    ["RPL_BANLIST"],
  );
  const answer = await ui.client.server.ask(`MODE ${channel} b`, matcher);
  return numericsIn(answer, "RPL_BANLIST").map(({ params }) => params[2] ?? "");
}
