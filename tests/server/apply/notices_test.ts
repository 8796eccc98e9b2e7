/** Which notices about a user can wait in a crowd. */
import { assertEquals } from "@std/assert";
import { sendToPeers } from "../../../lib/server/apply/notices.ts";
import type { ChatState } from "../../../lib/server/chat/chat.ts";
import type { Deliverable } from "../../../lib/server/chat/delivery.ts";
import type { UserState } from "../../../lib/server/chat/user.ts";

Deno.test("a change of a user can wait for its peers, and not for its own devices", () => {
  const sent: [name: string, canWait: boolean][] = [];
  const ann = { channels: new Map(), sessions: [] as unknown[] };
  const session = (name: string, user: unknown) => ({
    user,
    send: (_: Deliverable, canWait: boolean) => sent.push([name, canWait]),
  });
  ann.sessions.push(session("ann's phone", ann), session("ann's laptop", ann));
  const tea = { flags: new Set(), sessions: [...ann.sessions, session("bob", {})] };
  ann.channels.set(tea, {});
  sendToPeers({} as ChatState, ann as unknown as UserState, {} as Deliverable);
  assertEquals(sent, [["ann's phone", false], ["ann's laptop", false], ["bob", true]]);
});
