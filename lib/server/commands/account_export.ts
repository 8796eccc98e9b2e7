/** ACCOUNT EXPORT: all messages of the user's own account. */
import { readsLongLines } from "../../irc/capabilities.ts";
import { utf8Bytes } from "../../irc/lines.ts";
import { fold } from "../../irc/names.ts";
import { plainLineBytes } from "../../irc/plain_lines.ts";
import { parseMessageId } from "../../irc/stamp.ts";
import { splitText } from "../../irc/wrap.ts";
import { personOf } from "../chat/person.ts";
import type { Call } from "../hub/command.ts";
import { standardReply } from "../render/reply.ts";
import type { AccountRow } from "../store/accounts.ts";
import { inTurns } from "./in_turns.ts";
import { nextTurn } from "../../turns.ts";

/** The messages that are read between two pauses. */
const exportPage = 200;

/**
 * Sends all messages as JSON, in order; a message that is too long for a line is sent in pieces with the same number.
 */
export async function exportAll({ chat, session }: Call, { name }: AccountRow): Promise<void> {
  const { store } = chat;
  if (store === undefined) return;
  const { name: server, lineBytes } = chat.settings;
  const space = (readsLongLines(session.profile.mask) ? lineBytes : plainLineBytes) -
    utf8Bytes(`:${server} NOTE ${session.nick} ACCOUNT EXPORT 1234567890 :\r\n`);
  let [count, closed] = [0, 0];
  let afterEntry: number | undefined;
  do {
    const person = personOf(session);
    const page = await store.export(fold(name), { afterEntry, limit: exportPage, person });
    await inTurns(session, page.items, (item) => {
      if ((parseMessageId(item.id) ?? 0) < chat.accounts.openFrom(name)) {
        closed++;
        return;
      }
      count++;
      for (const piece of splitText(JSON.stringify(item), space)) {
        standardReply(session, "NOTE", "ACCOUNT", "EXPORT", String(count), piece);
      }
    });
    afterEntry = page.next;
    await nextTurn(person);
    await session.awaitSpace();
  } while (afterEntry !== undefined && session.connection.ended === undefined);
  standardReply(
    session,
    "NOTE",
    "ACCOUNT",
    "EXPORT_END",
    String(count),
    `The export is complete: ${count} messages` +
      (closed === 0 ? "" : `; ${closed} older ones are closed (ACCOUNT PROVE)`),
  );
}
