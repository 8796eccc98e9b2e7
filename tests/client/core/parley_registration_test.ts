/** A client that knows that the server is Parley sends its registration and its joins without a wait for answers. */

import { assertEquals } from "@std/assert";
import { capabilities, type Capability } from "../../../lib/irc/capabilities.ts";
import { certainCaps } from "../../../lib/client/core/registration.ts";
import { turn, WiredClient } from "./wired_client.ts";

const request = `CAP REQ :${certainCaps.join(" ")}`;
const hello = ["CAP LS 302", "NICK bob", "USER bob 0 * :bob"];
const offer = `:srv CAP * LS :${certainCaps.join(" ")} sasl=PLAIN`;
const accept = `:srv CAP * ACK :${certainCaps.join(" ")}`;

Deno.test("Parley gets the registration and JOIN at once, and is asked for the other capabilities later", async () => {
  await using peer = new WiredClient({ isParley: true, channels: ["#tea", "#den key"] });
  assertEquals(await peer.server.sent(), [...hello, request, "CAP END", "JOIN #tea", "JOIN #den key"]);
  await peer.server.say(offer, accept, ":srv 001 bob :Welcome", ":srv 376 bob :End");
  const sent = await peer.server.sent();
  assertEquals(sent.filter((line) => /CAP|JOIN/.test(line)), ["CAP REQ :sasl"]);
  assertEquals(peer.client.isOnline, true);
  assertEquals(peer.client.state.caps.has("draft/chathistory"), true);
});

Deno.test("Parley offers with all settings what the client asks for at once", () => {
  const rows: Readonly<Record<string, Capability>> = capabilities;
  const dependent = certainCaps.filter((name) => {
    const row = rows[name];
    return row === undefined || ["sasl", "register", "sts"].includes(row.value ?? "");
  });
  assertEquals(dependent, []);
});

Deno.test("where the server refuses the request, the next connection waits for the list of capabilities", async () => {
  await using peer = new WiredClient({ isParley: true });
  const first = peer.server;
  await first.sent();
  await first.say(":srv CAP * LS :echo-message", `:srv CAP * NAK :${certainCaps.join(" ")}`);
  assertEquals(await first.sent(), ["QUIT"]);
  assertEquals(first.ended, "Connection closed");
  await turn();
  assertEquals(await peer.server.sent(), hello);
  await peer.server.say(":srv CAP * LS :echo-message", ":srv CAP * ACK :echo-message");
  assertEquals(await peer.server.sent(), ["CAP REQ :echo-message", "CAP END"]);
  await peer.server.say(":srv 001 bob :Welcome", ":srv 376 bob :End");
  assertEquals(await peer.server.sent(), ["JOIN #tea"]);
});

Deno.test("after a refused nick JOIN is sent again, and the person does not see that it came too early", async () => {
  await using peer = new WiredClient({ isParley: true });
  await peer.server.sent();
  await peer.server.say(offer, accept, ":srv 433 * bob :Taken", ":srv 451 * :You have not registered");
  assertEquals(peer.summaries(), ["connecting", "nick refused"]);
  // A request now would begin the negotiation again.
  assertEquals(await peer.server.sent(), []);
  peer.client.rename("rob");
  await peer.server.say(":srv 001 rob :Welcome", ":srv 376 rob :End");
  assertEquals((await peer.server.sent()).filter((line) => /NICK|JOIN|CAP/.test(line)), [
    "NICK rob",
    "JOIN #tea",
    "CAP REQ :sasl",
  ]);
});

Deno.test("a login begins with the first answers, and JOIN follows CAP END", async () => {
  const account = { name: "bob", password: "four green leaves" };
  await using peer = new WiredClient({ isParley: true, account });
  assertEquals(await peer.server.sent(), [...hello, request, "CAP REQ :sasl"]);
  await peer.server.say(offer, accept, ":srv CAP * ACK :sasl");
  assertEquals(await peer.server.sent(), ["AUTHENTICATE PLAIN"]);
  await peer.server.say(":srv 900 * * bob :In", ":srv 903 * :Done");
  assertEquals(await peer.server.sent(), ["CAP END", "JOIN #tea"]);
});

Deno.test("a login to Parley without accounts is refused, and the registration goes on", async () => {
  const account = { name: "bob", password: "four green leaves" };
  await using peer = new WiredClient({ isParley: true, account });
  await peer.server.sent();
  await peer.server.say(`:srv CAP * LS :${certainCaps.join(" ")}`, accept, ":srv CAP * NAK :sasl");
  assertEquals(await peer.server.sent(), ["CAP END", "JOIN #tea"]);
  assertEquals(peer.summaries(), ["connecting", "login refused"]);
});
