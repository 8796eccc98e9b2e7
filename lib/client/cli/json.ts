/** A message as one line of JSON, for programs. Unknown fields are left out. Texts are unchanged. */

import type { ChatEvent, Said } from "../state/event.ts";

/** {"time","msgid","from","account","target","kind","text","replyTo","own"} */
export function jsonLine(event: ChatEvent & Said): string {
  const { at, id, from, buffer, to, manner, text, replyTo, own } = event;
  return JSON.stringify({
    time: new Date(at).toISOString(),
    msgid: id,
    from: from.nick,
    account: from.account,
    target: /^[#&]/.test(buffer) ? buffer : to,
    kind: manner,
    text,
    replyTo,
    ...(own && { own }),
  });
}
