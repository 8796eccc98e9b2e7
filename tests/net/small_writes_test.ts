/**
 * Two small writes in a row. TCP holds the second one back until the peer has acknowledged the first, and peers delay
 * that by 40 ms, unless the socket has TCP_NODELAY.
 */
import { assert } from "@std/assert";
import { testCertificate } from "../support/certificate.ts";
import type { Connection, ServerConnection } from "../../lib/net/connection.ts";
import { dial } from "../../lib/net/dial.ts";
import { dialTls } from "../../lib/net/dial_tls.ts";
import { startListening } from "../support/listening.ts";
import { overTcp, type Wire } from "../support/peer.ts";
import { granted } from "../support/permissions.ts";
import { overWebSocket, startSite } from "../support/site.ts";

const ignore = !granted("net", "read", "env");
const rounds = 9;
/** A delayed acknowledgement takes 40 ms; a busy machine needs some milliseconds more for the second line. */
const mostMs = 10;

Deno.test({
  name: "a line that follows another one arrives at once, on each transport",
  ignore,
  fn: fromServer,
});
Deno.test({ name: "our client's lines arrive at once too, with and without TLS", ignore, fn: fromClient });

/** The times of two lines on their way. Both ends are in this process, so they have one clock. */
class Travel {
  readonly #sentMs = { first: 0, second: 0 };
  readonly #tookMs = { first: [] as number[], second: [] as number[] };

  /** Sends both lines; the second one when the write of the first has ended. */
  send(connection: Connection | ServerConnection): void {
    const say = (line: "first" | "second") => {
      this.#sentMs[line] = performance.now();
      connection.send(line);
    };
    say("first");
    setTimeout(() => say("second"), 1);
  }

  onArrival(line: "first" | "second"): void {
    this.#tookMs[line].push(performance.now() - this.#sentMs[line]);
  }

  /** How much longer the second line takes than the first, by the middle times. */
  get delayMs(): number {
    return median(this.#tookMs.second) - median(this.#tookMs.first);
  }
}

function median(times: number[]): number {
  return times.sort((one, other) => one - other)[times.length >> 1] ?? Infinity;
}

async function fromServer(): Promise<void> {
  const tls = await testCertificate();
  let travel = new Travel();
  const onConnection = async (connection: ServerConnection) => {
    for await (const lines of connection.lines()) for (const _line of lines) travel.send(connection);
    connection.close();
  };
  using plain = startListening({ onConnection });
  using secure = startListening({ onConnection, tls });
  await using site = startSite({}, { onConnection: (connection) => void onConnection(connection) });
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
  const delays: Record<string, number> = {};
  for (const [transport, wire] of Object.entries(wires)) {
    travel = new Travel();
    const lines = wire.lines[Symbol.asyncIterator]();
    for (let round = 0; round < rounds; round++) {
      wire.send("ask");
      for (const line of ["first", "second"] as const) {
        await lines.next();
        travel.onArrival(line);
      }
    }
    delays[transport] = travel.delayMs;
    wire.close();
    await lines.next();
  }
  assertAllQuick(delays);
}

async function fromClient(): Promise<void> {
  const tls = await testCertificate();
  let travel = new Travel();
  const onConnection = async (connection: ServerConnection) => {
    for await (const lines of connection.lines()) {
      for (const line of lines) {
        travel.onArrival(line === "first" ? "first" : "second");
        // An answer to the first line would acknowledge it.
        if (line === "second") connection.send("answer");
      }
    }
    connection.close();
  };
  using plain = startListening({ onConnection });
  using secure = startListening({ onConnection, tls });
  const clients: Record<string, Connection> = {
    tcp: await dial(`irc://127.0.0.1:${plain.listener.port}`),
    tls: (await dialTls(`ircs://127.0.0.1:${secure.listener.port}`)).connection,
  };
  const delays: Record<string, number> = {};
  for (const [transport, client] of Object.entries(clients)) {
    travel = new Travel();
    const answers = client.lines()[Symbol.asyncIterator]();
    for (let round = 0; round < rounds; round++) {
      travel.send(client);
      await answers.next();
    }
    delays[transport] = travel.delayMs;
    client.close();
    await answers.next();
  }
  assertAllQuick(delays);
}

function assertAllQuick(delays: Record<string, number>): void {
  assert(Object.values(delays).every((ms) => ms < mostMs), JSON.stringify(delays));
}
