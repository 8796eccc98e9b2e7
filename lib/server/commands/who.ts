/** The users who are online: WHO, with the fields of WHOX (IRCv3). */
import { shownAddress } from "../../irc/address.ts";
import { compileMask } from "../../irc/compiled_mask.ts";
import { isMask } from "../../irc/mask.ts";
import { fold } from "../../irc/names.ts";
import type { Channel, Membership } from "../chat/channel.ts";
import { realNameIn } from "../chat/permission.ts";
import { idleSeconds, type User } from "../chat/user.ts";
import { isHidden, isVisible, seesAddress, shownPrefixes, visibleChannels } from "../chat/visibility.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { reply } from "../render/reply.ts";
import { inTurns } from "./in_turns.ts";

/** The commands of this file. */
export const whoCommands: CommandTable = {
  WHO: {
    usage: "[<channel, nick or mask> [<flags>][%<fields>[,<token>]]]",
    help: "Lists the members of a channel, or the users who match a mask; flag o: operators only",
    run: who,
  },
};

/** The most users that a mask can list for a user who is not an operator. */
const maxFound = 500;

/** The content of the second parameter: "o%na,42". */
interface Query {
  readonly operatorsOnly: boolean;
  /** The properties to compare with the mask: letters of the WHOX fields; "" means the usual ones. */
  readonly flags: string;
  /** WHOX fields; undefined means the classic form. */
  readonly fields: string | undefined;
  readonly token: string;
}

function parseQuery(text: string): Query {
  const percent = text.indexOf("%");
  const flags = percent < 0 ? text : text.slice(0, percent);
  const [fields = "", token = ""] = percent < 0 ? [] : text.slice(percent + 1).split(",");
  return {
    operatorsOnly: flags.includes("o"),
    flags: [...new Set(flags)].filter((flag) => Object.hasOwn(maskProperties, flag)).join(""),
    fields: fields === "" ? undefined : fields,
    token: /^[0-9]{1,3}$/.test(token) ? token : "0",
  };
}

function who(call: Call): void | Promise<void> {
  const { session, params } = call;
  const [mask = "*", options = ""] = params;
  const query = parseQuery(options);
  const isChannel = mask.startsWith("#");
  const most = isChannel || call.user.isOperator ? Infinity : maxFound;
  let count = 0;
  const pending = inTurns(session, isChannel ? inChannel(call, mask) : byMask(call, mask, query), (found) => {
    if (found === undefined || (query.operatorsOnly && !found.user.isOperator)) return;
    if (++count > most) return false;
    send(call, found, query);
  });
  const end = () => {
    if (count > most) reply(session, "ERR_TOOMANYMATCHES", "WHO");
    reply(session, "RPL_ENDOFWHO", mask);
  };
  return pending ? pending.then(end) : end();
}

/** A user to list, and the channel to list them with. */
interface Found {
  readonly user: User;
  /** Undefined until it is needed, because only few of the matching users are listed. */
  readonly membership: readonly [Channel, Membership] | undefined;
}

/** The members that the asker can see now; undefined for one that it cannot see. */
function* inChannel({ chat, user: asker }: Call, name: string): Generator<Found | undefined> {
  const channel = chat.channel(name);
  if (channel === undefined) return;
  for (const [user, member] of channel.members) {
    if (isHidden(channel, asker)) return;
    const isShown = channel.members.has(asker) || isVisible(user, asker);
    yield isShown ? { user, membership: [channel, member] } : undefined;
  }
}

/** A nick finds its user also if the user is invisible; a mask does not. Undefined for a user that does not match. */
function* byMask({ chat, user: asker }: Call, mask: string, query: Query): Generator<Found | undefined> {
  if (query.flags === "" && !isMask(mask) && mask !== "0") {
    const user = chat.find(mask);
    if (user !== undefined) yield { user, membership: undefined };
    return;
  }
  const matches = mask === "*" || mask === "0" ? () => true : matcher(asker, mask, query.flags);
  for (const user of chat.users.values()) {
    yield isVisible(user, asker) && matches(user) ? { user, membership: undefined } : undefined;
  }
}

/** The property that a flag compares with the mask. */
const maskProperties: Readonly<Record<string, (user: User, asker: User) => string | undefined>> = {
  n: (user) => user.nick,
  u: (user) => user.username,
  h: (user) => user.host,
  i: (user, asker) => seesAddress(user, asker) ? user.address : undefined,
  r: (user) => user.realname,
  a: (user) => user.account,
};

function matcher(asker: User, mask: string, flags: string): (user: User) => boolean {
  const matches = compileMask(mask);
  if (flags === "" && /[!@]/.test(mask)) return (user) => matches(fold(user.source));
  const properties = [...flags || "nuhr"].flatMap((flag) => maskProperties[flag] ?? []);
  return (user) =>
    properties.some((property) => {
      const text = property(user, asker);
      return text !== undefined && matches(fold(text));
    });
}

function send(
  call: Call,
  { user, membership = visibleChannels(user, call.user)[0] }: Found,
  query: Query,
): void {
  const { chat, session } = call;
  const { fields, token } = query;
  const found = { user, membership };
  if (fields !== undefined) {
    const wanted = [...order].filter((field) => fields.includes(field));
    return reply(session, "RPL_WHOSPCRPL", ...wanted.map((field) => valueOf(call, found, field, token)));
  }
  const channel = membership?.[0].name ?? "*";
  const { name } = chat.settings;
  const flags = flagsOf(call, found);
  reply(
    session,
    "RPL_WHOREPLY",
    channel,
    user.username,
    user.host,
    name,
    user.nick,
    flags,
    `0 ${realNameOf(found)}`,
  );
}

function realNameOf({ user, membership }: Found): string {
  return membership === undefined ? user.realname : realNameIn(membership[0], user);
}

/** Here or away, operator, ranks, bot. */
function flagsOf({ session }: Call, { user, membership }: Found): string {
  return (user.away === undefined ? "H" : "G") + (user.isOperator ? "*" : "") +
    (membership === undefined ? "" : shownPrefixes(session, membership[1])) +
    (user.modes.has("B") ? "B" : "");
}

/** The order of the fields in WHOX. */
const order = "tcuihsnfdlaor";

function valueOf(call: Call, found: Found, field: string, token: string): string {
  const { chat, user: asker } = call;
  const { user, membership } = found;
  switch (field) {
    case "t":
      return token;
    case "c":
      return membership?.[0].name ?? "*";
    case "u":
      return user.username;
    case "i":
      return seesAddress(user, asker) ? shownAddress(user.address) : "255.255.255.255";
    case "h":
      return user.host;
    case "s":
      return chat.settings.name;
    case "n":
      return user.nick;
    case "f":
      return flagsOf(call, found);
    case "d":
      return "0";
    case "l":
      return String(idleSeconds(chat, user));
    case "a":
      return user.account ?? "0";
    case "o":
      return "n/a";
    default:
      return realNameOf(found);
  }
}
