/** The client follows the policy of strict transport: it leaves a plain connection at once, before a login. */

import { assertEquals, assertMatch } from "@std/assert";
import { NewServerEnd, turn, WiredClient } from "./wired_client.ts";

const account = { name: "bob", password: "four green leaves" };

Deno.test("a plain connection with a policy ends before the login, and another one begins at once", async () => {
  const policies: [string, boolean][] = [];
  await using wired = new WiredClient({
    account,
    onStrictTransport: (value, isSecure) => {
      policies.push([value, isSecure]);
      return !isSecure;
    },
  });
  await turn();
  const first = wired.server;
  await first.sent();
  await first.say(":srv CAP * LS * :sts=port=7000 sasl=PLAIN", ":srv CAP * LS :echo-message");
  assertEquals(await first.sent(), []);
  assertEquals(first.ended, "Connection closed");
  await turn();
  assertEquals(wired.servers.length, 2);
  assertEquals(policies, [["port=7000", false]]);
});

Deno.test("at the first contact a server that takes only PLAIN does not get the password", async () => {
  const server = new NewServerEnd();
  await using wired = new WiredClient({ account, connect: () => Promise.resolve(server) });
  await turn();
  await server.sent();
  await server.say(":srv CAP * LS :sasl=PLAIN");
  await server.say(":srv CAP * ACK :sasl");
  assertEquals(await server.sent(), ["CAP REQ :sasl", "CAP END"]);
  const refused = wired.events.find((event) => event.kind === "status" && event.status === "login refused");
  assertMatch(JSON.stringify(refused), /this is the first connection to it/);
});

Deno.test("where the policy sent it, the client tries again when the server ends before the registration", async () => {
  await using wired = new WiredClient({ onStrictTransport: (_, isSecure) => !isSecure });
  await turn();
  await wired.server.say(":srv CAP * LS :sts=port=7000");
  for (let expected = 2; expected <= 5; expected++) {
    await turn();
    assertEquals(wired.servers.length, expected);
    // It does not close the connection itself.
    await wired.server.say("ERROR :Closing link: restarting");
    assertEquals(wired.server.ended, "Connection closed");
  }
  assertEquals(await wired.running, { kind: "refused", reason: "restarting" });
});
