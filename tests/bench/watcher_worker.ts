/** The worker of watcher.ts. */
import { answerWith } from "./assistant_worker.ts";
import type { Waits, Watched } from "./watcher.ts";

const everyMs = 2;

let take: (() => Waits) | undefined;

answerWith((question: Watched | "take") => question === "take" ? take?.() : watch(question));

/** Resolves when the client is registered; it goes on until the worker ends. */
async function watch({ port, pid }: Watched): Promise<void> {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  socket.setNoDelay(true);
  const encoder = new TextEncoder();
  const say = (text: string) => socket.write(encoder.encode(`${text}\r\n`));
  let waits: { ms: number; cpuMs: number }[] = [];
  let pending: { sentMs: number; cpuMs: number } | undefined;
  const now = () => pending && { ms: performance.now() - pending.sentMs, cpuMs: cpuMs(pid) - pending.cpuMs };
  const ping = async () => {
    pending = { cpuMs: cpuMs(pid), sentMs: performance.now() };
    await say("PING w");
  };
  take = () => {
    const current = now();
    const all = current === undefined ? waits : [...waits, current];
    waits = [];
    return summary(all);
  };
  const { promise: welcome, resolve: isWelcome } = Promise.withResolvers<void>();
  await say(`NICK watch${pid}\r\nUSER watch 0 * :Watch`);
  void forEachLine(socket, (line) => {
    if (line.startsWith("PING ")) void say(`PONG ${line.slice(5)}`);
    if (/ (?:376|422) /.test(line)) isWelcome();
    if (!line.includes(" PONG ")) return;
    const wait = now();
    pending = undefined;
    if (wait) waits.push(wait);
    setTimeout(ping, Math.max(0, everyMs - (wait?.ms ?? 0)));
  });
  await welcome;
  await ping();
}

async function forEachLine(socket: Deno.Conn, take: (line: string) => void): Promise<void> {
  const buffer = new Uint8Array(65_536);
  const decoder = new TextDecoder();
  for (let text = "";;) {
    const read = await socket.read(buffer);
    if (read === null) throw new Error(`the server closed the connection after: ${text}`);
    text += decoder.decode(buffer.subarray(0, read), { stream: true });
    const lines = text.split("\r\n");
    text = lines.pop() ?? "";
    for (const line of lines) take(line);
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
