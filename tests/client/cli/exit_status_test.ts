import { assertEquals, assertMatch } from "@std/assert";
import { streamStatus, terminalStatus } from "../../../lib/client/cli/exit_status.ts";

const address = "irc://127.0.0.1:6667";

Deno.test("streamStatus() has a code for each outcome", () => {
  const status = (outcome: Parameters<typeof streamStatus>[0]) => streamStatus(outcome, address);
  assertEquals(status({ kind: "done" }), { code: 0, sentence: "" });
  assertEquals(status({ kind: "refused" }), { code: 1, sentence: "" });
  assertEquals(status({ kind: "nick refused" }), { code: 2, sentence: "" });
  assertEquals(status({ kind: "lost", reason: "Ping timeout" }), {
    code: 69,
    sentence: "Lost the connection to 127.0.0.1:6667: Ping timeout",
  });
  assertEquals(status({ kind: "login refused", name: "bob", reason: "Wrong\x1b password" }), {
    code: 77,
    sentence: "Cannot log in as bob: Wrong␛ password",
  });
});

Deno.test("terminalStatus() has the code of the signal, or the reason of the server", () => {
  assertEquals(terminalStatus({ ending: { kind: "interrupted" }, signalCode: 143 }, address), {
    code: 143,
    sentence: "",
  });
  const refused = { ending: { kind: "refused", reason: "The server is full" }, signalCode: 130 } as const;
  assertEquals(
    terminalStatus(refused, address).sentence,
    "The server 127.0.0.1:6667 refused you: The server is full",
  );
  const closed = { ending: { kind: "refused", reason: "Connection closed" }, signalCode: 130 } as const;
  assertMatch(terminalStatus(closed, address).sentence, /if this is a TLS port, write --tls$/);
});
