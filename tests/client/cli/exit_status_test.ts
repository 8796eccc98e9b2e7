import { assertEquals, assertMatch } from "@std/assert";
import { DialError } from "../../../lib/net/dial.ts";
import { streamStatus, terminalStatus } from "../../../lib/client/cli/exit_status.ts";

const destination = { address: "irc://127.0.0.1:6667", isTlsImplied: false, channels: [] };

Deno.test("streamStatus() has a code for each outcome", () => {
  const status = (outcome: Parameters<typeof streamStatus>[0]) => streamStatus(outcome, destination);
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
  assertEquals(terminalStatus({ ending: { kind: "interrupted" }, signalCode: 143 }, destination), {
    code: 143,
    sentence: "",
  });
  const refused = { ending: { kind: "refused", reason: "The server is full" }, signalCode: 130 } as const;
  assertEquals(
    terminalStatus(refused, destination).sentence,
    "The server 127.0.0.1:6667 refused you: The server is full",
  );
  const closed = { ending: { kind: "refused", reason: "Connection closed" }, signalCode: 130 } as const;
  assertMatch(terminalStatus(closed, destination).sentence, /if this is a TLS port, write --tls$/);
});

Deno.test("a server without TLS is named with the address that works, and the client does not go on by itself", () => {
  const implied = { address: "ircs://10.0.0.5:6697", isTlsImplied: true, channels: [] };
  const status = (reason: "refused" | "no TLS") =>
    streamStatus({ kind: "unreachable", error: new DialError(implied.address, reason, undefined) }, implied);
  assertEquals(status("refused"), {
    code: 69,
    sentence:
      "Cannot connect to 10.0.0.5:6697 with TLS: no server is running there; irc://10.0.0.5 connects without, and others can then read what you write",
  });
  assertEquals(status("no TLS"), {
    code: 76,
    sentence:
      "Cannot connect to 10.0.0.5:6697 with TLS: the server does not speak TLS on this port; irc://10.0.0.5:6697 connects without, and others can then read what you write",
  });
});
