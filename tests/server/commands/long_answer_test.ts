/** Long answers do not block other sessions. */
import { assert } from "@std/assert";
import { story } from "../../support/story.ts";
import { MemoryConnection } from "../../support/memory_connection.ts";

const lines = [
  "ACCOUNT EXPORT",
  "CHATHISTORY TARGETS timestamp=2000-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z 9",
];

/** The rounds of the event loop until the hub has handled a line, on a connection without a network. */
async function roundsOf(connection: MemoryConnection, line: string): Promise<number> {
  let rounds = 0;
  const timer = setInterval(() => rounds++, 0);
  await connection.feed([line]);
  clearInterval(timer);
  return rounds;
}

const who = {
  username: "~bot",
  realname: "bot",
  host: "x.ip4",
  address: "10.1.2.3",
  secure: false,
  modes: "",
};

story("a long answer does not delay other sessions", async (chat) => {
  const ann = new MemoryConnection({ sent: () => {} });
  void chat.hub.attach(ann);
  await ann.feed(["NICK ann", "USER ann 0 * :Ann", "REGISTER * * correct-horse-battery"]);
  for (let number = 0; number < 900; number++) {
    const user = { id: `bot${number}`, nick: `bot${number}`, ...who };
    void chat.hub.commit({ kind: "arrived", user, session: `none${number}` });
    await ann.feed([`PRIVMSG bot${number} :hi`]);
  }
  for (const line of lines) {
    // The first search updates the index.
    await ann.feed([line]);
    const rounds = await roundsOf(ann, line);
    assert(rounds >= 3, `${line}: ${rounds} rounds`);
  }
  ann.close();
});

story("many lines of one session at once do not delay other sessions", async (chat) => {
  const people = Array.from({ length: 300 }, (_, number) => `p${number}`);
  for (const nick of people) {
    const user = { id: nick, nick, ...who };
    void chat.hub.commit({ kind: "arrived", user, session: `none-${nick}` });
  }
  const ann = new MemoryConnection({ sent: () => {} });
  void chat.hub.attach(ann);
  await ann.feed(["NICK ann", "USER ann 0 * :Ann"]);
  let rounds = 0;
  const timer = setInterval(() => rounds++, 0);
  await ann.feed(Array.from({ length: 60 }, () => "WHO *"));
  clearInterval(timer);
  assert(rounds >= 3, `${rounds} rounds`);
  ann.close();
});
