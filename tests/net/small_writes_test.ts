/**
 * Two small writes in a row. TCP holds the second one back until the peer has acknowledged the first, and peers delay
 * that by 40 ms, unless the socket has TCP_NODELAY.
 */
import { assert } from "@std/assert";
import { makeCertificate } from "../../lib/net/certificate.ts";
import type { Connection, ServerConnection } from "../../lib/net/connection.ts";
import { dial } from "../../lib/net/dial.ts";
import { dialTls } from "../../lib/net/dial_tls.ts";
import { startListening } from "../support/listening.ts";
import { overTcp, type Wire } from "../support/peer.ts";
import { granted } from "../support/permissions.ts";
import { overWebSocket, startSite } from "../support/site.ts";

const ignore = !granted("net", "read", "env");
const rounds = 9;
/** A delayed acknowledgement takes 40 ms. */
const mostMs = 10;

Deno.test({
  name: "a line that follows another one arrives at once, on each transport",
  ignore,
  fn: fromServer,
});
Deno.test({ name: "our client's lines arrive at once too, with and without TLS", ignore, fn: fromClient });

/** The middle one of the times that `act` takes. */
async function median(act: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startedMs = performance.now();
    await act();
    times.push(performance.now() - startedMs);
  }
  return times.sort((one, other) => one - other)[rounds >> 1] ?? Infinity;
}

/** Answers "ask" by two writes. */
async function answerTwice(connection: ServerConnection): Promise<void> {
  for await (const lines of connection.lines()) {
    for (const _line of lines) {
      connection.send("first");
      // The next write begins when the first has ended.
      setTimeout(() => connection.send("second"), 1);
    }
  }
  connection.close();
}

async function certificate() {
  const now = Date.now();
  return await makeCertificate({
    names: ["127.0.0.1"],
    notBeforeMs: now - 60_000,
    notAfterMs: now + 86_400_000,
  });
}

async function fromServer(): Promise<void> {
  const tls = await certificate();
  using plain = startListening({ onConnection: answerTwice });
  using secure = startListening({ onConnection: answerTwice, tls });
  await using site = await startSite({}, { onConnection: (connection) => void answerTwice(connection) });
  const socket = await Deno.connectTls({
    hostname: "127.0.0.1",
    port: secure.listener.port,
    caCerts: [tls.cert],
  });
  const wires: Record<string, Wire> = {
    tcp: overTcp(await plain.connect()),
    tls: overTcp(socket),
    webSocket: await overWebSocket(`ws://127.0.0.1:${site.web.port}/`),
  };
  const medians: Record<string, number> = {};
  for (const [transport, wire] of Object.entries(wires)) {
    const lines = wire.lines[Symbol.asyncIterator]();
    medians[transport] = await median(async () => {
      wire.send("ask");
      await lines.next();
      await lines.next();
    });
    wire.close();
    await lines.next();
  }
  assertAllQuick(medians);
}

async function fromClient(): Promise<void> {
  const tls = await certificate();
  const medians: Record<string, number> = {};
  const onConnection = async (connection: ServerConnection) => {
    for await (const lines of connection.lines()) {
      // An answer to the first line would acknowledge it.
      for (const line of lines) if (line === "second") connection.send("answer");
    }
    connection.close();
  };
  using plain = startListening({ onConnection });
  using secure = startListening({ onConnection, tls });
  const clients: Record<string, Connection> = {
    tcp: await dial(`irc://127.0.0.1:${plain.listener.port}`),
    tls: (await dialTls(`ircs://127.0.0.1:${secure.listener.port}`)).connection,
  };
  for (const [transport, client] of Object.entries(clients)) {
    const answers = client.lines()[Symbol.asyncIterator]();
    medians[transport] = await median(async () => {
      client.send("first");
      setTimeout(() => client.send("second"), 1);
      await answers.next();
    });
    client.close();
    await answers.next();
  }
  assertAllQuick(medians);
}

/** On a busy machine everything takes longer, also without TLS. */
function assertAllQuick(medians: Record<string, number>): void {
  const most = mostMs + (medians.tcp ?? 0);
  assert(Object.values(medians).every((ms) => ms < most), JSON.stringify(medians));
}
