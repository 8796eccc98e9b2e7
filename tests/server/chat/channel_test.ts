/** The sessions that get the messages of a channel follow its members, whatever was asked before. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ChannelState } from "../../../lib/server/chat/channel.ts";
import type { Deliverable } from "../../../lib/server/chat/delivery.ts";
import type { SessionState } from "../../../lib/server/chat/session.ts";
import { UserState } from "../../../lib/server/chat/user.ts";

Deno.test("the sessions of a channel are those of its members, in the order of their JOIN", () => {
  const step = fc.tuple(fc.constantFrom("join", "leave", "connect", "disconnect", "read"), fc.nat(3));
  fc.assert(fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
    const channel = new ChannelState("#tea", 0, []);
    const users = ["ann", "bob", "cat", "dan"].map((nick) => {
      const record = { id: nick, nick, username: "u", realname: "r", host: "h", address: "10.0.0.1" };
      return new UserState({ ...record, secure: false, modes: "" }, 0, 0);
    });
    for (const [act, at] of steps) {
      const user = users[at];
      if (user === undefined) continue;
      if (act === "join") channel.add(user, "", 0);
      else if (act === "leave") channel.remove(user);
      else if (act === "read") void channel.sessions;
      // As server/apply/presence.ts does when a device comes or leaves.
      else if (act === "connect") {
        user.sessions.push({} as SessionState);
        for (const one of user.channels.keys()) one.forgetSessions();
      } else {
        const ended = user.sessions.pop();
        if (ended !== undefined) { for (const one of user.channels.keys()) one.dropSession(ended); }
      }
    }
    assertEquals(channel.sessions, [...channel.members.keys()].flatMap(({ sessions }) => sessions));
  }));
});

Deno.test("a session that ends while a message is sent to all takes it from nobody else", () => {
  const channel = new ChannelState("#tea", 0, []);
  const sent: number[] = [];
  const record = { username: "u", realname: "r", host: "h", address: "10.0.0.1", secure: false, modes: "" };
  const users = Array.from({ length: 4 }, (_, at) => {
    const user = new UserState({ ...record, id: `${at}`, nick: `n${at}` }, 0, 0);
    const send = () => {
      sent.push(at);
      if (at === 1) channel.remove(user);
    };
    user.sessions.push({ send } as unknown as SessionState);
    return user;
  });
  for (const user of users) channel.add(user, "", 0);
  void channel.sessions;
  channel.broadcast({} as Deliverable);
  assertEquals([sent, channel.sessions.length], [[0, 1, 2, 3], 3]);
});
