/** The user that holds a nick: nobody else can take the nick, or one that looks like it. */
import { fold } from "../../irc/names.ts";
import type { Chat } from "./chat.ts";
import type { User } from "./user.ts";

/**
 * The user that has this nick, or a nick that looks like it (server/names/look_alikes.ts); undefined if a session of
 * `account`, which can be `own` already, can take it. The name of an account is always free for its owner beside a
 * nick that only looks alike: both can be older than this rule.
 */
export function holderOf(
  chat: Chat,
  nick: string,
  account: string | undefined,
  own?: User,
): User | undefined {
  const holder = chat.find(nick);
  if (holder !== undefined) return holder === own ? undefined : holder;
  if (account !== undefined && fold(account) === fold(nick)) return undefined;
  return chat.findAlike(nick).find((alike) => alike !== own);
}
