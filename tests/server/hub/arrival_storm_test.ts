/** Hundreds of people who connect and join one channel at the same moment, as after a restart of the server. */
import { assert, assertEquals } from "@std/assert";
import { until } from "../../support/deadline.ts";
import { MemoryConnection } from "../../support/memory_connection.ts";
import { story } from "../../support/story.ts";

/** A client that arrives, and the chunks that it got. */
class Newcomer {
  readonly nick: string;
  readonly chunks: string[] = [];
  readonly connection: MemoryConnection;

  constructor(nick: string, address: string) {
    this.nick = nick;
    const decoder = new TextDecoder();
    this.connection = new MemoryConnection({
      address,
      sent: (chunk) => this.chunks.push(decoder.decode(chunk)),
    });
  }

  /** Everything it got, as the codes and commands of the lines. */
  commands(): string[] {
    return this.chunks.join("").split("\r\n").filter((line) => line !== "").map((line) =>
      line.startsWith(":") ? line.split(" ")[1] ?? "" : line
    );
  }
}

story(
  "hundreds who come at once are all let in, see each later JOIN once, and a PING is answered between them",
  async (chat) => {
    const many = Array.from({ length: 200 }, (_, at) => new Newcomer(`p${at}`, `10.1.${at >> 6}.${at & 63}`));
    const ann = new Newcomer("ann", "10.9.9.9");
    const attached = [chat.hub.attach(ann.connection)];
    await ann.connection.feed(["NICK ann", "USER ann 0 * :Ann"]);
    ann.chunks.length = 0;
    let joinedBeforePong: number | undefined;
    const pings = ann.connection.feed(["PING x"]).then(() => joinedBeforePong = chat.state.users.size);
    await Promise.all(many.map(async ({ nick, connection }) => {
      attached.push(chat.hub.attach(connection));
      await connection.feed([`NICK ${nick}`, `USER ${nick} 0 * :${nick}`]);
      await connection.feed(["JOIN #tea"]);
    }));
    await pings;
    assert(joinedBeforePong !== undefined && joinedBeforePong < many.length);
    const members = [...chat.state.channel("#tea")?.members.keys() ?? []].map(({ nick }) => nick);
    assertEquals(members.toSorted(), many.map(({ nick }) => nick).toSorted());
    for (const newcomer of many) {
      const commands = newcomer.commands();
      const refusals = commands.filter((command) =>
        /^(4\d\d|ERROR.*|FAIL)$/.test(command) && command !== "422"
      );
      assertEquals(refusals, [], newcomer.nick);
      assertEquals(commands.filter((command) => command === "001").length, 1);
      assert(commands.includes("366"));
      const joins = commands.filter((command) => command === "JOIN").length;
      assertEquals(joins, members.length - members.indexOf(newcomer.nick));
    }
    assertEquals(chat.state.unregistered, 0);
    for (const { connection } of [ann, ...many]) connection.close();
    await Promise.all(attached);
    assertEquals(chat.state.sessions.size, 0);
    // The ends of so many users take turns.
    await until(() => chat.state.users.size === 0);
  },
);

story("a newcomer costs few chunks, and an idle user holds nothing that it does not need", async (chat) => {
  const [ann, bob] = [new Newcomer("ann", "10.1.1.1"), new Newcomer("bob", "10.1.1.2")];
  for (const { nick, connection } of [ann, bob]) {
    void chat.hub.attach(connection);
    await connection.feed([
      "CAP REQ :server-time message-tags batch",
      `NICK ${nick}`,
      `USER ${nick} 0 * :x`,
      "CAP END",
    ]);
  }
  const welcome = bob.chunks.findIndex((chunk) => chunk.includes(" 001 "));
  assert(bob.chunks.length - welcome <= 4, `${bob.chunks.length - welcome} chunks of the welcome`);
  for (const chunk of bob.chunks.slice(welcome)) assert(chunk.endsWith("\r\n"));
  await bob.connection.feed(["JOIN #tea"]);
  const [one, other] = [chat.state.find("ann"), chat.state.find("bob")];
  assertEquals([one?.rare, other?.rare], [undefined, undefined]);
  assert(one?.modes === other?.modes);
  assert(one?.sessions[0]?.capabilities === other?.sessions[0]?.capabilities);
  assertEquals(one?.sessions[0]?.registration, undefined);
  for (const { connection } of [ann, bob]) connection.close();
});
