import { assertEquals } from "@std/assert";
import { Flusher } from "../../lib/net/queue.ts";
import { listen } from "../../lib/net/listen.ts";
import { dial } from "../../lib/net/dial.ts";
import type { ServerConnection } from "../../lib/net/connection.ts";

Deno.test("a connection carries lines both ways and ends when the peer closes", async () => {
  const accepted = Promise.withResolvers<ServerConnection>();
  const listener = listen({
    hostname: "127.0.0.1",
    port: 0,
    stream: { flusher: new Flusher(), limits: { tagBytes: 8191, bodyBytes: 4096 } },
    onConnection: accepted.resolve,
  });
  const ann = await dial(`irc://127.0.0.1:${listener.port}`);
  const server = await accepted.promise;
  ann.send("PING a");
  ann.send("PING b");
  for await (const lines of server.lines()) {
    assertEquals(lines, ["PING a", "PING b"]);
    break;
  }
  server.send("PONG");
  for await (const lines of ann.lines()) {
    assertEquals(lines, ["PONG"]);
    break;
  }
  ann.close();
  for await (const lines of server.lines()) assertEquals(lines, []);
  assertEquals(server.ended, "Connection closed");
  server.close();
  await listener.close();
});
