/** The worker of watcher.ts. */
import type { Waits } from "./watcher.ts";

/** The part of a worker's global object that this file uses. */
interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
}

const scope = globalThis as unknown as WorkerScope;
const everyMs = 2;

async function watch({ port, pid }: { port: number; pid: number }): Promise<void> {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  socket.setNoDelay(true);
  const buffer = new Uint8Array(65_536);
  const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
  const say = (text: string) => socket.write(encoder.encode(`${text}\r\n`));
  let waits: { ms: number; cpuMs: number }[] = [];
  let pending: { sentMs: number; cpuMs: number } | undefined;
  const now = () => pending && { ms: performance.now() - pending.sentMs, cpuMs: cpuMs(pid) - pending.cpuMs };
  scope.onmessage = () => {
    const current = now();
    const all = current === undefined ? waits : [...waits, current];
    scope.postMessage(summary(all));
    waits = [];
  };
  await say(`NICK watch${pid}\r\nUSER watch 0 * :Watch`);
  let text = "";
  let isWelcome = false;
  for (;;) {
    const read = await socket.read(buffer);
    if (read === null) throw new Error(`the server closed the connection after: ${text}`);
    text += decoder.decode(buffer.subarray(0, read), { stream: true });
    const lines = text.split("\r\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("PING ")) await say(`PONG ${line.slice(5)}`);
      if (!isWelcome && / (?:376|422) /.test(line)) {
        isWelcome = true;
        scope.postMessage("ready");
        void ping();
      }
      if (!line.includes(" PONG ")) continue;
      const wait = now();
      pending = undefined;
      if (wait) waits.push(wait);
      setTimeout(ping, Math.max(0, everyMs - (wait?.ms ?? 0)));
    }
  }
  async function ping(): Promise<void> {
    pending = { cpuMs: cpuMs(pid), sentMs: performance.now() };
    await say("PING w");
  }
}

function summary(waits: readonly { ms: number; cpuMs: number }[]): Waits {
  const sorted = waits.map(({ ms }) => ms).sort((one, other) => one - other);
  return {
    medianMs: sorted[sorted.length >> 1] ?? NaN,
    worstMs: sorted.at(-1) ?? NaN,
    worstCpuMs: Math.max(...waits.map(({ cpuMs }) => cpuMs)),
  };
}

/** The CPU time of the main thread of a process. */
function cpuMs(pid: number): number {
  try {
    return Number(Deno.readTextFileSync(`/proc/${pid}/task/${pid}/schedstat`).split(" ")[0]) / 1e6;
  } catch {
    return NaN;
  }
}

scope.onmessage = ({ data }) => void watch(data);
