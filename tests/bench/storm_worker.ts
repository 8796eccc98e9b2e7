/** The load of storm.ts. */
import { answerWith } from "./assistant_worker.ts";
import { cpuSeconds } from "./cpu.ts";
import { nickOf } from "./crowd.ts";
import { type PolledClient, PolledClients } from "./polled_clients.ts";
import type { Storm, StormOptions } from "./storm.ts";

const limitMs = 50_000;

answerWith(
  async (options: StormOptions & { readonly port: number; readonly pid: number }): Promise<Storm> => {
    const { kind, clients: count, spreadMs, pid } = options;
    using clients = await PolledClients.of(kind);
    const cpuBefore = cpuSeconds(pid);
    const startedAt = performance.now();
    let done = 0;
    for (let at = 0; at < count;) {
      const dueMs = startedAt + spreadMs * at / count - performance.now();
      if (dueMs > 0) clients.turn(dueMs);
      else enter(clients.connect(options.port), at++, options, () => done++);
      if (at % 16 === 0) clients.turn(0);
    }
    clients.until(() => done + clients.ended >= count, limitMs);
    const seconds = (performance.now() - startedAt) / 1000;
    const cpuMicroseconds = (cpuSeconds(pid) - cpuBefore) * 1e6 / count;
    return { seconds, perSecond: done / seconds, cpuMicroseconds, refused: clients.ended };
  },
);

/** Registers, and joins one of the channels. */
function enter(client: PolledClient, at: number, { channels }: StormOptions, onDone: () => void): void {
  client.onOpen = () => client.say(`NICK ${nickOf(at)}\r\nUSER ann 0 * :Ann`);
  client.onLine = (line) => {
    const [, numeric] = line.split(" ", 2);
    const isRegistered = numeric === "376" || numeric === "422";
    if (channels === 0 ? isRegistered : numeric === "366") {
      client.onLine = undefined;
      onDone();
    } else if (isRegistered) client.say(`JOIN #tea${at % channels}`);
  };
}
