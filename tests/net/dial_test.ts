import { assertEquals, assertRejects } from "@std/assert";
import { dial, DialError, type DialReason } from "../../lib/net/dial.ts";
import { startListening } from "../support/listening.ts";
import { granted } from "../support/permissions.ts";

const ignore = !granted("net");

/** A port that does not answer: its queue of new connections is full. */
async function startSilence(): Promise<{ address: string } & Disposable> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
  const waiting: Deno.TcpConn[] = [];
  const { port } = listener.addr;
  for (let full = false; !full;) {
    const connecting = Deno.connect({ hostname: "127.0.0.1", port, signal: AbortSignal.timeout(100) });
    await connecting.then((socket) => waiting.push(socket), () => full = true);
  }
  return {
    address: `irc://127.0.0.1:${port}`,
    [Symbol.dispose]: () => [listener, ...waiting].forEach((one) => one.close()),
  };
}

async function failure(dialling: Promise<unknown>): Promise<DialReason> {
  return (await assertRejects(() => dialling, DialError)).reason;
}

Deno.test({ name: "dial() opens a connection for lines in both directions", ignore }, async () => {
  using place = startListening({
    async onConnection(connection) {
      for await (const lines of connection.lines()) connection.send(`heard ${lines}`);
      connection.close();
    },
  });
  const ann = await dial(`irc://127.0.0.1:${place.listener.port}/#tea`);
  ann.send("NICK ann");
  for await (const lines of ann.lines()) {
    assertEquals(lines, ["heard NICK ann"]);
    ann.close();
  }
  while (place.listener.connections > 0) await new Promise((resolve) => setTimeout(resolve, 1));
});

Deno.test({ name: "dial() reports why it failed", ignore }, async () => {
  using place = startListening();
  const { port } = place.listener;
  await place.listener.close();
  assertEquals(await failure(dial(`irc://127.0.0.1:${port}`)), "refused");
  assertEquals(await failure(dial("irc://no-such-host.invalid")), "no such host");
});

Deno.test({ name: "dial() stops after its timeout or when it is aborted", ignore }, async () => {
  using silence = await startSilence();
  assertEquals(await failure(dial(silence.address, { timeoutMs: 10 })), "timed out");
  const stop = new AbortController();
  const { signal } = stop;
  const dialling = failure(dial(silence.address, { signal }));
  stop.abort();
  assertEquals(await dialling, "aborted");
  assertEquals(await failure(dial(silence.address, { signal })), "aborted");
});

Deno.test("dial() refuses text that is not an address", async () => {
  for (
    const address of ["", "localhost", "localhost:6667", "http://localhost", "irc://", "irc://host:port"]
  ) {
    await assertRejects(() => dial(address), RangeError);
  }
  await assertRejects(() => dial("irc://localhost", { timeoutMs: 0 }), RangeError);
});
