/** Many users who leave in one moment: each end is told in its turn. */
import { assert, assertEquals } from "@std/assert";
import { applyEvent } from "../../../lib/server/apply/apply.ts";
import type { Commit, Event } from "../../../lib/server/apply/event.ts";
import type { ChatState } from "../../../lib/server/chat/chat.ts";
import type { SessionState } from "../../../lib/server/chat/session.ts";
import { Departures } from "../../../lib/server/hub/departures.ts";
import { makeOperator } from "../../support/account.ts";
import { type Chat, startChat } from "../../support/chat.ts";
import { pause } from "../../support/deadline.ts";
import { visit } from "../../support/memory_connection.ts";
import { story } from "../../support/story.ts";
import { ask } from "../../support/transcript.ts";

/** A chat with sessions "0", "1" …, whose users are in a channel with so many members. */
function crowd(count: number, members: number): { chat: ChatState; sessions: SessionState[] } {
  const channels = new Map([[{ members: { size: members } }, {}]]);
  const sessions = Array.from({ length: count }, (_, at) => ({
    id: String(at),
    hasQuit: false,
    user: { id: `u${at}`, nick: `n${at}`, channels },
  }));
  const chat = {
    sessions: new Map(sessions.map((one) => [one.id, one])),
    monitors: { clear: () => {} },
    settings: { linger: 0 },
  };
  return { chat: chat as unknown as ChatState, sessions: sessions as unknown as SessionState[] };
}

Deno.test("of many who leave a large channel in one moment, the first are told at once, the others in turns", async () => {
  const { chat, sessions } = crowd(30, 2000);
  const told: string[] = [];
  const commit = ((event: Event) => {
    if (event.kind === "detached") told.push(event.session);
  }) as Commit;
  const turns: (() => void)[] = [];
  const departures = new Departures(chat, commit, {
    nextRound: () => {},
    nextTurn: () => new Promise((resolve) => turns.push(resolve)),
  });
  for (const one of sessions) departures.detach(one, "gone");
  assertEquals([told, chat.sessions.size], [["0", "1", "2"], 0]);
  turns.shift()?.();
  await Promise.resolve();
  assert(told.length > 3);
  departures.flush();
  assertEquals(told, sessions.map(({ id }) => id));
});

story(
  "a ban that matches many closes their connections at once, and tells their ends in turns",
  async (chat) => {
    const ann = await visit(chat.hub, "10.9.9.9", "ann");
    makeOperator(chat, "ann");
    const guests = await Promise.all(
      Array.from({ length: 70 }, (_, at) => visit(chat.hub, "10.1.2.3", `guest${at}`)),
    );
    for (const guest of guests) guest.send("JOIN #crowd,#two,#three");
    for (const guest of guests) await ask(guest, "PING x");
    await ask(ann, "JOIN #crowd");
    chat.state.serverBans.match = () => {
      throw new Error("A new ban is compared with everybody, the older ones are not");
    };
    chat.hub.commit({
      kind: "server ban added",
      ban: { target: "guest*!*@*", reason: "no", by: "ann", atMs: chat.state.now() },
    });
    assertEquals([...chat.state.sessions.values()].map(({ user }) => user?.nick), ["ann"]);
    const left = chat.state.users.size;
    assert(left > 10 && left < 71, `${left} users`);
    while (chat.state.users.size > 1) await pause(1);
    const quits = (await ask(ann, "PING y")).filter((line) => line.endsWith(" QUIT :Banned (no)"));
    assertEquals(new Set(quits).size, 70);
    for (const guest of guests) await guest.closed();
  },
);

/** Guests of another machine in one channel. */
function fill(chat: Chat, order: readonly number[]): void {
  for (const at of order) {
    const [id, nick] = [`m-u${at}`, `guest${at}`];
    const names = { id, nick, username: "u", realname: "u", host: "h", address: "10.2.3.4", secure: false };
    chat.hub.commit({ kind: "arrived", session: `m-s${at}`, user: { ...names, modes: "" } });
    chat.hub.commit({ kind: "joined", user: id, channel: "#crowd" });
  }
}

story("many users of a lost machine end in turns, and the same ones wait on each machine", async (chat) => {
  const waiting = (one: Chat) => [...one.state.users.keys()].sort();
  const lost: Event = { kind: "machine lost", machine: "m-", reason: "lost" };
  const order = Array.from({ length: 260 }, (_, at) => at);
  await using other = startChat();
  fill(chat, order);
  fill(other, order.toReversed());
  for (const one of [chat, other]) applyEvent(one.state, lost, one.state.lastStamp + 1);
  const left = waiting(chat).length;
  assert(left > 10 && left < 260, `${left} users`);
  assertEquals(waiting(other), waiting(chat));
  chat.hub.sweep();
  while (chat.state.users.size > 0) await pause(1);
});
