/** The load of paced.ts: it keeps the clients of one server, and sends and reads in one loop. */
import { answerWith } from "./assistant_worker.ts";
import { cpuSeconds } from "./cpu.ts";
import { acceptWidth, channel, joinWidth, nickOf } from "./crowd.ts";
import { percentile } from "./figures.ts";
import { benchLine, maxSenders, sequenceAt } from "./line.ts";
import type { Latency, PacedGathering, PacedQuestion, PacedWindow } from "./paced.ts";
import { PolledClients } from "./polled_clients.ts";

const acceptMs = 2;
const limitMs = 30_000;
const drainMs = 300;

let clients: PolledClients | undefined;

answerWith(async (question: PacedQuestion) => {
  if ("close" in question) return clients?.[Symbol.dispose]();
  if ("gather" in question) {
    clients = await PolledClients.of(question.kind);
    return gather(clients, question);
  }
  if (clients === undefined) throw new Error("Cannot measure without clients");
  run(clients, question, question.warmMs);
  const found = run(clients, question, question.windowMs);
  if (clients.ended > 0) throw new Error(lossSentence(clients));
  return found;
});

function gather(clients: PolledClients, { port, gather, speaksIrc }: PacedGathering): void {
  let done = 0;
  for (let at = 0; at < gather; at++) {
    const client = clients.connect(port);
    client.onOpen = () => speaksIrc && client.say(`NICK ${nickOf(at)}\r\nUSER ann 0 * :Ann`);
    client.onLine = (line) => {
      if (speaksIrc ? / (?:376|422) /.test(line) : line.startsWith("welcome")) done++;
    };
    if (at % acceptWidth === acceptWidth - 1) clients.rest(acceptMs);
  }
  clients.until(() => done + clients.ended >= gather, limitMs);
  if (clients.ended > 0) throw new Error(lossSentence(clients));
  if (speaksIrc) join(clients);
  for (const client of clients.all) client.onLine = undefined;
}

function lossSentence({ all, ended, reason }: PolledClients): string {
  return `${ended} of ${all.length} connections ended${reason}`;
}

/** They join in groups, as in crowd.ts. */
function join({ all }: PolledClients): void {
  let joined = 0;
  for (const [at, client] of all.entries()) {
    client.onLine = (line) => void (line.includes(" 366 ") && joined++);
    client.say(`JOIN ${channel}`);
    if (at % joinWidth === joinWidth - 1) clients?.until(() => joined > at, limitMs);
  }
  clients?.until(() => joined === all.length, limitMs);
  clients?.rest(drainMs);
}

/**
 * Sends at the rate for a time, and reads; the latency of each delivery runs from its write to the end of its line.
 * The senders receive too, but only those who never send are counted (see paced.ts).
 */
function run(clients: PolledClients, { pid, rate }: PacedWindow, ms: number): Latency {
  const senders = clients.all.slice(0, maxSenders);
  const total = Math.ceil(rate * ms / 1000);
  const sentAt = new Float64Array(total);
  const readers = clients.all.slice(maxSenders);
  const latencies = new Float64Array(total * readers.length);
  let arrived = 0;
  for (const client of readers) {
    client.onDelivery = (buffer, end) => {
      latencies[arrived++] = performance.now() - (sentAt[sequenceAt(buffer, end)] ?? NaN);
    };
  }
  const cpuBefore = cpuSeconds(pid);
  const startedAt = performance.now();
  for (let sent = 0; sent < total;) {
    const dueMs = startedAt + sent * 1000 / rate - performance.now();
    if (dueMs > 0) {
      clients.turn(dueMs);
      continue;
    }
    const digit = sent % senders.length;
    const line = benchLine(channel, digit, sent);
    sentAt[sent++] = performance.now();
    senders[digit]?.send(line);
  }
  const cpuPercent = (cpuSeconds(pid) - cpuBefore) / (performance.now() - startedAt) * 100_000;
  clients.until(() => arrived >= latencies.length || clients.ended > 0, limitMs);
  clients.rest(drainMs);
  return { ...percentiles(latencies.subarray(0, arrived)), cpuPercent };
}

function percentiles(latencies: Float64Array): Omit<Latency, "cpuPercent"> {
  latencies.sort();
  const at = (share: number) => percentile(latencies, share);
  return { p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999), maxMs: at(1) };
}
